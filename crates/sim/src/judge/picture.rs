//! What the facts come to: who is well, what there is to do, who holds the lease. Checks look at it instead of keeping their own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use go_bus_api::{Agent, AgentId, Host, HostId, Role, Seq, Task, TaskId};

use super::{About, Decision, Fact, FactNo, LeaseFact, SimTime, What};
use crate::faults::Fault;
use crate::{HostNo, Machine, Node};

/// What the facts come to.
#[derive(Debug, Default)]
pub struct Picture {
    /// The agents that have not ended.
    pub agents: BTreeMap<AgentId, Agent>,
    /// The agents that have.
    pub ended: BTreeMap<AgentId, Agent>,
    /// Every task.
    pub tasks: BTreeMap<TaskId, Task>,
    /// Every host.
    pub hosts: BTreeMap<HostId, Host>,
    /// What runs, by the hosts' own traces.
    pub runs: BTreeMap<AgentId, Run>,
    /// The lease as the last command left it, and which fact that was.
    pub lease: Option<(LeaseFact, FactNo)>,
    /// The last event written.
    pub last: Seq,
    /// Faults under way, since when.
    pub faults: Vec<(Fault, SimTime)>,
    /// Until when something was wrong last, by whom it hindered.
    well_since: BTreeMap<Node, SimTime>,
    down: BTreeSet<Node>,
    fault_ended: SimTime,
    thawed: BTreeMap<HostNo, Nap>,
}

/// When the agents of a host stood still last.
#[derive(Debug, Clone, Copy)]
struct Nap {
    from: SimTime,
    to: SimTime,
}

/// How long what was frozen may take to look at its clock, and to end.
const THAW: Duration = Duration::from_secs(1);

/// The host whose agents a fault makes stand still.
fn freezes(fault: Fault) -> Option<HostNo> {
    match fault {
        Fault::Pause(Node::Agents(host)) | Fault::Suspend(Machine::Host(host)) => Some(host),
        _ => None,
    }
}

/// An agent's process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Where.
    pub host: HostNo,
    /// What as.
    pub role: Role,
    /// On what.
    pub task: Option<TaskId>,
    /// The fact of its begin.
    pub began: FactNo,
}

impl Picture {
    /// Takes a fact in, after the checks have seen it on top of what was before.
    pub fn take(&mut self, no: FactNo, fact: &Fact) {
        match &fact.what {
            What::Started => self.up(fact),
            What::Crashed => self.down(fact),
            What::FaultBegan(fault) => self.begin(*fault, fact.at),
            What::FaultEnded(fault) => self.end(*fault, fact.at),
            What::Committed(commit) => {
                if let Decision::Done(Some(lease)) = &commit.outcome {
                    self.lease = Some((lease.clone(), no));
                }
            }
            What::Event(event) => {
                self.last = event.seq;
                self.learn(&event.about);
            }
            What::RunBegan { agent, host, role, task } => {
                let run = Run { host: *host, role: *role, task: task.clone(), began: no };
                self.runs.insert(agent.clone(), run);
            }
            What::RunEnded { agent, .. } => {
                self.runs.remove(agent);
            }
            _ => {}
        }
    }

    fn learn(&mut self, about: &About) {
        match about {
            About::Task(task) => {
                self.tasks.insert(task.id.clone(), (**task).clone());
            }
            About::Host(host) => {
                self.hosts.insert(host.id.clone(), (**host).clone());
            }
            About::Agent(agent) if agent.state.is_ended() => {
                self.agents.remove(&agent.id);
                self.ended.insert(agent.id.clone(), (**agent).clone());
            }
            About::Agent(agent) => {
                self.agents.insert(agent.id.clone(), (**agent).clone());
            }
            About::Lease(_) | About::Other => {}
        }
    }

    fn up(&mut self, fact: &Fact) {
        if let Some(node) = fact.node {
            self.down.remove(&node);
            self.well_since.insert(node, fact.at);
        }
    }

    fn down(&mut self, fact: &Fact) {
        self.down.extend(fact.node);
    }

    fn begin(&mut self, fault: Fault, at: SimTime) {
        self.faults.push((fault, at));
    }

    fn end(&mut self, fault: Fault, at: SimTime) {
        let since = self.faults.iter().find(|(other, _)| *other == fault).map_or(at, |(_, since)| *since);
        self.faults.retain(|(other, _)| *other != fault);
        self.fault_ended = at;
        self.thawed.extend(freezes(fault).map(|host| (host, Nap { from: since, to: at })));
        for (node, since) in &mut self.well_since {
            if fault.hinders(*node) {
                *since = at;
            }
        }
    }

    /// How long `node` has been up with its way to the Bus free, and the Bus well; none where something is wrong just now.
    pub fn well_for(&self, node: Node, now: SimTime) -> Option<Duration> {
        let hindered = self.faults.iter().any(|(fault, _)| fault.hinders(node));
        if hindered || self.down.contains(&node) || self.down.contains(&Node::Bus) {
            return None;
        }
        let since = self.well_since.get(&node)?.max(self.well_since.get(&Node::Bus)?);
        Some(now.since(*since))
    }

    /// How long no fault has been about anywhere; none where one is.
    pub fn calm_for(&self, now: SimTime) -> Option<Duration> {
        if !self.faults.is_empty() || !self.down.is_empty() {
            return None;
        }
        let since = self.well_since.values().max().copied().unwrap_or_default().max(self.fault_ended);
        Some(now.since(since))
    }

    /// The runs of hosts that are awake. What stands still does nothing, and ends as soon as it has looked at its clock.
    pub fn live_runs(&self, now: SimTime) -> impl Iterator<Item = (&AgentId, &Run)> {
        self.runs.iter().filter(move |(_, run)| !self.is_frozen(run.host, now))
    }

    /// When something on `host` that is done at `now` was decided at the latest: before the host stood still, where it has just come to.
    pub fn decided_on(&self, host: HostNo, now: SimTime) -> SimTime {
        let nap = self.thawed.get(&host).filter(|nap| now.since(nap.to) < THAW);
        nap.map_or(now, |nap| nap.from)
    }

    fn is_frozen(&self, host: HostNo, now: SimTime) -> bool {
        let thawed = self.thawed.get(&host).is_some_and(|nap| now.since(nap.to) < THAW);
        thawed || self.faults.iter().any(|(fault, _)| freezes(*fault) == Some(host))
    }

    /// The agent, ended or not.
    pub fn agent(&self, id: &AgentId) -> Option<&Agent> {
        self.agents.get(id).or_else(|| self.ended.get(id))
    }

    /// The agents that the Bus takes to be at work: with a task, and not ended for certain.
    pub fn at_work(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values().filter(|agent| agent.task.is_some())
    }
}
