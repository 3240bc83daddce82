//! What all nodes stand on: machines, ways, the disk of the Bus, and whoever watches.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use go_bus_api::{Agent, AgentId, Attempt, TaskId};
use go_bus_store::Store;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

use crate::agents::Hub;
use crate::clock::{MachineClock, NodeClock};
use crate::gate::Gate;
use crate::links::Links;
use crate::machine::MachineState;
use crate::net::Tampering;
use crate::truth::Truth;
use crate::{Exchange, HostNo, Machine, Node, Probe, Seen, Settings, SimError};

/// Everything that nodes share because the world is one.
pub(crate) struct Ground {
    pub(crate) seed: u64,
    pub(crate) settings: Settings,
    pub(crate) truth: Truth,
    pub(crate) links: Links,
    pub(crate) disk: Disk,
    /// What the Bus's process has its store in, for whoever looks at it from outside.
    pub(crate) store: Mutex<Option<Arc<dyn Store>>>,
    probe: Arc<dyn Probe>,
    machines: BTreeMap<Machine, Arc<MachineState>>,
    nodes: BTreeMap<Node, NodeState>,
    hubs: BTreeMap<HostNo, Arc<Hub>>,
    exchanges: AtomicU64,
    /// What agents were spawned for.
    work: Mutex<BTreeMap<AgentId, (TaskId, Attempt)>>,
    _files: TempDir,
}

/// What a node's process is subject to.
#[derive(Debug, Default)]
pub(crate) struct NodeState {
    /// Closed while it is stopped, or its machine suspended.
    pub(crate) gate: Gate,
    pub(crate) tampering: Tampering,
    life: AtomicU32,
    /// Whether it was killed and not yet restarted, and nobody cut the power.
    is_killed: AtomicBool,
}

impl NodeState {
    /// Which of its lives this is, from 1.
    pub(crate) fn life(&self) -> u32 {
        self.life.load(Ordering::Relaxed)
    }
}

/// What ails the Bus's disk.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) is_full: AtomicBool,
    slower_by: AtomicU64,
}

impl Disk {
    /// How much longer each commit takes.
    pub(crate) fn slower_by(&self) -> Duration {
        Duration::from_micros(self.slower_by.load(Ordering::Relaxed))
    }

    pub(crate) fn slow_down(&self, by: Duration) {
        self.slower_by.store(u64::try_from(by.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Ground {
    /// The ground of a run, its files in memory.
    pub(crate) fn new(seed: u64, settings: Settings, probe: Arc<dyn Probe>) -> Result<Self, SimError> {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let files = tempfile::Builder::new().prefix(&format!("go-sim-{}-", std::process::id())).tempdir_in(place)?;
        let all = Node::all(settings.gos, settings.hosts);
        let truth = Truth::default();
        let machines = machines(seed, &settings, &all, &truth, files.path())?;
        let hubs = (1..=settings.hosts).map(|host| (HostNo(host), Arc::default())).collect();
        Ok(Self {
            seed,
            settings,
            truth,
            links: Links::default(),
            disk: Disk::default(),
            store: Mutex::new(None),
            probe,
            machines,
            nodes: all.into_iter().map(|node| (node, NodeState::default())).collect(),
            hubs,
            exchanges: AtomicU64::new(0),
            work: Mutex::default(),
            _files: files,
        })
    }

    /// Every node.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        self.nodes.keys().copied()
    }

    /// A node's state.
    #[expect(clippy::expect_used, reason = "a node that the fleet does not have is a defect of whoever names it")]
    pub(crate) fn node(&self, node: Node) -> &NodeState {
        self.nodes.get(&node).expect("a node of this fleet")
    }

    /// A machine.
    #[expect(clippy::expect_used, reason = "a machine that the fleet does not have is a defect of whoever names it")]
    pub(crate) fn machine(&self, machine: Machine) -> &Arc<MachineState> {
        self.machines.get(&machine).expect("a machine of this fleet")
    }

    /// What keeps a host's agents.
    #[expect(clippy::expect_used, reason = "a host that the fleet does not have is a defect of whoever names it")]
    pub(crate) fn hub(&self, host: HostNo) -> &Arc<Hub> {
        self.hubs.get(&host).expect("a host of this fleet")
    }

    /// The clock of a node's process.
    pub(crate) fn clock(&self, node: Node) -> NodeClock {
        NodeClock::new(self.machine(node.machine()).clock.clone(), self.node(node).gate.clone())
    }

    /// Where a node's machine has its files.
    pub(crate) fn folder(&self, node: Node) -> PathBuf {
        self.machine(node.machine()).folder.clone()
    }

    /// Tells the probe.
    pub(crate) fn see(&self, seen: &Seen<'_>) {
        self.probe.see(self.truth.now(), seen);
    }

    /// A number for the next request.
    pub(crate) fn next_exchange(&self) -> Exchange {
        Exchange(self.exchanges.fetch_add(1, Ordering::Relaxed))
    }

    /// A node's process begins.
    pub(crate) fn begin_life(&self, node: Node) {
        let state = self.node(node);
        let life = state.life.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        state.is_killed.store(false, Ordering::Relaxed);
        self.see(&Seen::Started { node, life });
    }

    /// A node's process was killed; its machine is up.
    pub(crate) fn note_killed(&self, node: Node) {
        self.node(node).is_killed.store(true, Ordering::Relaxed);
    }

    /// Whether a node's machine turns connections away, as no process listens there.
    pub(crate) fn refuses(&self, node: Node) -> bool {
        self.node(node).is_killed.load(Ordering::Relaxed)
    }

    /// What an agent was spawned for.
    pub(crate) fn work_of(&self, agent: &AgentId) -> Option<(TaskId, Attempt)> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).get(agent).cloned()
    }

    /// An agent was spawned.
    pub(crate) fn note_spawned(&self, agent: &Agent) {
        if let (Some(task), Some(attempt)) = (&agent.task, agent.attempt) {
            let work = (task.clone(), attempt);
            self.work.lock().unwrap_or_else(PoisonError::into_inner).insert(agent.id.clone(), work);
        }
    }

    /// The store of the Bus, where its process runs.
    pub(crate) fn present_store(&self) -> Option<Arc<dyn Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ground").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// A machine for each node that has one of its own, with clocks that agree with nobody's.
fn machines(
    seed: u64,
    settings: &Settings,
    nodes: &[Node],
    truth: &Truth,
    files: &Path,
) -> Result<BTreeMap<Machine, Arc<MachineState>>, SimError> {
    let mut chance = StdRng::seed_from_u64(seed ^ 0xC10C);
    let drift = i64::from(settings.drift_ppm);
    let mut machines = BTreeMap::new();
    for node in nodes {
        let machine = node.machine();
        if machines.contains_key(&machine) {
            continue;
        }
        let clock = MachineClock::new(
            truth.clone(),
            chance.random_range(-drift..=drift),
            chance.random_range(-30_000..=30_000),
        );
        machines.insert(machine, Arc::new(MachineState::new(machine, clock, files.join(node.name()))?));
    }
    Ok(machines)
}
