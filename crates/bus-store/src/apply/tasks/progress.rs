//! `POST /tasks/{id}/progress`: restarts the idle clock.

use go_bus_api::{EventKind, Progress, ReportProgress, Task, TaskId, TaskState};

use super::super::Done;
use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::authority;
use crate::Reject;

/// Notes progress.
pub(in crate::apply) fn report(ctx: &mut Ctx<'_>, id: &TaskId, body: &ReportProgress) -> Result<Done, Reject> {
    let mut task: Task = ctx.need(id.as_str())?;
    authority::must_work_on(ctx, &task)?;
    authority::must_be_current(&task, body.attempt)?;
    if !matches!(task.state, TaskState::InProgress | TaskState::Waiting) {
        return Err(wrong_state(format!("task {id} is {}", task.state.as_str())));
    }
    task.progress = Some(Progress { note: body.note.clone(), percent: body.percent, at: ctx.at });
    Ok(Done::updated(ctx.update(&mut task, &EventKind::TaskProgressed)?))
}
