//! Which host may take which task, and how full the hosts are: GO reserves by it, and the task's PO or HO places by it.

use std::collections::HashMap;

use go_bus_api::{Agent, Host, HostId, HostState, Task, Text};

use crate::slots;

/// Why a host may not take a task, whatever its slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// The task names another host.
    OtherHost,
    /// The host takes nothing new.
    NotActive(HostState),
    /// The host had a launcher and has none now.
    Gone,
    /// The host lacks a capability that the task asks for.
    Lacks(Text<64>),
}

/// Whether `host` may take `task`, slots aside. A host that no launcher has joined yet is expected, one that has lost its
/// launcher is not.
pub fn check(host: &Host, task: &Task) -> Result<(), Unfit> {
    if task.host.as_ref().is_some_and(|wanted| *wanted != host.id) {
        return Err(Unfit::OtherHost);
    }
    if host.state != HostState::Active {
        return Err(Unfit::NotActive(host.state));
    }
    if let Some(lacking) = task.capabilities.iter().find(|wanted| !offers(host, wanted)) {
        return Err(Unfit::Lacks(lacking.clone()));
    }
    if is_gone(host) { Err(Unfit::Gone) } else { Ok(()) }
}

/// Whether a launcher held the host once and none does now.
pub fn is_gone(host: &Host) -> bool {
    host.launcher.is_none() && host.last_heartbeat.is_some()
}

/// Whether a label of the host names the capability with anything but a no.
pub fn offers(host: &Host, capability: &Text<64>) -> bool {
    host.labels.get(capability).is_some_and(|value| !matches!(value.as_str(), "" | "no" | "false" | "0"))
}

/// How full the hosts are: the agents that take a slot, and the assigned tasks whose builder is still to be spawned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    on: HashMap<HostId, usize>,
    floating: usize,
    at_work: usize,
}

impl Load {
    /// Counts `agents` (those that have not ended) and the `unbuilt` tasks: in progress, with no builder in this attempt yet.
    pub fn of<'a>(agents: impl IntoIterator<Item = &'a Agent>, unbuilt: impl IntoIterator<Item = &'a Task>) -> Self {
        let mut load = Self::default();
        for agent in agents.into_iter().filter(|agent| slots::takes_slot(agent)) {
            load.reserve(agent.host.as_ref());
        }
        for task in unbuilt {
            load.reserve(task.host.as_ref());
        }
        load
    }

    /// Takes a slot of `host`; of any host where it is open which.
    pub fn reserve(&mut self, host: Option<&HostId>) {
        self.at_work = self.at_work.saturating_add(1);
        let places = match host {
            Some(host) => self.on.entry(host.clone()).or_default(),
            None => &mut self.floating,
        };
        *places = places.saturating_add(1);
    }

    /// How many slots of `host` are taken.
    pub fn on(&self, host: &HostId) -> usize {
        self.on.get(host).copied().unwrap_or(0)
    }

    /// How many slots are taken on a host that is still open.
    pub fn floating(&self) -> usize {
        self.floating
    }

    /// How many are taken in all: what `agents.max` bounds.
    pub fn at_work(&self) -> usize {
        self.at_work
    }

    /// How many slots of `host` are free, the floating ones aside.
    pub fn free(&self, host: &Host) -> usize {
        slots::free(host.slots.get(), self.on(&host.id), 0, None)
    }
}

/// The host for `task`: of those that may take it and have a slot free, one with a launcher first, then the freest, then by id.
pub fn choose<'a>(hosts: impl IntoIterator<Item = &'a Host>, task: &Task, load: &Load) -> Option<&'a Host> {
    let fits = |host: &&Host| check(host, task).is_ok() && load.free(host) > 0;
    let best = |host: &&Host| (host.launcher.is_some(), load.free(host), std::cmp::Reverse(host.id.clone()));
    hosts.into_iter().filter(fits).max_by_key(best)
}
