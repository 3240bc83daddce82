//! What a launcher knows of its own folders and keepers.

use std::collections::{BTreeMap, BTreeSet};

use go_bus_api::{AgentId, MessageId, TaskId};
use go_clock::Boottime;
use go_runtime::{ProcessId, Stage};

/// Who keeps an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// This living process.
    Alive(ProcessId),
    /// Nobody; so far has the agent come by its folder.
    Gone(Stage),
}

/// One agent as this launcher has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Who keeps it.
    pub keeper: Keeper,
    /// Whether something is being done about it just now.
    pub busy: bool,
    /// Whether the Bus was told that it is ready.
    pub announced: bool,
    /// Whether its keeper was told to stop it.
    pub stopped: bool,
    /// How often a keeper was started for it.
    pub starts: u32,
    /// How often in a row something failed about it.
    pub failures: u32,
    /// Before when nothing more is tried: backoff.
    pub not_before: Option<Boottime>,
}

impl Local {
    /// An agent that was just met.
    pub fn new(keeper: Keeper) -> Self {
        Self { keeper, busy: false, announced: false, stopped: false, starts: 0, failures: 0, not_before: None }
    }
}

/// A working folder on this host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalWorkplace {
    /// Whether it is being removed just now.
    pub busy: bool,
    /// Before when its removal is not tried again.
    pub not_before: Option<Boottime>,
}

/// Everything local that the launcher decides by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalState {
    /// The agents that it has folders or keepers of, or is about to.
    pub agents: BTreeMap<AgentId, Local>,
    /// Until when agents may run on the host: its lease, at first as the launcher before this one left it.
    pub leased_until: Boottime,
    /// Whether this launcher has renewed that lease itself; before, it starts nothing.
    pub joined: bool,
    /// Whether it was told to end, and its agents with it.
    pub stopping: bool,
    /// Orders to rotate a token that are being carried out.
    pub rotating: BTreeSet<MessageId>,
    /// The working folders of tasks.
    pub workplaces: BTreeMap<TaskId, LocalWorkplace>,
    /// Whether the disk is so full that nothing new is begun.
    pub is_full: bool,
    /// Its own id, once it is registered.
    pub launcher: Option<AgentId>,
}

impl LocalState {
    /// Whether the host's lease is held at `now`.
    pub fn holds_lease(&self, now: Boottime) -> bool {
        now < self.leased_until
    }

    /// Whether an agent may be started at `now`.
    pub fn may_start(&self, now: Boottime) -> bool {
        self.joined && !self.is_full && self.holds_lease(now)
    }

    /// Whether nothing of its agents is left to end or to report, and no working folder is just being removed.
    pub fn is_settled(&self) -> bool {
        let settled =
            |local: &Local| !local.busy && matches!(local.keeper, Keeper::Gone(Stage::Empty | Stage::Reported));
        self.agents.values().all(settled) && !self.workplaces.values().any(|place| place.busy)
    }

    /// When to look again though nothing has changed.
    pub fn next_wake(&self, now: Boottime) -> Option<Boottime> {
        let retries = self.agents.values().filter(|local| !local.busy).filter_map(|local| local.not_before);
        // The end of the lease calls for a look only while something runs under it.
        let lease = self.agents.values().any(|local| matches!(local.keeper, Keeper::Alive(_)));
        let clearances = self.workplaces.values().filter(|place| !place.busy).filter_map(|place| place.not_before);
        retries.chain(clearances).chain(lease.then_some(self.leased_until)).filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_ends_while_a_working_folder_is_being_removed() {
        let mut local = LocalState::default();
        let place = |busy| (TaskId::new("T-1").unwrap(), LocalWorkplace { busy, not_before: None });
        for busy in [false, true] {
            local.workplaces.extend([place(busy)]);
            assert_eq!(local.is_settled(), !busy);
        }
    }
}
