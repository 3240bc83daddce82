//! Agents, by seat, host, task and role.

use go_bus_api::{Agent, AgentId, AgentState, HostId, Revision, Role, TaskId, Timestamp};
use go_rules::slots::takes_slot;
use go_rules::uniqueness::Seat;

use super::World;
use super::index::Index;
use super::past::PastAgents;
use super::table::{Put, Table};
use super::tasks::Tasks;

/// Every agent: those that may yet act, or whose end may yet matter, as they are; of the others, the past ones, that they ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Agents {
    rows: Table<Agent>,
    past: PastAgents,
    by_task: Index<TaskId, AgentId>,
    by_seat: Index<Seat, AgentId>,
    /// Those that have ended on a seat, in the order in which they were asked for.
    ends: Index<Seat, (Timestamp, AgentId)>,
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

/// The seat that `agent` has ended on.
fn ended_on(agent: &Agent) -> Option<Seat> {
    let seat = Seat::of(agent.role, agent.host.as_ref(), agent.project.as_ref(), agent.user.as_ref());
    seat.filter(|_| !remains(agent))
}

/// Whether nobody asks any more how `agent` ended; those that end on a seat are counted instead.
fn is_past(agent: &Agent, tasks: &Tasks) -> bool {
    let is_behind = |task| tasks.is_behind(task, agent.attempt);
    !remains(agent) && ended_on(agent).is_none() && agent.task.as_ref().is_none_or(is_behind)
}

/// Feeding.
impl Agents {
    pub(super) fn put(&mut self, agent: Agent, tasks: &Tasks) -> bool {
        let known = self.get(&agent.id).map(|known| known.revision).or_else(|| self.past.revision(&agent.id));
        if known.is_some_and(|known| known >= agent.revision) {
            return false;
        }
        if is_past(&agent, tasks) {
            self.pack(&agent.id, agent.revision);
        } else {
            self.keep(agent);
        }
        true
    }

    /// Looks at the builders of `task` anew: it has changed.
    pub(super) fn review(&mut self, task: &TaskId, tasks: &Tasks) {
        let past = self.with(task).filter(|agent| is_past(agent, tasks));
        let past: Vec<_> = past.map(|agent| (agent.id.clone(), agent.revision)).collect();
        past.iter().for_each(|(id, revision)| self.pack(id, *revision));
    }

    /// Keeps `agent` as it is.
    fn keep(&mut self, agent: Agent) {
        self.past.remove(&agent.id);
        let Some(Put { old, new }) = self.rows.put(agent) else { return };
        self.index(&new.id, old.as_deref(), Some(&new));
        self.pack_first_end_on(ended_on(&new).as_ref());
    }

    /// Keeps of the agent `id` what is kept of the past.
    fn pack(&mut self, id: &AgentId, revision: Revision) {
        let old = self.rows.remove(id);
        self.index(id, old.as_deref(), None);
        self.past.put(id, revision);
    }

    /// Packs the first one that ended on `seat`, where enough have ended there since.
    fn pack_first_end_on(&mut self, seat: Option<&Seat>) {
        let Some(seat) = seat.filter(|seat| self.ends.count(seat) > World::ENDS_KEPT) else { return };
        let first = self.ends.get(seat).find_map(|(_, id)| self.get(id));
        if let Some((id, revision)) = first.map(|agent| (agent.id.clone(), agent.revision)) {
            self.pack(&id, revision);
        }
    }

    /// Moves `id` from where it was to where it is; a past one is nowhere.
    fn index(&mut self, id: &AgentId, old: Option<&Agent>, new: Option<&Agent>) {
        self.by_task.shift(id, old.and_then(|agent| agent.task.as_ref()), new.and_then(|agent| agent.task.as_ref()));
        self.by_seat.shift(id, old.and_then(Seat::taken_by).as_ref(), new.and_then(Seat::taken_by).as_ref());
        self.by_host.shift(id, old.and_then(host), new.and_then(host));
        self.by_role.shift(id, old.and_then(role), new.and_then(role));
        self.at_work.shift(id, old.and_then(at_work), new.and_then(at_work));
        if let Some(agent) = old {
            self.ends.shift(&(agent.spawned_at, id.clone()), ended_on(agent).as_ref(), []);
        }
        if let Some(agent) = new {
            self.ends.shift(&(agent.spawned_at, id.clone()), [], ended_on(agent).as_ref());
        }
    }
}

/// Lookups.
impl Agents {
    pub(super) fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.rows.get(id)
    }

    pub(super) fn state(&self, id: &AgentId) -> Option<AgentState> {
        let known = self.get(id).map(|agent| agent.state);
        known.or_else(|| self.past.revision(id).map(|_| AgentState::Terminated))
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
