//! One HO per host, one PO per project, one IO per human, one builder per task and attempt (R12).

use go_bus_api::{Agent, Attempt, HostId, ProjectId, Role, TaskId, UserId};

/// What at most one live agent may be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seat {
    /// The HO of a host.
    Host(HostId),
    /// The PO of a project.
    Project(ProjectId),
    /// The IO of a human.
    Human(UserId),
}

impl Seat {
    /// The seat that an agent of this role takes; `None` for roles without one, or where the field it needs is absent.
    pub fn of(role: Role, host: Option<&HostId>, project: Option<&ProjectId>, user: Option<&UserId>) -> Option<Self> {
        match role {
            Role::Ho => host.cloned().map(Self::Host),
            Role::Po => project.cloned().map(Self::Project),
            Role::Io => user.cloned().map(Self::Human),
            _ => None,
        }
    }

    /// The seat that `agent` sits on now: only the live sit.
    pub fn taken_by(agent: &Agent) -> Option<Self> {
        let seat = Self::of(agent.role, agent.host.as_ref(), agent.project.as_ref(), agent.user.as_ref());
        seat.filter(|_| agent.state.is_live())
    }
}

/// Whether `agent` stands in the way of another builder of `task` in `attempt`: one that has not ended for certain does.
pub fn builds(agent: &Agent, task: &TaskId, attempt: Attempt) -> bool {
    agent.task.as_ref() == Some(task) && agent.attempt == Some(attempt) && !agent.state.is_ended()
}
