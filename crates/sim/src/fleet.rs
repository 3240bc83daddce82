//! Everything that runs, and what can be done to it between two steps.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use go_bus_store::{Policy, Query, QueryAnswer, SqliteStore, Store};

use crate::ground::Ground;
use crate::links::{Block, Links};
use crate::{HostNo, Machine, Node, Probe, Settings, SimError, processes};

/// A fleet in simulated time: it stands still until [`Fleet::step`].
///
/// Everything else is done to it between two steps, from outside, and counts from then on.
pub struct Fleet {
    sim: turmoil::Sim<'static>,
    ground: Arc<Ground>,
    /// What is to end by itself, and when.
    later: Vec<(Duration, Later)>,
}

/// What ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Later {
    Continue(Node),
    Resume(Machine),
}

impl Fleet {
    /// A fleet whose processes are about to start. Everything random in it follows from `seed`; to be called inside
    /// [`crate::seeded`].
    pub fn build(seed: u64, settings: Settings, probe: Arc<dyn Probe>) -> Result<Self, SimError> {
        let ground = Arc::new(Ground::new(seed, settings, probe)?);
        let mut sim = network(&ground);
        for node in Node::all(ground.settings.gos, ground.settings.hosts) {
            let ground = Arc::clone(&ground);
            sim.host(node.name(), move || processes::run(Arc::clone(&ground), node));
        }
        Ok(Self { sim, ground, later: Vec::new() })
    }

    /// The numbers of this run.
    pub fn settings(&self) -> &Settings {
        &self.ground.settings
    }

    /// The true time since the start.
    pub fn now(&self) -> Duration {
        self.sim.elapsed()
    }

    /// Lets one tick pass.
    pub fn step(&mut self) -> Result<(), SimError> {
        let stepped = self.sim.step();
        self.ground.truth.set(self.sim.elapsed());
        stepped.map_err(|error| SimError::Broken(error.to_string()))?;
        self.end_what_is_due();
        Ok(())
    }

    /// Lets time pass until `at`.
    pub fn run_until(&mut self, at: Duration) -> Result<(), SimError> {
        while self.now() < at {
            self.step()?;
        }
        Ok(())
    }

    fn end_what_is_due(&mut self) {
        let now = self.now();
        let due: Vec<Later> = self.later.iter().filter(|(at, _)| *at <= now).map(|(_, what)| *what).collect();
        self.later.retain(|(at, _)| *at > now);
        for what in due {
            match what {
                Later::Continue(node) => self.ground.node(node).gate.open(),
                Later::Resume(machine) => {
                    self.ground.machine(machine).clock.resume();
                    machine.nodes().into_iter().for_each(|node| self.ground.node(node).gate.open());
                }
            }
        }
    }

    /// Ends at once what was to end later: whoever dies is stopped no more.
    fn forget(&mut self, which: impl Fn(Later) -> bool) {
        let now = self.now();
        self.later.iter_mut().filter(|(_, later)| which(*later)).for_each(|(at, _)| *at = now);
        self.end_what_is_due();
    }

    /// Whether a node's process runs.
    pub fn is_up(&mut self, node: Node) -> bool {
        self.sim.is_host_running(node.name())
    }

    /// Kills a process as SIGKILL does: what it has written stays, its connections are reset.
    pub fn crash(&mut self, node: Node) {
        if self.is_up(node) {
            self.sim.crash(node.name());
        }
        self.forget(|later| later == Later::Continue(node));
        self.ground.note_killed(node);
    }

    /// Starts a process anew that was killed.
    pub fn restart(&mut self, node: Node) {
        if !self.is_up(node) {
            self.sim.bounce(node.name());
        }
    }

    /// Cuts a machine's power: all its processes are gone without a word to anyone. Its files stay.
    pub fn cut_power(&mut self, machine: Machine) {
        self.forget(|later| later == Later::Resume(machine));
        for node in machine.nodes() {
            self.all_ways(node, |links, from, to| links.block(from, to, Block::Dark));
            self.forget(|later| later == Later::Continue(node));
            if self.is_up(node) {
                self.sim.crash(node.name());
            }
        }
    }

    /// Boots a machine whose power was cut: a new boot, its clocks begin anew.
    pub fn boot(&mut self, machine: Machine) {
        self.ground.machine(machine).boot();
        for node in machine.nodes() {
            self.all_ways(node, |links, from, to| links.free(from, to, Block::Dark));
            self.restart(node);
        }
    }

    /// Does something to every way to and from a node.
    fn all_ways(&self, node: Node, act: impl Fn(&Links, Node, Node)) {
        for other in self.ground.nodes().filter(|other| *other != node) {
            act(&self.ground.links, node, other);
            act(&self.ground.links, other, node);
        }
    }

    /// Stops a process as SIGSTOP does, for `lasts`: it does nothing, its clocks go on.
    pub fn pause(&mut self, node: Node, lasts: Duration) {
        self.ground.node(node).gate.close();
        self.later.push((self.now() + lasts, Later::Continue(node)));
    }

    /// Suspends a machine for `lasts`: nothing on it does anything, monotonic time stands still there, boottime goes on. Not to be
    /// called for one that is suspended already.
    pub fn suspend(&mut self, machine: Machine, lasts: Duration) {
        self.ground.machine(machine).clock.suspend();
        machine.nodes().into_iter().for_each(|node| self.ground.node(node).gate.close());
        self.later.push((self.now() + lasts, Later::Resume(machine)));
    }

    /// Steps a machine's wall clock by so many milliseconds.
    pub fn step_wall(&mut self, machine: Machine, by_ms: i64) {
        self.ground.machine(machine).clock.step_wall(by_ms);
    }

    /// Lets nothing pass between two nodes, both ways. Nothing is lost, as TCP sends again what was; connections are not told.
    pub fn partition(&mut self, a: Node, b: Node) {
        self.partition_oneway(a, b);
        self.partition_oneway(b, a);
    }

    /// Lets nothing pass from one node to another.
    pub fn partition_oneway(&mut self, from: Node, to: Node) {
        self.ground.links.block(from, to, Block::Cut);
    }

    /// Ends any partition between two nodes: what was on its way arrives.
    pub fn heal(&mut self, a: Node, b: Node) {
        self.ground.links.free(a, b, Block::Cut);
        self.ground.links.free(b, a, Block::Cut);
    }

    /// The same as [`Fleet::partition`]: with TCP a network that is away for a moment holds messages back.
    pub fn hold(&mut self, a: Node, b: Node) {
        self.partition(a, b);
    }

    /// The same as [`Fleet::heal`].
    pub fn release(&mut self, a: Node, b: Node) {
        self.heal(a, b);
    }

    /// Has messages between two nodes take up to `latency`; `None` is the usual.
    pub fn delay(&mut self, a: Node, b: Node, latency: Option<Duration>) {
        let latency = latency.unwrap_or(self.ground.settings.latency);
        self.sim.set_link_max_message_latency(a.name(), b.name(), latency);
    }

    /// Has the next requests of a node, so many, arrive and be carried out, but their answers never come.
    pub fn lose_answers(&mut self, node: Node, requests: u32) {
        self.ground.node(node).tampering.lose_answers(requests);
    }

    /// Has the next requests of a node, so many, arrive a second time a little later; that answer is nobody's.
    pub fn duplicate(&mut self, node: Node, requests: u32) {
        self.ground.node(node).tampering.duplicate(requests);
    }

    /// Fills the Bus's disk: writes are refused, reads go on.
    pub fn fill_disk(&mut self, full: bool) {
        self.ground.disk.is_full.store(full, Ordering::Relaxed);
    }

    /// Has each commit take so much longer, one after the other; zero is as usual.
    pub fn slow_disk(&mut self, by: Duration) {
        self.ground.disk.slow_down(by);
    }

    /// Has every hand on a host that starts from now on be turned away by its model's provider, until it is turned off.
    pub fn rate_limit(&mut self, host: HostNo, on: bool) {
        self.ground.hub(host).is_rate_limited.store(on, Ordering::Relaxed);
    }

    /// Where the store's file is.
    pub fn database(&self) -> PathBuf {
        self.ground.folder(Node::Bus).join("bus.db")
    }

    /// What the store answers just now, whether the Bus runs or not.
    pub fn read(&self, query: Query) -> Result<QueryAnswer, SimError> {
        let broken = |error: go_bus_store::StoreError| SimError::Broken(error.to_string());
        let store: Arc<dyn Store> = match self.ground.present_store() {
            Some(store) => store,
            None => Arc::new(SqliteStore::inline(self.database(), Policy::default()).map_err(broken)?),
        };
        // A store without threads never waits.
        let answer = store.read(query).now_or_never();
        answer.ok_or_else(|| SimError::Broken("the store waits".to_owned()))?.map_err(broken)
    }
}

fn network(ground: &Ground) -> turmoil::Sim<'static> {
    let settings = &ground.settings;
    turmoil::Builder::new()
        .simulation_duration(Duration::from_secs(u32::MAX.into()))
        .tick_duration(settings.tick)
        // What is sent in a tick arrives in a later one, so that no effect comes before its cause.
        .min_message_latency(settings.tick)
        .max_message_latency(settings.latency)
        .tcp_capacity(4096)
        .rng_seed(ground.seed)
        .build()
}
