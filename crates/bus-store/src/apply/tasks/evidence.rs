//! A completion has to agree with what a keeper saw: whoever answers for a task may think what it likes, but not call done what failed, what
//! nobody did, or what has yet to be reviewed or to land.

use go_bus_api::{Agent, Category, Complete, DriverKind, Project, Task, TaskKind, Tier};
use go_rules::{integration, placement};

use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::authority;
use crate::Reject;

/// Whether a fresh reviewer has to see it whatever the completion says of it (R24): a ticket of a significant kind that an agent completes which
/// thinks. What a fixed program says is its review policy's.
pub(super) fn needs_review(ctx: &mut Ctx<'_>, task: &Task) -> Result<bool, Reject> {
    let builds = matches!(task.kind, TaskKind::Ticket | TaskKind::Improvement);
    let is_significant = builds && task.category.as_ref().is_some_and(Category::is_significant);
    Ok(is_significant && who_thinks(ctx)?.is_some())
}

/// The agent that completes, where a model or a program that stands for one decides for it.
fn who_thinks(ctx: &mut Ctx<'_>) -> Result<Option<Agent>, Reject> {
    let Some(id) = ctx.who.own_agent().map(|(id, _)| id.clone()) else { return Ok(None) };
    Ok(ctx.load::<Agent>(id.as_str())?.filter(|agent| agent.driver != DriverKind::Shell))
}

/// Refuses a completion while the attempt's hand is at work, after an end that was no success, and without the landing that its work needs. The operator
/// may call done whatever they like; work that its assignee did itself has no keeper.
pub(super) fn check(ctx: &mut Ctx<'_>, task: &Task, body: &Complete) -> Result<(), Reject> {
    if ctx.who.is_operator() {
        return Ok(());
    }
    let mut hands = authority::builders_of_attempt(ctx, task)?;
    hands.retain(|hand| task.assignee.as_ref() != Some(&hand.id));
    if let Some(hand) = hands.iter().find(|hand| !hand.state.is_ended()) {
        return Err(wrong_state(format!("agent {} has task {} in hand and has not ended", hand.id, task.id)));
    }
    let Some(last) = hands.into_iter().max_by_key(|hand| hand.spawned_at) else {
        return may_do_it_itself(ctx, task, body);
    };
    let Some(exit) = &last.exit else {
        return Err(wrong_state(format!("how agent {} ended is not known, so task {} is not done", last.id, task.id)));
    };
    if !exit.report.succeeded() {
        let failed = exit.report.verify.iter().find(|check| check.code != 0);
        let why = failed.map_or_else(
            || "its end is no success".to_owned(),
            |check| format!("verification `{}` exited {}", check.command, check.code),
        );
        let detail =
            format!("agent {} did not do task {}: {why}; fail the attempt, or spawn another agent", last.id, task.id);
        return Err(wrong_state(detail));
    }
    must_have_landed(task, &last, body)?;
    must_land(ctx, task, &last, body)
}

/// An orchestrator that thinks has the Bus's tools and no others: what is built, tested or landed takes a hand. Host work for which there is nothing to
/// run, as its shim tells it, takes none.
fn may_do_it_itself(ctx: &mut Ctx<'_>, task: &Task, body: &Complete) -> Result<(), Reject> {
    if !placement::takes_slot(task) || who_thinks(ctx)?.is_none_or(|agent| agent.role.tier() != Tier::Orchestrator) {
        return Ok(());
    }
    match task.kind {
        TaskKind::IntegrationTest if integration::is_skipped(body.summary.as_str()) => Ok(()),
        TaskKind::Push if task.lands.is_none() => Ok(()),
        _ => Err(wrong_state(format!(
            "nobody has done task {} in attempt {}; spawn an agent for it",
            task.id, task.attempt
        ))),
    }
}

/// What has landed is what its worker said.
fn must_have_landed(push: &Task, hand: &Agent, body: &Complete) -> Result<(), Reject> {
    let Some(commit) = body.landed.as_ref().filter(|_| push.lands.is_some()) else { return Ok(()) };
    let said = hand.exit.as_ref().is_some_and(|exit| exit.report.tail.as_str().contains(commit.as_str()));
    if said {
        return Ok(());
    }
    Err(Reject::field("/landed", format!("agent {} did not say that commit {commit} has landed", hand.id)))
}

/// Work that changed something in a project that delivers is done once that has landed: its commit, and no other.
fn must_land(ctx: &mut Ctx<'_>, task: &Task, hand: &Agent, body: &Complete) -> Result<(), Reject> {
    let work = hand.exit.as_ref().and_then(|exit| exit.report.work.as_ref()).filter(|work| work.changed);
    let Some(work) = work.filter(|_| !matches!(task.kind, TaskKind::Push | TaskKind::Review)) else { return Ok(()) };
    let project: Project = ctx.refer(task.project.as_str(), "/landing")?;
    let lands = project.workplace.as_ref().is_some_and(|workplace| workplace.deliver.lands());
    if project.repo.is_none() || !lands {
        return Ok(());
    }
    match &body.landing {
        Some(landing) if landing.commit == work.commit => Ok(()),
        Some(landing) => {
            let detail = format!("agent {} left commit {}, not {}", hand.id, work.commit, landing.commit);
            Err(Reject::field("/landing/commit", detail))
        }
        None => {
            Err(Reject::field("/landing", format!("what agent {} left, commit {}, has to land", hand.id, work.commit)))
        }
    }
}
