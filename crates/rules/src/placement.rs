//! Which host may take which task, and how full the hosts are: GO reserves by it, and the task's PO or HO places by it.

use std::collections::HashMap;

use go_bus_api::{Agent, AgentId, Host, HostId, HostState, Role, Task, TaskKind, TaskState, Text};

use crate::slots;

/// Why a host may not take a task, whatever its slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// The task names another host.
    OtherHost,
    /// The host takes nothing new.
    NotActive(HostState),
    /// The host lacks a capability that the task asks for.
    Lacks(Text<64>),
}

/// Whether `host` may take `task`, slots and its launcher aside.
pub fn check(host: &Host, task: &Task) -> Result<(), Unfit> {
    if task.host.as_ref().is_some_and(|wanted| *wanted != host.id) {
        return Err(Unfit::OtherHost);
    }
    if host.state != HostState::Active {
        return Err(Unfit::NotActive(host.state));
    }
    match task.capabilities.iter().find(|wanted| !offers(host, wanted)) {
        Some(lacking) => Err(Unfit::Lacks(lacking.clone())),
        None => Ok(()),
    }
}

/// The active hosts that work may be given to: those with a launcher. While none has one, those that are still waiting for
/// their first: work given to them starts as soon as it comes. A host that lost its launcher gets nothing.
pub fn open<'a>(hosts: impl IntoIterator<Item = &'a Host>) -> Vec<&'a Host> {
    let active = |host: &&Host| host.state == HostState::Active;
    let mut hosts: Vec<_> = hosts.into_iter().filter(active).collect();
    let joined = hosts.iter().any(|host| host.launcher.is_some());
    hosts.retain(|host| if joined { host.launcher.is_some() } else { host.last_heartbeat.is_none() });
    hosts
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

/// Whether `task` is assigned and its builder is still to be spawned: a slot has to be kept for it. `builders` are the agents
/// ever spawned with it.
pub fn awaits_builder<'a>(task: &Task, builders: impl IntoIterator<Item = &'a Agent>) -> bool {
    let has_one = |agent: &Agent| agent.attempt.is_none_or(|attempt| attempt == task.attempt);
    task.state == TaskState::InProgress && takes_slot(task) && !builders.into_iter().any(has_one)
}

/// Whether an agent with a slot does this task: everything but a delegation or a rotation without a command, which its assignee does
/// itself, and what M0 has in hand, which it does on the Mac (R9).
pub fn takes_slot(task: &Task) -> bool {
    if task.assignee == Some(AgentId::m0()) {
        return false;
    }
    match task.kind {
        TaskKind::Delegation | TaskKind::Rotation => task.run.as_ref().is_some_and(|run| !run.is_blank()),
        TaskKind::Ticket | TaskKind::Improvement | TaskKind::Review | TaskKind::Push | TaskKind::IntegrationTest => {
            true
        }
    }
}

/// Whether work of this kind touches a host, so that the host's HO answers for it (R1), with a worker of its own that runs a command
/// there.
pub fn is_host_work(kind: TaskKind) -> bool {
    matches!(kind, TaskKind::Push | TaskKind::Delegation | TaskKind::Rotation | TaskKind::IntegrationTest)
}

/// The host on which whoever answers for a task has it done: an HO on its own, everybody else wherever there is room.
pub fn place_of(answers: &Agent) -> Option<&HostId> {
    answers.host.as_ref().filter(|_| answers.role == Role::Ho)
}

/// The host for `task` among the `open` ones that fit and have a slot free: the one where it was worked on before, as its folder and its conversation
/// are there; else the freest, the first by id among equals.
pub fn choose<'a>(open: &[&'a Host], task: &Task, load: &Load) -> Option<&'a Host> {
    let fits = |host: &&&Host| check(host, task).is_ok() && load.free(host) > 0;
    let was_there = |host: &Host| task.built_on.as_ref() == Some(&host.id);
    let rank = |host: &&&'a Host| (was_there(host), load.free(host), std::cmp::Reverse(host.id.clone()));
    let best = open.iter().filter(fits).max_by_key(rank);
    best.copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use go_bus_api::{AgentId, Revision, Slots, Timestamp};

    use super::*;

    fn host(id: &str, slots: u32) -> Host {
        Host {
            id: HostId::new(id).unwrap(),
            state: HostState::Active,
            slots: Slots::new(slots).unwrap(),
            labels: BTreeMap::new(),
            last_heartbeat: Some(Timestamp::from_unix_millis(0)),
            launcher: Some(AgentId::new("a-launcher").unwrap()),
            boot_id: None,
            revision: Revision(1),
        }
    }

    fn ids<'a>(hosts: impl IntoIterator<Item = &'a Host>) -> Vec<&'a str> {
        hosts.into_iter().map(|host| host.id.as_str()).collect()
    }

    #[test]
    fn a_host_without_its_launcher_is_open_only_before_the_first_one_has_come() {
        let here = host("h1", 1);
        let awaited = Host { launcher: None, last_heartbeat: None, ..host("h2", 1) };
        let gone = Host { launcher: None, ..host("h3", 1) };
        let drained = Host { state: HostState::Draining, ..host("h4", 1) };
        assert_eq!(ids(open([&here, &awaited, &gone, &drained])), ["h1"]);
        assert_eq!(ids(open([&awaited, &gone, &drained])), ["h2"]);
        assert!(open([&gone]).is_empty());
    }

    #[test]
    fn a_label_that_says_no_is_no_capability() {
        let gpu = Text::<64>::clipped("gpu");
        for (value, offered) in [("a100", true), ("yes", true), ("no", false), ("false", false), ("", false)] {
            let labels = BTreeMap::from([(gpu.clone(), Text::clipped(value))]);
            assert_eq!(offers(&Host { labels, ..host("h1", 1) }, &gpu), offered, "{value:?}");
        }
        assert!(!offers(&host("h1", 1), &gpu));
    }

    #[test]
    fn load_counts_by_host_and_in_all() {
        let h1 = host("h1", 2);
        let mut load = Load::default();
        load.reserve(Some(&h1.id));
        load.reserve(None);
        assert_eq!((load.on(&h1.id), load.free(&h1), load.floating(), load.at_work()), (1, 1, 1, 2));
    }

    #[test]
    fn work_goes_on_where_it_was_and_elsewhere_where_that_host_has_no_place() {
        let task: Task = serde_json::from_value(serde_json::json!({
            "id": "T-1", "project": "site", "title": "t", "kind": "ticket", "priority": "p2", "state": "pending", "attempt": 1,
            "max_attempts": 3, "failures": 1, "losses": 0, "created_at": "2026-03-21T08:15:30.000Z", "revision": 1,
        }))
        .unwrap();
        let hosts = [host("h1", 3), host("h2", 2), host("h3", 3)];
        let drained = Host { state: HostState::Draining, ..hosts[1].clone() };
        let of = |task: &Task, hosts: &[&Host], load: &Load| choose(hosts, task, load).map(|host| host.id.to_string());
        let all: Vec<&Host> = hosts.iter().collect();
        let mut load = Load::default();
        assert_eq!(of(&task, &all, &load).as_deref(), Some("h1"), "the freest, the first of two");
        let again = Task { built_on: Some(hosts[1].id.clone()), ..task };
        assert_eq!(of(&again, &all, &load).as_deref(), Some("h2"));
        assert_eq!(of(&again, &[&hosts[0], &drained], &load).as_deref(), Some("h1"), "it takes nothing new");
        (0..2).for_each(|_| load.reserve(Some(&hosts[1].id)));
        assert_eq!(of(&again, &all, &load).as_deref(), Some("h1"), "it is full");
    }

    #[test]
    fn all_that_an_agent_does_takes_a_slot_and_host_work_without_a_command_is_its_assignee_s_own() {
        let task = |kind: TaskKind, run: Option<&str>| -> Task {
            serde_json::from_value(serde_json::json!({
                "id": "T-1", "project": "site", "title": "t", "kind": kind, "priority": "p2", "state": "pending", "run": run,
                "attempt": 0, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-03-21T08:15:30.000Z",
                "revision": 1,
            }))
            .unwrap()
        };
        for kind in TaskKind::ALL {
            assert!(takes_slot(&task(kind, Some("true"))), "{kind:?}");
            let own = matches!(kind, TaskKind::Delegation | TaskKind::Rotation);
            assert_eq!(takes_slot(&task(kind, None)), !own, "{kind:?}");
            assert_eq!(takes_slot(&task(kind, Some(" "))), !own, "{kind:?}");
            let on_the_mac = Task { assignee: Some(AgentId::m0()), ..task(kind, Some("true")) };
            assert!(!takes_slot(&on_the_mac), "{kind:?}");
        }
    }
}
