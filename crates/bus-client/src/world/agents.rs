//! Agents, by seat, host, task and role.

use std::sync::Arc;

use go_bus_api::{Agent, AgentId, HostId, Role, TaskId};
use go_rules::slots::takes_slot;
use go_rules::uniqueness::Seat;

use super::index::Index;
use super::table::{Put, Table};

/// Every agent, ended ones too.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Agents {
    rows: Table<Agent>,
    by_task: Index<TaskId, AgentId>,
    by_seat: Index<Seat, AgentId>,
    /// Those that have not ended for certain.
    by_host: Index<HostId, AgentId>,
    /// Those that have not ended for certain.
    by_role: Index<Role, AgentId>,
    /// Those that take a slot, under the one key `()`.
    at_work: Index<(), AgentId>,
}

fn remains(agent: &Agent) -> bool {
    !agent.state.is_ended()
}

fn host(agent: &Agent) -> Option<&HostId> {
    agent.host.as_ref().filter(|_| remains(agent))
}

fn role(agent: &Agent) -> Option<&Role> {
    Some(&agent.role).filter(|_| remains(agent))
}

fn at_work(agent: &Agent) -> Option<&'static ()> {
    Some(&()).filter(|()| takes_slot(agent))
}

impl Agents {
    pub(super) fn put(&mut self, agent: Agent) -> bool {
        let Some(Put { old, new }) = self.rows.put(agent) else { return false };
        let (old, id): (Option<&Agent>, &AgentId) = (old.as_ref().map(Arc::as_ref), &new.id);
        self.by_task.shift(id, old.and_then(|agent| agent.task.as_ref()), new.task.as_ref());
        self.by_seat.shift(id, old.and_then(Seat::taken_by).as_ref(), Seat::taken_by(&new).as_ref());
        self.by_host.shift(id, old.and_then(host), host(&new));
        self.by_role.shift(id, old.and_then(role), role(&new));
        self.at_work.shift(id, old.and_then(at_work), at_work(&new));
        true
    }

    pub(super) fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.rows.get(id)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Agent> {
        self.rows.iter()
    }

    pub(super) fn with<'a>(&'a self, task: &TaskId) -> impl Iterator<Item = &'a Agent> + use<'a> {
        self.by_task.get(task).filter_map(|id| self.get(id))
    }

    pub(super) fn live_in(&self, seat: &Seat) -> Option<&Agent> {
        self.by_seat.get(seat).find_map(|id| self.get(id))
    }

    pub(super) fn on<'a>(&'a self, host: &HostId) -> impl Iterator<Item = &'a Agent> + use<'a> {
        self.by_host.get(host).filter_map(|id| self.get(id))
    }

    pub(super) fn of_role<'a>(&'a self, role: Role) -> impl Iterator<Item = &'a Agent> + use<'a> {
        self.by_role.get(&role).filter_map(|id| self.get(id))
    }

    pub(super) fn at_work(&self) -> impl Iterator<Item = &Agent> {
        self.at_work.get(&()).filter_map(|id| self.get(id))
    }
}
