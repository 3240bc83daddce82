//! Succession: what an orchestrator answered for, what it was told and has not read, and what it asked and was not answered passes to the next
//! live one, in the commit that spawns it.

use go_bus_api::{Agent, EventKind, Message, Question, Role, Task};

use super::super::ctx::Ctx;
use super::super::interaction::alert_routing;
use super::seats;
use crate::Reject;
use crate::tx::{Column, Filter};

/// Gives `heir` the open tasks of those who sat on its seat and are live no more. Attempts stay as they are.
pub(super) fn adopt_tasks(ctx: &mut Ctx<'_>, heir: &Agent) -> Result<(), Reject> {
    if !matches!(heir.role, Role::Po | Role::Ho) {
        return Ok(());
    }
    let Some(seat) = seats::seat_of(heir) else { return Ok(()) };
    let former = seats::ever(ctx, &seat)?;
    for old in former.iter().filter(|old| old.id != heir.id && !old.state.is_live()) {
        let left: Vec<Task> = ctx.find(&Filter::by(Column::Assignee, old.id.as_str()).open())?;
        for mut task in left {
            task.assignee = Some(heir.id.clone());
            ctx.update(&mut task, &EventKind::TaskUpdated)?;
        }
    }
    Ok(())
}

/// Gives `heir` the unread messages of those who sat on its seat and are live no more; but what was about them alone, and alerts, which
/// it is told anew.
pub(super) fn adopt_messages(ctx: &mut Ctx<'_>, heir: &Agent) -> Result<(), Reject> {
    let Some(seat) = seats::seat_of(heir) else { return Ok(()) };
    let former = seats::ever(ctx, &seat)?;
    for old in former.iter().filter(|old| old.id != heir.id && !old.state.is_live()) {
        let unread: Vec<Message> = ctx.find(&Filter::by(Column::Addressee, old.id.as_str()).open())?;
        for mut message in unread.into_iter().filter(|message| !stays(message)) {
            message.to = heir.id.clone();
            ctx.update(&mut message, &EventKind::MessageSent)?;
        }
    }
    Ok(())
}

/// Gives `heir` the open questions about no task that those asked who sat on its seat and are live no more: the answer is told to whoever asked. One
/// about a task goes with that.
pub(super) fn adopt_questions(ctx: &mut Ctx<'_>, heir: &Agent) -> Result<(), Reject> {
    let Some(seat) = seats::seat_of(heir) else { return Ok(()) };
    let former = seats::ever(ctx, &seat)?;
    let open: Vec<Question> = ctx.find(&Filter::by(Column::State, "open"))?;
    for mut question in open.into_iter().filter(|question| question.task.is_none()) {
        let is_left =
            |old: &Agent| question.agent.as_ref() == Some(&old.id) && old.id != heir.id && !old.state.is_live();
        if former.iter().any(is_left) {
            question.agent = Some(heir.id.clone());
            ctx.update(&mut question, &EventKind::QuestionAsked)?;
        }
    }
    Ok(())
}

fn stays(message: &Message) -> bool {
    let kind = message.kind.as_ref().map(|kind| kind.as_str());
    kind.is_some_and(|kind| [alert_routing::KIND, "rotation", "stop"].contains(&kind))
}
