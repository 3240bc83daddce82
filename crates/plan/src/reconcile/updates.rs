//! What became of the tickets.

use go_bus_api::{Task, TaskState};
use go_bus_client::World;

use crate::edit::TicketUpdate;
use crate::{Plan, ResultLine, Ticket};

/// What the plan lacks of the Bus: each ticket's state, what came of it in one line, and its sprint, where they differ. A result or
/// sprint that the Bus doesn't know is left to the plan.
pub fn updates(plan: &Plan, world: &World) -> Vec<TicketUpdate> {
    let known = plan.tickets().filter_map(|(_, ticket)| Some((ticket, world.task(&ticket.id)?)));
    known.map(|(ticket, task)| update(ticket, task)).filter(|update| !update.is_empty()).collect()
}

fn update(ticket: &Ticket, task: &Task) -> TicketUpdate {
    TicketUpdate {
        status: Some(task.state).filter(|state| *state != ticket.status),
        result: outcome(task).filter(|result| Some(result) != ticket.result.as_ref()),
        sprint: task.sprint.clone().filter(|sprint| Some(sprint) != ticket.sprint.as_ref()),
        ..TicketUpdate::of(ticket.id.clone())
    }
}

/// What came of a task that has come to rest: its summary, or why it stands still.
fn outcome(task: &Task) -> Option<ResultLine> {
    let text = match task.state {
        TaskState::Done => task.result.as_ref(),
        TaskState::Failed | TaskState::Blocked => task.error.as_ref().or(task.result.as_ref()),
        _ => None,
    };
    ResultLine::of(text?.as_str())
}
