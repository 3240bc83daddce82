//! What goes wrong when: all of it follows from the seed, before anything runs.

use std::fmt;
use std::time::Duration;

use super::draw::draw;
use super::{Fault, Random, Targets};
use crate::Node;

/// A fault with its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// When it begins.
    pub at: Duration,
    /// For how long.
    pub lasts: Duration,
    /// What.
    pub fault: Fault,
}

impl Planned {
    /// When it is over.
    pub fn ends(&self) -> Duration {
        self.at.saturating_add(self.lasts)
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, lasts) = (self.at.as_secs_f64(), self.lasts.as_millis());
        write!(f, "{at:>8.3} s, for {lasts:>6} ms: {}", self.fault)
    }
}

/// The time that everything has to start and to take up its work.
const BEGIN: Duration = Duration::from_secs(4);

/// The faults of `seed`, one every `every` on average, until `end`; none goes on beyond that.
pub fn schedule(seed: u64, targets: &Targets, every: Duration, end: Duration) -> Vec<Planned> {
    let mut random = Random::new(seed);
    let mut plan: Vec<Planned> = Vec::new();
    let mut at = BEGIN;
    while at < end {
        let (fault, lasts) = draw(&mut random, targets);
        let planned = Planned { at, lasts: lasts.min(end.saturating_sub(at)), fault };
        if !plan.iter().any(|other| other.ends() >= at && clash(other.fault, fault)) {
            plan.push(planned);
        }
        at = at.saturating_add(random.between(every / 2, every * 3 / 2));
    }
    plan
}

/// Blips of the network, each shorter than `grace` and far enough apart for everybody to get over it, between the Bus and anyone.
pub fn blips(seed: u64, targets: &Targets, count: usize) -> Vec<Planned> {
    let mut random = Random::new(seed);
    let mut at = BEGIN;
    let longest = targets.grace.saturating_mul(3) / 4;
    let blip = |_| {
        let node = Node::Go(u8::try_from(random.below(u64::from(targets.gos))).unwrap_or(0).saturating_add(1));
        let fault = Fault::Partition(node, Node::Bus);
        let planned = Planned { at, lasts: random.between(Duration::from_millis(10), longest), fault };
        at = at.saturating_add(targets.grace * 4).saturating_add(random.between(Duration::ZERO, targets.grace));
        planned
    };
    (0..count).map(blip).collect()
}

/// Whether two faults at once would make nonsense of each other: both end something, or both are about the same path.
fn clash(one: Fault, other: Fault) -> bool {
    let path = |fault| match fault {
        Fault::Partition(a, b) | Fault::Delay(a, b, _) | Fault::Cut { from: a, to: b } => Some((a.min(b), a.max(b))),
        _ => None,
    };
    match (stops(one), stops(other)) {
        (Some(one), Some(other)) => one == other,
        _ => (path(one).is_some() && path(one) == path(other)) || one.kind() == other.kind() && same_place(one, other),
    }
}

/// The machine that a fault brings to a stand.
fn stops(fault: Fault) -> Option<crate::Machine> {
    match fault {
        Fault::Crash(node) | Fault::Pause(node) => Some(node.machine()),
        Fault::PowerCut(machine) | Fault::Suspend(machine) => Some(machine),
        _ => None,
    }
}

fn same_place(one: Fault, other: Fault) -> bool {
    match (one, other) {
        (Fault::WallStep(one, _), Fault::WallStep(other, _)) => one == other,
        (Fault::LostAnswers(one, _), Fault::LostAnswers(other, _)) => one == other,
        (Fault::Duplicates(one, _), Fault::Duplicates(other, _)) => one == other,
        (Fault::RateLimit(one), Fault::RateLimit(other)) => one == other,
        (Fault::DiskFull, Fault::DiskFull) | (Fault::SlowDisk(_), Fault::SlowDisk(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
