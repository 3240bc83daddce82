//! What is delegated to M0 (R9): it hears of it by message, in the commit that gives it the start signal, and GO ends an attempt that
//! takes too long.

use go_bus_api::{Agent, Message, Role, Task};

use super::super::ctx::Ctx;
use super::super::messages;
use crate::Reject;

/// Tells `m0` that `task` is its own from now on, and what it has to do.
pub(super) fn tell(ctx: &mut Ctx<'_>, task: &Task, m0: &Agent) -> Result<(), Reject> {
    let subject = format!("{}: {}", task.id, task.title);
    messages::tell(ctx, m0.id.clone(), Message::DELEGATION, &subject, &words(task))
}

/// The ticket for whoever has only the message.
fn words(task: &Task) -> String {
    let mut text = format!("tasks/{} of project {}, attempt {}\n", task.id, task.project, task.attempt);
    if !task.description.is_blank() {
        text.push_str(&format!("\n{}\n", task.description));
    }
    if let Some(run) = &task.run {
        text.push_str(&format!("\nRun: {run}\n"));
    }
    for command in &task.verify {
        text.push_str(&format!("Verify: {command}\n"));
    }
    text
}

/// Whether M0 answers for `task`. M0 may be asleep, so GO may end an attempt of its when the time is over; and nobody else can be asked for what
/// only M0 offers.
pub(super) fn is_m0_s(ctx: &mut Ctx<'_>, task: &Task) -> Result<bool, Reject> {
    let Some(assignee) = &task.assignee else { return Ok(false) };
    Ok(ctx.load::<Agent>(assignee.as_str())?.is_some_and(|agent| agent.role == Role::M0))
}
