//! What a spawn is checked for, one function per rule.

use go_bus_api::{
    Account, AccountState, Agent, AgentId, Attempt, DriverKind, Host, HostState, NewAgent, ProblemKind, Project,
    ProjectState, Provider, Role, Task, Tier, Timestamp,
};
use go_rules::mutation::{Mutation, is_on};
use go_rules::{accounts, prompt as prompts, slots, tiers};

use super::super::authority::{not_leader, wrong_state};
use super::super::ctx::Ctx;
use super::seats;
use crate::Reject;
use crate::tx::{Column, Filter};

/// Who spawns.
pub(super) struct Parent {
    /// The agent that acts; `None` where the operator names none.
    pub(super) id: Option<AgentId>,
    role: Option<Role>,
    leads: bool,
}

/// The actor: the token's agent, `000` under an epoch, or whom the operator names.
pub(super) fn parent(ctx: &mut Ctx<'_>, body: &NewAgent) -> Result<Parent, Reject> {
    if ctx.who.is_leader() {
        return Ok(Parent { id: Some(AgentId::go()), role: Some(Role::Go), leads: true });
    }
    if let Some((id, role)) = ctx.who.own_agent() {
        return Ok(Parent { id: Some(id.clone()), role: Some(role), leads: false });
    }
    let named = ctx.refer_some::<Agent>(body.parent.as_ref().map(AsRef::as_ref), "/parent")?;
    Ok(Parent { role: named.as_ref().map(|agent| agent.role), id: named.map(|agent| agent.id), leads: false })
}

/// GO spawns HO, PO and IO, under its epoch; these spawn the rest (R11).
pub(super) fn tier(parent: &Parent, wanted: Role) -> Result<(), Reject> {
    if is_on(Mutation::TierUnchecked) {
        return Ok(());
    }
    let is_go = matches!(parent.role, None | Some(Role::Go));
    if wanted.tier() == Tier::Orchestrator && is_go && !parent.leads {
        return Err(not_leader("only GO spawns an HO, PO or IO, under its lease's epoch"));
    }
    let spawner = parent
        .role
        .ok_or_else(|| Reject::rule(ProblemKind::TierViolation, "name the `parent` that spawns: an HO, PO or IO"))?;
    tiers::check(spawner, wanted).map_err(|refused| Reject::rule(ProblemKind::TierViolation, refused.to_string()))
}

/// Everything the body refers to exists, and what the role needs is there. Answers the task.
pub(super) fn references(ctx: &mut Ctx<'_>, body: &NewAgent) -> Result<Option<Task>, Reject> {
    ctx.refer_some::<Host>(body.host.as_ref().map(AsRef::as_ref), "/host")?;
    ctx.refer_some::<Project>(body.project.as_ref().map(AsRef::as_ref), "/project")?;
    ctx.refer_some::<Agent>(body.replaces.as_ref().map(AsRef::as_ref), "/replaces")?;
    match body.role {
        Role::Ho if body.host.is_none() => return Err(Reject::field("/host", "an HO belongs to a host")),
        Role::Po if body.project.is_none() => return Err(Reject::field("/project", "a PO belongs to a project")),
        Role::Io if body.user.is_none() => return Err(Reject::field("/user", "an IO belongs to a human")),
        _ => {}
    }
    ctx.refer_some::<Task>(body.task.as_ref().map(AsRef::as_ref), "/task")
}

/// The prompt has its sections (R23, R26).
pub(super) fn prompt(body: &NewAgent) -> Result<&str, Reject> {
    let prompt = body.prompt.as_ref().map_or("", |prompt| prompt.as_str());
    let missing = prompts::missing(body.role, prompt);
    if missing.is_empty() {
        return Ok(prompt);
    }
    let detail = format!("the prompt lacks a section with text: {}", missing.join(", "));
    let errors = vec![go_bus_api::FieldError { pointer: "/prompt".to_owned(), detail: detail.clone() }];
    Err(Reject::Rule { kind: ProblemKind::PromptIncomplete, detail, errors })
}

/// The task can be built, in the attempt that the spawner means. Answers that attempt.
pub(super) fn attempt(body: &NewAgent, task: Option<&Task>) -> Result<Option<Attempt>, Reject> {
    let Some(task) = task else { return Ok(None) };
    if !task.state.is_open() {
        return Err(wrong_state(format!("task {} is {}", task.id, task.state.as_str())));
    }
    match body.attempt {
        Some(meant) if meant != task.attempt => Err(Reject::rule(
            ProblemKind::StaleAttempt,
            format!("attempt {meant} of task {} is over; it is at {}", task.id, task.attempt),
        )),
        _ => Ok(Some(task.attempt)),
    }
}

/// The account is one that the driver runs on, and takes agents now.
pub(super) fn account(ctx: &mut Ctx<'_>, body: &NewAgent) -> Result<(), Reject> {
    let Some(id) = &body.account else { return Ok(()) };
    let account: Account = ctx.refer(id.as_str(), "/account")?;
    let driver = body.driver.unwrap_or_default();
    let serves = match Provider::of(driver) {
        Some(provider) => provider == account.provider,
        // Whose accounts a template's program takes is for whoever wrote it to know.
        None => driver == DriverKind::Command,
    };
    if !serves {
        let detail = format!("driver {} runs on no account of {}", driver.as_str(), account.provider.as_str());
        return Err(Reject::field("/account", detail));
    }
    let rests = match (account.state, accounts::rests_until(&account, ctx.at)) {
        (AccountState::Retired, _) => format!("account {id} is not in the settings any more"),
        (AccountState::Active, Some(until)) => rests(&account, until),
        (AccountState::Active, None) => return Ok(()),
    };
    Err(Reject::rule(ProblemKind::AccountParked, rests))
}

fn rests(account: &Account, until: Timestamp) -> String {
    let is_why = account.parked_until == Some(until);
    let why = account.reason.as_ref().filter(|_| is_why).map_or_else(String::new, |why| format!(": {why}"));
    format!("account {} takes nobody before {until}{why}", account.id)
}

/// A paused project takes nothing new.
pub(in crate::apply) fn active(project: &Project) -> Result<(), Reject> {
    if project.state == ProjectState::Paused {
        return Err(Reject::rule(ProblemKind::Paused, format!("project {} is paused", project.id)));
    }
    Ok(())
}

/// The project has money left (R21).
pub(super) fn budget(ctx: &mut Ctx<'_>, project: &Project) -> Result<(), Reject> {
    let Some(budget) = project.budget_usd else { return Ok(()) };
    let spent = ctx.tx.spent(&project.id)?;
    if spent < budget {
        return Ok(());
    }
    let detail = format!("project {} has spent {spent} of its {budget} USD", project.id);
    Err(Reject::rule(ProblemKind::BudgetExceeded, detail))
}

/// Nobody else builds the task: a builder of an earlier attempt that has not ended for certain stands in the way too, or
/// one task would run on two agents.
pub(super) fn only_builder(ctx: &mut Ctx<'_>, body: &NewAgent, task: &Task) -> Result<(), Reject> {
    if is_on(Mutation::SecondBuilder) {
        return Ok(());
    }
    let others: Vec<Agent> = ctx.find(&Filter::by(Column::Task, task.id.as_str()).open())?;
    let same_work = |other: &&Agent| (other.role == Role::Reviewer) == (body.role == Role::Reviewer);
    match others.iter().find(same_work) {
        Some(other) => Err(Reject::rule(
            ProblemKind::AlreadyExists,
            format!("agent {} ({}) has task {} in hand", other.id, other.state.as_str(), task.id),
        )),
        None => Ok(()),
    }
}

/// A slot is free on the host, and the cap over all hosts is not reached.
pub(super) fn slot(ctx: &mut Ctx<'_>, body: &NewAgent) -> Result<(), Reject> {
    if is_on(Mutation::CapUnchecked) {
        return Ok(());
    }
    let at_work = ctx.tx.count(go_bus_api::ResourceKind::Agent, &Filter::default().open().with_task())?;
    let cap = ctx.policy.agents_max;
    let Some(id) = &body.host else {
        let free = slots::free(u32::MAX, 0, at_work, cap);
        return if free == 0 { Err(no_slot("the cap on agents is reached")) } else { Ok(()) };
    };
    let host = ctx.refer::<Host>(id.as_str(), "/host")?;
    if host.state != HostState::Active {
        return Err(no_slot(&format!("host {id} is {} and takes nothing new", host.state.as_str())));
    }
    let here = Filter::by(Column::Host, id.as_str()).open().with_task();
    let used = ctx.tx.count(go_bus_api::ResourceKind::Agent, &here)?;
    if slots::free(host.slots.get(), used, at_work, cap) > 0 {
        return Ok(());
    }
    Err(no_slot(&format!("{used} of {} slots of host {id} are taken, {at_work} agents are at work", host.slots.get())))
}

fn no_slot(detail: &str) -> Reject {
    Reject::rule(ProblemKind::NoSlot, detail)
}

/// Nobody live sits there but the one to be replaced.
pub(super) fn seat(ctx: &mut Ctx<'_>, agent: &Agent) -> Result<(), Reject> {
    let Some(seat) = seats::seat_of(agent).filter(|_| !is_on(Mutation::SeatUnchecked)) else { return Ok(()) };
    let present = seats::present(ctx, &seat)?;
    let in_the_way = |other: &&Agent| other.state.is_live() && agent.replaces.as_ref() != Some(&other.id);
    match present.iter().find(in_the_way) {
        Some(other) => Err(Reject::rule(
            ProblemKind::AlreadyExists,
            format!("{} {} lives there already; name it in `replaces` to succeed it", other.role.as_str(), other.id),
        )),
        None => Ok(()),
    }
}
