//! Done means landed: a delivery that has to land is done with the push that lands it, in one commit.
//!
//! The push is made with the approval, or with the delivery where nobody has to review it; until it is done the ticket stays
//! `in_review`. One that fails for good sends the ticket back to its builder, and blocks it where that happens too often.

use go_bus_api::{
    Alert, AlertId, AlertLevel, AlertState, Complete, EventKind, Host, Landed, Landing, NewTask, Project, ProjectId,
    ResourceKind, Revision, Task, TaskId, TaskKind, TaskState, Text,
};

use super::super::agents::terminate;
use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::super::interaction::alerts;
use super::{authority, complete, create, landing_command, pinned};
use crate::{Policy, Reject};

/// How often a landing may be tried that could not go on for a reason that passes, such as uncommitted changes in its way.
const TRIES: u32 = 20;

/// Checks what a completion says of landing: a landing names its commit, and only what delivers has one.
pub(super) fn check(ctx: &mut Ctx<'_>, task: &Task, body: &Complete) -> Result<(), Reject> {
    match (&task.lands, &body.landed) {
        (Some(_), None) => return Err(Reject::field("/landed", "a landing is done with the commit that landed")),
        (None, Some(_)) => return Err(Reject::field("/landed", format!("task {} lands nothing", task.id))),
        (Some(_), Some(commit)) => must_be_commit(commit, "/landed")?,
        (None, None) => {}
    }
    let Some(landing) = &body.landing else { return Ok(()) };
    if matches!(task.kind, TaskKind::Push | TaskKind::Review) {
        return Err(Reject::field("/landing", format!("a {} has nothing to land", task.kind.as_str())));
    }
    must_be_commit(&landing.commit, "/landing/commit")?;
    must_be_commit(&landing.base, "/landing/base")?;
    ctx.refer::<Host>(landing.host.as_str(), "/landing/host")?;
    let project = project(ctx, &task.project)?;
    if project.repo.is_none() || !delivers(&project) {
        return Err(Reject::field("/landing", format!("project {} delivers nothing", project.id)));
    }
    Ok(())
}

/// A full or shortened object name, so that it can be nothing else on a command line.
fn must_be_commit(commit: &Text<64>, pointer: &str) -> Result<(), Reject> {
    let commit = commit.as_str();
    let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    if (7..=64).contains(&commit.len()) && commit.chars().all(hex) {
        return Ok(());
    }
    Err(Reject::field(pointer, "a commit is written as 7 to 64 hexadecimal digits"))
}

fn project(ctx: &mut Ctx<'_>, id: &ProjectId) -> Result<Project, Reject> {
    ctx.refer(id.as_str(), "/landing")
}

fn delivers(project: &Project) -> bool {
    project.workplace.as_ref().is_none_or(|workplace| workplace.deliver.lands())
}

/// Whether `task` is approved and only its landing is missing.
pub(super) fn is_under_way(task: &Task) -> bool {
    task.state == TaskState::InReview && task.landing_task.is_some()
}

/// Takes the step from a good delivery: to `done`, or, where it has to land, on to its landing, which is written by [`begin`].
pub(super) fn approve(ctx: &mut Ctx<'_>, task: &mut Task) -> Result<Option<NewTask>, Reject> {
    let project = project(ctx, &task.project)?;
    // Where the project delivers no more, there is nothing that this could wait for.
    let landing = task.landing.clone().filter(|_| delivers(&project));
    let order = landing.map(|landing| order(task, &landing, &project));
    if let Some(order) = &order {
        task.landing_task = Some(free_id(ctx, task, order)?);
        return Ok(Some(order.clone()));
    }
    task.landing = None;
    task.state = task.state.become_state(TaskState::Done)?;
    Ok(None)
}

fn order(task: &Task, landing: &Landing, project: &Project) -> NewTask {
    let run = landing_command::of(task, landing, project.workplace.as_ref());
    let summary = landing.summary.as_ref().map_or("", |summary| summary.as_str());
    NewTask {
        id: landing_command::id(&task.id, task.attempt),
        description: Text::clipped(summary),
        kind: TaskKind::Push,
        priority: task.priority,
        labels: task.labels.clone(),
        host: Some(landing.host.clone()),
        run: Some(run),
        sprint: task.sprint.clone(),
        deadline_ms: task.deadline_ms,
        max_attempts: TRIES,
        ..NewTask::ticket(task.project.clone(), Text::clipped(&format!("Land {}: {}", task.id, task.title)))
    }
}

/// The landing's own id, or another where somebody's task has that.
fn free_id(ctx: &mut Ctx<'_>, task: &Task, order: &NewTask) -> Result<TaskId, Reject> {
    let own = order.id.clone().filter(|id| *id != task.id);
    match own {
        Some(id) if !ctx.tx.exists(ResourceKind::Task, id.as_str())? => Ok(id),
        _ => Ok(TaskId::generate()),
    }
}

/// Makes the push that lands `task`, as [`approve`] ordered it.
pub(super) fn begin(ctx: &mut Ctx<'_>, task: &Task, order: &NewTask) -> Result<(), Reject> {
    let Some(id) = task.landing_task.clone() else { return Ok(()) };
    let mut push = create::new_task(order, id, ctx.at);
    push.lands = Some(task.id.clone());
    create::add(ctx, &push)?;
    Ok(())
}

/// The ticket whose delivery `push` lands, where it still waits for that.
fn waiting_for(ctx: &mut Ctx<'_>, push: &Task) -> Result<Option<Task>, Reject> {
    let Some(id) = &push.lands else { return Ok(None) };
    let ticket = ctx.load::<Task>(id.as_str())?;
    Ok(ticket.filter(|ticket| is_under_way(ticket) && ticket.landing_task.as_ref() == Some(&push.id)))
}

/// The landing is done, and with it its ticket.
pub(super) fn land(ctx: &mut Ctx<'_>, push: &Task) -> Result<(), Reject> {
    let Some(mut ticket) = waiting_for(ctx, push)? else { return Ok(()) };
    ticket.state = ticket.state.become_state(TaskState::Done)?;
    ticket.landed = push.landed.clone();
    complete::finish(ctx, &mut ticket)?;
    Ok(())
}

/// What a completion says has landed, to be kept with its push.
pub(super) fn landed(ctx: &Ctx<'_>, body: &Complete) -> Option<Landed> {
    body.landed.clone().map(|commit| Landed { commit, at: ctx.at })
}

/// The landing failed for good: its builder has to go over it again, with what went wrong as its notes; where that has happened as often as
/// reviewers may want changes, a person has to.
pub(super) fn fail(ctx: &mut Ctx<'_>, push: &Task) -> Result<(), Reject> {
    let Some(mut ticket) = waiting_for(ctx, push)? else { return Ok(()) };
    ticket.review_notes = push.error.as_ref().map(|error| Text::clipped(&format!("it could not land: {error}")));
    ticket.landing_failures = ticket.landing_failures.saturating_add(1);
    (ticket.landing_task, ticket.assignee) = (None, None);
    if !failed_too_often(ctx.policy, &ticket) {
        ticket.state = ticket.state.become_state(TaskState::ChangesRequested)?;
        ctx.update(&mut ticket, &EventKind::TaskChangesRequested)?;
        return Ok(());
    }
    ticket.state = ticket.state.become_state(TaskState::Blocked)?;
    let times = ticket.landing_failures;
    let why = format!("it could not land {times} times; the last time: {}", push.error.clone().unwrap_or_default());
    ticket.error = Some(Text::clipped(&why));
    ctx.update(&mut ticket, &EventKind::TaskBlocked)?;
    tell(ctx, &ticket)
}

/// Whether landings of `task` have failed as often as they may.
pub(super) fn failed_too_often(policy: &Policy, task: &Task) -> bool {
    task.landing_failures >= policy.review_rounds.max(1)
}

fn tell(ctx: &mut Ctx<'_>, ticket: &Task) -> Result<(), Reject> {
    let times = ticket.landing_failures;
    let alert = Alert {
        id: AlertId::generate(),
        level: AlertLevel::L4,
        title: Text::clipped(&format!("task {} is blocked: it could not land {times} times", ticket.id)),
        detail: ticket.error.clone().unwrap_or_default(),
        project: Some(ticket.project.clone()),
        state: AlertState::Open,
        raised_at: ctx.at,
        acknowledged_by: None,
        dedupe_key: Some(Text::clipped(&format!("landing:{}", ticket.id))),
        revision: Revision(1),
    };
    alerts::raise_once(ctx, &alert)?;
    Ok(())
}

/// Calls off the landing of a ticket that is set aside or will not be done, and stops who is at it.
pub(super) fn call_off(ctx: &mut Ctx<'_>, ticket: &Task) -> Result<(), Reject> {
    let Some(id) = &ticket.landing_task else { return Ok(()) };
    let Some(mut push) = ctx.load::<Task>(id.as_str())?.filter(|push| push.state.is_open()) else { return Ok(()) };
    push.state = push.state.become_state(TaskState::Cancelled)?;
    push.finished_at = Some(ctx.at);
    ctx.update(&mut push, &EventKind::TaskCancelled)?;
    pinned::waits_no_more(ctx, &push)?;
    let workers = authority::builders(ctx, &push)?;
    terminate::stop_builders(ctx, workers)?;
    Ok(())
}

/// A landing ends with its ticket or by its host's word; nobody cancels it, or tries one again that failed, for then its ticket would wait for
/// nothing, or be landed twice.
pub(super) fn may_order(push: &Task, to: TaskState) -> Result<(), Reject> {
    let Some(ticket) = &push.lands else { return Ok(()) };
    let done_by_ticket = to == TaskState::Cancelled || (push.state == TaskState::Failed && to == TaskState::Pending);
    if !done_by_ticket {
        return Ok(());
    }
    Err(wrong_state(format!("{} lands task {ticket}: cancel, hold or retry that one", push.id)))
}
