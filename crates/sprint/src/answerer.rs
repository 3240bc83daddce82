//! Who answers for a task: the PO of its project, the HO of a host, or M0.

use go_bus_api::{Agent, Task, TaskKind};
use go_bus_client::World;
use go_rules::placement;
use go_rules::uniqueness::Seat;

use crate::delegation::m0_for;

/// Who answers for a task, as far as that can be told.
#[derive(Debug, Clone, PartialEq)]
pub enum Answerer<'a> {
    /// This agent: it is live, or M0, which may sleep.
    Agent(&'a Agent),
    /// Whoever will sit here; nobody alive does now.
    Vacant(Seat),
    /// Some host's HO, and no host is open.
    NoHost,
}

/// Who answers for `task`: a PO for tickets, improvements and reviews; for pushes, delegations, rotations and the integration
/// test the HO of the host that the task names, else of the first open one; M0 for what no host offers and M0 does.
pub fn answerer<'a>(world: &'a World, task: &Task) -> Answerer<'a> {
    if let Some(m0) = m0_for(world, task) {
        return Answerer::Agent(m0);
    }
    let seat = match task.kind {
        TaskKind::Ticket | TaskKind::Improvement | TaskKind::Review => Some(Seat::Project(task.project.clone())),
        TaskKind::Push | TaskKind::Delegation | TaskKind::Rotation | TaskKind::IntegrationTest => {
            let first = || placement::open(world.hosts()).first().map(|host| host.id.clone());
            task.host.clone().or_else(first).map(Seat::Host)
        }
    };
    match seat {
        None => Answerer::NoHost,
        Some(seat) => world.live_in(&seat).map_or(Answerer::Vacant(seat), Answerer::Agent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn tickets_are_the_po_s_and_host_work_is_the_ho_s() {
        let world = samples::world([("h1", 1)]);
        let who = |kind| match answerer(&world, &Task { kind, ..samples::task("T-1", "site") }) {
            Answerer::Agent(agent) => agent.id.to_string(),
            other => format!("{other:?}"),
        };
        for kind in [TaskKind::Ticket, TaskKind::Review, TaskKind::Improvement] {
            assert_eq!(who(kind), "po-site", "{kind:?}");
        }
        for kind in [TaskKind::Push, TaskKind::Delegation, TaskKind::Rotation, TaskKind::IntegrationTest] {
            assert_eq!(who(kind), "ho-h1", "{kind:?}");
        }
    }

    #[test]
    fn nobody_answers_where_nobody_lives() {
        let world = World::default();
        let task = samples::task("T-1", "site");
        assert_eq!(answerer(&world, &task), Answerer::Vacant(Seat::Project(task.project.clone())));
        assert_eq!(answerer(&world, &Task { kind: TaskKind::Push, ..task }), Answerer::NoHost);
    }
}
