//! One fault, drawn at random.

use std::time::Duration;

use super::{Fault, Random};
use crate::{HostNo, Machine, Node};

/// Whom faults can hit, and what is long for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    /// How many GOs there are.
    pub gos: u8,
    /// How many hosts.
    pub hosts: u8,
    /// How long the leader's lease lives.
    pub lease_ttl: Duration,
    /// How long a host's lease lives.
    pub host_ttl: Duration,
    /// How long a session may be broken.
    pub grace: Duration,
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A fault, and for how long.
pub(super) fn draw(random: &mut Random, targets: &Targets) -> (Fault, Duration) {
    match random.below(100) {
        0..12 => (Fault::Crash(node(random, targets)), random.between(ms(50), ms(6000))),
        12..16 => (Fault::PowerCut(machine(random, targets)), random.between(ms(500), ms(9000))),
        16..26 => {
            let node = node(random, targets);
            (Fault::Pause(node), spell(random, targets, node))
        }
        26..31 => {
            let machine = machine(random, targets);
            let node = machine.nodes().first().copied().unwrap_or(Node::Bus);
            (Fault::Suspend(machine), spell(random, targets, node))
        }
        31..47 => {
            let (one, other) = pair(random, targets);
            (Fault::Partition(one, other), spell(random, targets, one))
        }
        47..59 => {
            let (one, other) = pair(random, targets);
            let (from, to) = if random.chance(50) { (one, other) } else { (other, one) };
            (Fault::Cut { from, to }, spell(random, targets, one))
        }
        59..67 => {
            let (one, other) = pair(random, targets);
            let by = random.between(ms(60), ms(1500));
            (Fault::Delay(one, other, by), random.between(ms(1000), ms(8000)))
        }
        67..75 => (Fault::LostAnswers(client(random, targets), few(random)), ms(2000)),
        75..82 => (Fault::Duplicates(client(random, targets), few(random)), ms(2000)),
        82..87 => (Fault::WallStep(machine(random, targets), jump(random)), random.between(ms(1000), ms(10_000))),
        87..92 => (Fault::DiskFull, random.between(ms(200), ms(4000))),
        92..96 => {
            let by = random.between(ms(5), ms(150));
            (Fault::SlowDisk(by), random.between(ms(500), ms(5000)))
        }
        _ => (Fault::RateLimit(host(random, targets)), random.between(ms(2000), ms(8000))),
    }
}

fn few(random: &mut Random) -> u32 {
    u32::try_from(random.below(6)).unwrap_or(0).saturating_add(1)
}

/// Up to an hour either way, in milliseconds.
fn jump(random: &mut Random) -> i64 {
    let by = i64::try_from(random.below(3_600_000)).unwrap_or(0);
    if random.chance(50) { by } else { by.saturating_neg() }
}

/// How long a node is out of reach: for less than the grace, for a while, or for longer than its lease lives.
fn spell(random: &mut Random, targets: &Targets, node: Node) -> Duration {
    let ttl = match node {
        Node::Launcher(_) | Node::Agents(_) => targets.host_ttl,
        Node::Bus | Node::Go(_) | Node::Operator => targets.lease_ttl,
    };
    match random.below(10) {
        0..3 => random.between(ms(20), targets.grace.max(ms(40))),
        3..7 => random.between(targets.grace, ttl / 2),
        _ => random.between(ttl, ttl + ttl / 3),
    }
}

fn host(random: &mut Random, targets: &Targets) -> HostNo {
    HostNo(u8::try_from(random.below(u64::from(targets.hosts))).unwrap_or(0).saturating_add(1))
}

fn go(random: &mut Random, targets: &Targets) -> u8 {
    u8::try_from(random.below(u64::from(targets.gos))).unwrap_or(0).saturating_add(1)
}

fn node(random: &mut Random, targets: &Targets) -> Node {
    if random.chance(20) { Node::Bus } else { client(random, targets) }
}

fn client(random: &mut Random, targets: &Targets) -> Node {
    match random.below(10) {
        0..5 => Node::Go(go(random, targets)),
        5 => Node::Operator,
        6..8 => Node::Launcher(host(random, targets)),
        _ => Node::Agents(host(random, targets)),
    }
}

fn machine(random: &mut Random, targets: &Targets) -> Machine {
    match random.below(10) {
        0..2 => Machine::Bus,
        2..7 => Machine::Go(go(random, targets)),
        _ => Machine::Host(host(random, targets)),
    }
}

/// A node and whom it can't reach: mostly the Bus, through which all that matters goes.
fn pair(random: &mut Random, targets: &Targets) -> (Node, Node) {
    let one = client(random, targets);
    let other = if random.chance(90) { Node::Bus } else { client(random, targets) };
    if one == other { (one, Node::Bus) } else { (one, other) }
}
