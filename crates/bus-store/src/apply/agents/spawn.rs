//! Spawning: tiers, uniqueness, prompts, slots, caps and budgets hold here, with no GO in the way (R11, R12, R23, R26).

use data_encoding::HEXLOWER;
use go_bus_api::{
    Agent, AgentId, AgentState, Attempt, EventKind, NewAgent, Project, ProjectId, Revision, Task, Text, Timestamp,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::ctx::Ctx;
use super::super::interaction::alert_routing;
use super::super::{Done, accounts, audit};
use super::spawn_checks as check;
use super::{succession, terminate};
use crate::{Outcome, Reject};

/// `POST /agents`. A refusal leaves an audit entry.
pub(in crate::apply) fn spawn(ctx: &mut Ctx<'_>, body: &NewAgent) -> Result<Done, Reject> {
    let parent = check::parent(ctx, body)?;
    let result = admit(ctx, body, parent);
    if let Err(reject) = &result {
        let detail = json!({ "wanted": body, "why": reject.to_string() });
        ctx.audit_refusal(audit::entry("spawn.refused", "agents", without_prompt(detail)));
    }
    result
}

fn admit(ctx: &mut Ctx<'_>, body: &NewAgent, parent: check::Parent) -> Result<Done, Reject> {
    check::tier(&parent, body.role)?;
    let task = check::references(ctx, body)?;
    let prompt = check::prompt(body)?;
    let attempt = check::attempt(body, task.as_ref())?;
    check::account(ctx, body)?;
    let project = body.project.clone().or_else(|| task.as_ref().map(|task| task.project.clone()));
    check_room(ctx, body, task.as_ref(), project.as_ref())?;

    let mut agent = new_agent(body, ctx.at);
    agent.spawned_at = spawned_at(ctx, task.as_ref())?;
    agent.parent = parent.id;
    agent.project = project;
    agent.attempt = attempt;
    agent.prompt_sha256 = Some(Text::clipped(&HEXLOWER.encode(&Sha256::digest(prompt.as_bytes()))));
    check::seat(ctx, &agent)?;
    if let Some(old) = &body.replaces {
        terminate::replace(ctx, old)?;
    }
    seat(ctx, &agent, prompt)
}

/// When an agent is spawned: now, but after the delivery of what it is to review, whatever a wall clock says that was set back.
fn spawned_at(ctx: &mut Ctx<'_>, task: Option<&Task>) -> Result<Timestamp, Reject> {
    let reviewed = task.and_then(|task| task.review_of.as_ref());
    let delivered = match reviewed {
        Some(reviewed) => ctx.need::<Task>(reviewed.as_str())?.delivered_at,
        None => None,
    };
    Ok(delivered.map_or(ctx.at, |delivered| delivered.max(ctx.at)))
}

/// What is refused for want of room: a paused project, a spent budget, a second builder, no slot.
fn check_room(
    ctx: &mut Ctx<'_>,
    body: &NewAgent,
    task: Option<&Task>,
    project: Option<&ProjectId>,
) -> Result<(), Reject> {
    if let Some(project) = project {
        let project = ctx.refer::<Project>(project.as_str(), "/project")?;
        check::active(&project)?;
        check::budget(ctx, &project)?;
    }
    match task {
        Some(task) => {
            check::only_builder(ctx, body, task)?;
            check::slot(ctx, body)
        }
        None => Ok(()),
    }
}

/// Writes the agent, gives it the tasks that its seat's former holders left, and tells it what its human has to know.
fn seat(ctx: &mut Ctx<'_>, agent: &Agent, prompt: &str) -> Result<Done, Reject> {
    ctx.tx.put_prompt(&agent.id, prompt)?;
    let document = ctx.create(agent, &EventKind::AgentRequested)?;
    accounts::used(ctx, agent)?;
    succession::adopt_tasks(ctx, agent)?;
    succession::adopt_messages(ctx, agent)?;
    succession::adopt_questions(ctx, agent)?;
    alert_routing::tell_newcomer(ctx, agent)?;
    let detail = json!({ "role": agent.role, "task": agent.task, "prompt_sha256": agent.prompt_sha256 });
    audit::note(ctx, "spawn", &format!("agents/{}", agent.id), detail)?;
    Ok(Done { outcome: Outcome::Created, document: Some(document), lease: None })
}

/// An agent as its request has it, under a new id.
pub(super) fn new_agent(body: &NewAgent, at: Timestamp) -> Agent {
    Agent {
        id: AgentId::generate(),
        role: body.role,
        host: body.host.clone(),
        project: body.project.clone(),
        user: body.user.clone(),
        parent: body.parent.clone(),
        state: AgentState::Requested,
        model: body.model.clone(),
        driver: body.driver.unwrap_or_default(),
        account: body.account.clone(),
        capabilities: body.capabilities.clone(),
        prompt_sha256: None,
        task: body.task.clone(),
        attempt: None::<Attempt>,
        spawned_at: at,
        last_heartbeat: None,
        token_rotated_at: None,
        context_used: None,
        exit: None,
        replaces: body.replaces.clone(),
        hold: false,
        revision: Revision(1),
    }
}

/// Prompts may be long, and don't belong into the audit log.
fn without_prompt(mut detail: serde_json::Value) -> serde_json::Value {
    if let Some(wanted) = detail.get_mut("wanted").and_then(serde_json::Value::as_object_mut) {
        wanted.remove("prompt");
    }
    detail
}
