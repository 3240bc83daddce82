//! What GO may ask for: an HO, a PO or an IO, and nothing else (R11).

use go_bus_api::{Agent, HostId, ProjectId, Role, UserId};
use go_rules::uniqueness::Seat;

/// An orchestrator and what it answers for (R12).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Orchestrator {
    /// The HO of a host.
    Ho(HostId),
    /// The PO of a project.
    Po(ProjectId),
    /// The IO of a logged-in human.
    Io(UserId),
}

impl Orchestrator {
    /// Its role on the Bus.
    pub fn role(&self) -> Role {
        match self {
            Self::Ho(_) => Role::Ho,
            Self::Po(_) => Role::Po,
            Self::Io(_) => Role::Io,
        }
    }

    /// The seat it takes: at most one live agent sits there.
    pub fn seat(&self) -> Seat {
        match self.clone() {
            Self::Ho(host) => Seat::Host(host),
            Self::Po(project) => Seat::Project(project),
            Self::Io(user) => Seat::Human(user),
        }
    }

    /// The orchestrator that `agent` is or was, whatever its state; `None` for other roles.
    pub fn of(agent: &Agent) -> Option<Self> {
        let seat = Seat::of(agent.role, agent.host.as_ref(), agent.project.as_ref(), agent.user.as_ref())?;
        Some(seat.into())
    }
}

impl From<Seat> for Orchestrator {
    fn from(seat: Seat) -> Self {
        match seat {
            Seat::Host(host) => Self::Ho(host),
            Seat::Project(project) => Self::Po(project),
            Seat::Human(user) => Self::Io(user),
        }
    }
}

impl std::fmt::Display for Orchestrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ho(host) => write!(f, "HO of host {host}"),
            Self::Po(project) => write!(f, "PO of project {project}"),
            Self::Io(user) => write!(f, "IO of {user}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn an_agent_and_the_seat_it_takes_agree() {
        let po = samples::agent("a-1", Role::Po);
        let wanted = Orchestrator::of(&po);
        assert_eq!(wanted.as_ref().map(Orchestrator::seat), Seat::taken_by(&po));
        assert_eq!(wanted.map(|w| w.role()), Some(Role::Po));
        assert_eq!(Orchestrator::of(&samples::agent("a-2", Role::Worker)), None);
    }
}
