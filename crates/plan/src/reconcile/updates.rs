//! What became of the tickets.

use go_bus_api::{SprintId, Task, TaskState};
use go_bus_client::{PastTask, ResultLine, World};

use crate::edit::TicketUpdate;
use crate::{Plan, Ticket};

/// What the plan lacks of the Bus: each ticket's state, what came of it in one line, and its sprint, where they differ. A result or
/// sprint that the Bus doesn't know is left to the plan.
pub fn updates(plan: &Plan, world: &World) -> Vec<TicketUpdate> {
    let known = plan.tickets().filter_map(|(_, ticket)| Some((ticket, Standing::of(world, ticket)?)));
    known.map(|(ticket, standing)| update(ticket, standing)).filter(|update| !update.is_empty()).collect()
}

/// What a plan notes of a task.
struct Standing {
    state: TaskState,
    result: Option<ResultLine>,
    sprint: Option<SprintId>,
}

impl Standing {
    fn of(world: &World, ticket: &Ticket) -> Option<Self> {
        let current = world.task(&ticket.id).map(Self::of_current);
        current.or_else(|| world.past_task(&ticket.id).map(Self::of_past))
    }

    fn of_current(task: &Task) -> Self {
        Self { state: task.state, result: trouble(task), sprint: task.sprint.clone() }
    }

    fn of_past(task: PastTask) -> Self {
        let result = task.result.filter(|_| task.state == TaskState::Done);
        Self { state: task.state, result, sprint: task.sprint }
    }
}

fn update(ticket: &Ticket, task: Standing) -> TicketUpdate {
    TicketUpdate {
        status: Some(task.state).filter(|state| *state != ticket.status),
        result: task.result.filter(|result| Some(result) != ticket.result.as_ref()),
        sprint: task.sprint.filter(|sprint| Some(sprint) != ticket.sprint.as_ref()),
        ..TicketUpdate::of(ticket.id.clone())
    }
}

/// Why a task stands still.
fn trouble(task: &Task) -> Option<ResultLine> {
    let text = match task.state {
        TaskState::Failed | TaskState::Blocked => task.error.as_ref().or(task.result.as_ref()),
        _ => None,
    };
    ResultLine::of(text?.as_str())
}
