//! Everything that runs, and what can be done to it between two steps.

use std::sync::Arc;
use std::time::Duration;

use crate::{HostNo, Machine, Node, Probe, Settings, SimError};

/// A fleet in simulated time: it stands still until [`Fleet::step`].
pub struct Fleet {
    settings: Settings,
}

impl Fleet {
    /// A fleet whose processes are about to start. Everything random in it follows from `seed`; to be called inside
    /// [`crate::seeded`].
    pub fn build(seed: u64, settings: Settings, probe: Arc<dyn Probe>) -> Result<Self, SimError> {
        let _ = (seed, probe);
        Ok(Self { settings })
    }

    /// The numbers of this run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The true time since the start.
    pub fn now(&self) -> Duration {
        Duration::ZERO
    }

    /// Lets one tick pass.
    pub fn step(&mut self) -> Result<(), SimError> {
        Ok(())
    }

    /// Whether a node's process runs.
    pub fn is_up(&mut self, node: Node) -> bool {
        let _ = node;
        true
    }

    /// Kills a process as SIGKILL does: what it has written stays, its connections are reset.
    pub fn crash(&mut self, node: Node) {
        let _ = node;
    }

    /// Starts a process anew that was killed.
    pub fn restart(&mut self, node: Node) {
        let _ = node;
    }

    /// Cuts a machine's power: all its processes are gone without a word to anyone, files stay as far as they were synced.
    pub fn cut_power(&mut self, machine: Machine) {
        let _ = machine;
    }

    /// Boots a machine whose power was cut: a new boot, its clocks begin anew.
    pub fn boot(&mut self, machine: Machine) {
        let _ = machine;
    }

    /// Stops a process as SIGSTOP does, for `lasts`: it does nothing, its clocks go on.
    pub fn pause(&mut self, node: Node, lasts: Duration) {
        let _ = (node, lasts);
    }

    /// Suspends a machine for `lasts`: nothing on it does anything, monotonic time stands still there, boottime goes on.
    pub fn suspend(&mut self, machine: Machine, lasts: Duration) {
        let _ = (machine, lasts);
    }

    /// Steps a machine's wall clock by so many milliseconds.
    pub fn step_wall(&mut self, machine: Machine, by_ms: i64) {
        let _ = (machine, by_ms);
    }

    /// Loses every message between two nodes, both ways. Connections are not told.
    pub fn partition(&mut self, a: Node, b: Node) {
        let _ = (a, b);
    }

    /// Loses every message from one node to another.
    pub fn partition_oneway(&mut self, from: Node, to: Node) {
        let _ = (from, to);
    }

    /// Ends any partition between two nodes.
    pub fn heal(&mut self, a: Node, b: Node) {
        let _ = (a, b);
    }

    /// Holds every message between two nodes back until [`Fleet::release`]: nothing is lost, as with TCP on a network that is away for
    /// a moment.
    pub fn hold(&mut self, a: Node, b: Node) {
        let _ = (a, b);
    }

    /// Delivers what was held back, and goes on.
    pub fn release(&mut self, a: Node, b: Node) {
        let _ = (a, b);
    }

    /// Has messages between two nodes take up to `latency`; `None` is the usual.
    pub fn delay(&mut self, a: Node, b: Node, latency: Option<Duration>) {
        let _ = (a, b, latency);
    }

    /// Has the next requests of a node, so many, arrive and be carried out, but their answers never come.
    pub fn lose_answers(&mut self, node: Node, requests: u32) {
        let _ = (node, requests);
    }

    /// Has the next requests of a node, so many, arrive twice; the second answer is lost.
    pub fn duplicate(&mut self, node: Node, requests: u32) {
        let _ = (node, requests);
    }

    /// Fills the Bus's disk: writes are refused, reads go on.
    pub fn fill_disk(&mut self, full: bool) {
        let _ = full;
    }

    /// Has each commit take so much longer; zero is as usual.
    pub fn slow_disk(&mut self, by: Duration) {
        let _ = by;
    }

    /// Has every hand on a host that starts from now on be turned away by its model's provider, until it is turned off.
    pub fn rate_limit(&mut self, host: HostNo, on: bool) {
        let _ = (host, on);
    }

    /// Where the store's file is.
    pub fn database(&self) -> std::path::PathBuf {
        std::path::PathBuf::new()
    }
}
