//! How often reviewers may want changes before a person looks at it (`review.rounds`).

use go_bus_api::{Alert, AlertId, AlertLevel, AlertState, Review, Revision, Task, TaskState, Text};

use super::super::ctx::Ctx;
use super::super::interaction::alerts;
use crate::{Policy, Reject};

/// Whether reviewers have wanted changes to `task` as often as they may.
pub(super) fn are_spent(policy: &Policy, task: &Task) -> bool {
    task.review_rounds >= policy.review_rounds.max(1)
}

/// Counts the verdict that wants changes. Its notes go to the next attempt; with the last round there is none until somebody decides: the
/// task is blocked, and a human is told, in the commit of that verdict.
pub(super) fn count(ctx: &mut Ctx<'_>, task: &mut Task, body: &Review) -> Result<(), Reject> {
    task.review_notes = Some(body.notes.clone());
    task.review_rounds = task.review_rounds.saturating_add(1);
    task.assignee = None;
    if !are_spent(ctx.policy, task) {
        task.state = task.state.become_state(TaskState::ChangesRequested)?;
        return Ok(());
    }
    task.state = task.state.become_state(TaskState::Blocked)?;
    let times = task.review_rounds;
    task.error =
        Some(Text::clipped(&format!("its reviewers wanted changes {times} times; the last notes: {}", body.notes)));
    tell(ctx, task, times)
}

fn tell(ctx: &mut Ctx<'_>, task: &Task, times: u32) -> Result<(), Reject> {
    let alert = Alert {
        id: AlertId::generate(),
        level: AlertLevel::L4,
        title: Text::clipped(&format!("task {} is blocked: its reviewers wanted changes {times} times", task.id)),
        detail: task.review_notes.clone().unwrap_or_default(),
        project: Some(task.project.clone()),
        state: AlertState::Open,
        raised_at: ctx.at,
        acknowledged_by: None,
        dedupe_key: Some(Text::clipped(&format!("review-rounds:{}", task.id))),
        revision: Revision(1),
    };
    alerts::raise_once(ctx, &alert)?;
    Ok(())
}
