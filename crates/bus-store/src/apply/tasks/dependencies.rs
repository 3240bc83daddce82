//! What depends on what: no cycles, and who is stuck behind a failure.

use std::collections::HashSet;

use go_bus_api::{EventKind, Task, TaskId, TaskState, Text};
use go_rules::builder_end::MOST_LOSSES;

use super::super::ctx::Ctx;
use super::{landing, review_rounds};
use crate::{Policy, Reject};

/// Checks that every dependency exists and that none leads back to `task`. Answers them without repeats.
pub(super) fn check(ctx: &mut Ctx<'_>, task: &TaskId, on: &[TaskId]) -> Result<Vec<TaskId>, Reject> {
    let mut distinct: Vec<TaskId> = Vec::with_capacity(on.len());
    for (index, id) in on.iter().enumerate() {
        let pointer = format!("/depends_on/{index}");
        if id == task {
            return Err(Reject::field(&pointer, format!("task {task} can't depend on itself")));
        }
        ctx.refer::<Task>(id.as_str(), &pointer)?;
        if !distinct.contains(id) {
            distinct.push(id.clone());
        }
    }
    Ok(distinct)
}

/// Refuses dependencies that would close a cycle through `task`. A new task can't be in one: nothing depends on it yet.
pub(super) fn check_acyclic(ctx: &mut Ctx<'_>, task: &TaskId, on: &[TaskId]) -> Result<(), Reject> {
    let mut seen: HashSet<TaskId> = HashSet::new();
    let mut open = vec![task.clone()];
    while let Some(next) = open.pop() {
        for dependent in ctx.tx.dependents(&next)? {
            if on.contains(&dependent) {
                let detail = format!("{dependent} depends on {task} already; this would be a cycle");
                return Err(Reject::field("/depends_on", detail));
            }
            if seen.insert(dependent.clone()) {
                open.push(dependent);
            }
        }
    }
    Ok(())
}

/// The dependency that keeps `task` from ever starting, as far as one can tell now: one that failed or was cancelled, or is
/// itself stuck behind such a one.
pub(super) fn stuck_behind(ctx: &mut Ctx<'_>, on: &[TaskId]) -> Result<Option<TaskId>, Reject> {
    let mut seen: HashSet<TaskId> = HashSet::new();
    let mut open: Vec<TaskId> = on.to_vec();
    while let Some(id) = open.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let Some(task) = ctx.load::<Task>(id.as_str())? else { continue };
        match task.state {
            TaskState::Failed | TaskState::Cancelled => return Ok(Some(id)),
            TaskState::Done => {}
            _ => open.extend(task.depends_on),
        }
    }
    Ok(None)
}

/// The first dependency that is not done.
pub(super) fn first_not_done(ctx: &mut Ctx<'_>, task: &Task) -> Result<Option<(TaskId, TaskState)>, Reject> {
    for id in &task.depends_on {
        match ctx.load::<Task>(id.as_str())? {
            Some(on) if on.state == TaskState::Done => {}
            Some(on) => return Ok(Some((id.clone(), on.state))),
            None => return Ok(Some((id.clone(), TaskState::Cancelled))),
        }
    }
    Ok(None)
}

/// Why a task that is stuck is blocked, in words.
pub(super) fn reason(behind: &TaskId) -> Text<16384> {
    Text::clipped(&format!("stuck behind task {behind}"))
}

/// Blocks everything that depends on a task which has failed or was cancelled, however indirectly.
pub(super) fn block_dependents(ctx: &mut Ctx<'_>, root: &TaskId) -> Result<(), Reject> {
    for mut task in all_dependents(ctx, root)? {
        if task.state.is_assignable() {
            task.state = task.state.become_state(TaskState::Blocked)?;
            task.error = Some(reason(root));
            ctx.update(&mut task, &EventKind::TaskBlocked)?;
        }
    }
    Ok(())
}

/// Lets everything go on that was stuck behind `root` alone.
pub(super) fn release_dependents(ctx: &mut Ctx<'_>, root: &TaskId) -> Result<(), Reject> {
    for mut task in all_dependents(ctx, root)? {
        if !is_blocked_by_others(ctx.policy, &task) || stuck_behind(ctx, &task.depends_on)?.is_some() {
            continue;
        }
        task.state = task.state.become_state(TaskState::Pending)?;
        task.error = None;
        ctx.update(&mut task, &EventKind::TaskRequeued)?;
    }
    Ok(())
}

/// Whether it is blocked by what it depends on, not by the loss of its builders, by its reviewers or by landings that failed.
pub(super) fn is_blocked_by_others(policy: &Policy, task: &Task) -> bool {
    let is_sent_back = review_rounds::are_spent(policy, task) || landing::failed_too_often(policy, task);
    let is_by_itself = task.losses >= MOST_LOSSES || is_sent_back;
    task.state == TaskState::Blocked && !is_by_itself
}

/// Whatever depends on `root`, nearest first; what is done or cancelled passes nothing on.
fn all_dependents(ctx: &mut Ctx<'_>, root: &TaskId) -> Result<Vec<Task>, Reject> {
    let mut seen: HashSet<TaskId> = HashSet::from([root.clone()]);
    let mut found: Vec<Task> = Vec::new();
    let mut layer = vec![root.clone()];
    while !layer.is_empty() {
        let mut next = Vec::new();
        for id in layer {
            for dependent in ctx.tx.dependents(&id)? {
                if !seen.insert(dependent.clone()) {
                    continue;
                }
                let Some(task) = ctx.load::<Task>(dependent.as_str())? else { continue };
                if !matches!(task.state, TaskState::Done | TaskState::Cancelled) {
                    next.push(dependent);
                    found.push(task);
                }
            }
        }
        layer = next;
    }
    Ok(found)
}
