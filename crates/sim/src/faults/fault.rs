//! What can go wrong.

use std::fmt;
use std::time::Duration;

use crate::{HostNo, Machine, Node};

/// Something that goes wrong for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// The process ends without a word, and is started again when the fault is over.
    Crash(Node),
    /// The machine's power is cut; it boots when the fault is over.
    PowerCut(Machine),
    /// The process stands still (SIGSTOP); its clocks go on.
    Pause(Node),
    /// The machine sleeps: its monotonic clock stands still too, boottime goes on.
    Suspend(Machine),
    /// Neither hears the other until the fault is over; nobody is told. What was on its way then arrives, as TCP sends it again.
    Partition(Node, Node),
    /// What `from` sends does not reach `to`; nobody is told.
    Cut {
        /// Who is not heard.
        from: Node,
        /// By whom.
        to: Node,
    },
    /// What they send each other takes up to so long.
    Delay(Node, Node, Duration),
    /// So many requests of the node are carried out, but their answers never come.
    LostAnswers(Node, u32),
    /// So many requests of the node arrive twice.
    Duplicates(Node, u32),
    /// The machine's wall clock jumps by so many milliseconds, and back when the fault is over.
    WallStep(Machine, i64),
    /// The Bus's disk is full.
    DiskFull,
    /// Each commit of the Bus takes so much longer.
    SlowDisk(Duration),
    /// The agents of this host are told to come again later.
    RateLimit(HostNo),
}

impl Fault {
    /// The kind of fault, for counting.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Crash(_) => "crash",
            Self::PowerCut(_) => "power cut",
            Self::Pause(_) => "pause",
            Self::Suspend(_) => "suspend",
            Self::Partition(..) => "partition",
            Self::Cut { .. } => "cut one way",
            Self::Delay(..) => "delay",
            Self::LostAnswers(..) => "lost answers",
            Self::Duplicates(..) => "duplicates",
            Self::WallStep(..) => "clock step",
            Self::DiskFull => "disk full",
            Self::SlowDisk(_) => "slow disk",
            Self::RateLimit(_) => "rate limit",
        }
    }

    /// Whether it has to do with this node.
    pub fn touches(self, node: Node) -> bool {
        match self {
            Self::Crash(on) | Self::Pause(on) | Self::LostAnswers(on, _) | Self::Duplicates(on, _) => on == node,
            Self::PowerCut(on) | Self::Suspend(on) | Self::WallStep(on, _) => on == node.machine(),
            Self::Partition(one, other) | Self::Delay(one, other, _) => one == node || other == node,
            Self::Cut { from, to } => from == node || to == node,
            Self::DiskFull | Self::SlowDisk(_) => node == Node::Bus,
            Self::RateLimit(host) => node == Node::Agents(host),
        }
    }

    /// Whether what `node` says to the Bus, or hears of it, may be kept up by it.
    pub fn hinders(self, node: Node) -> bool {
        let path = |one: Node, other: Node| (one == node && other == Node::Bus) || (other == node && one == Node::Bus);
        match self {
            Self::Partition(one, other) | Self::Delay(one, other, _) => path(one, other),
            Self::Cut { from, to } => path(from, to),
            Self::WallStep(..) | Self::Duplicates(..) | Self::RateLimit(_) => false,
            other => other.touches(node) || other.touches(Node::Bus),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crash(node) => write!(f, "{node} crashes"),
            Self::PowerCut(machine) => write!(f, "the power of {} is cut", named(*machine)),
            Self::Pause(node) => write!(f, "{node} stands still"),
            Self::Suspend(machine) => write!(f, "the machine of {} sleeps", named(*machine)),
            Self::Partition(one, other) => write!(f, "{one} and {other} are cut off from each other"),
            Self::Cut { from, to } => write!(f, "nothing comes from {from} to {to}"),
            Self::Delay(one, other, by) => write!(f, "between {one} and {other} it takes up to {} ms", by.as_millis()),
            Self::LostAnswers(node, count) => write!(f, "the next {count} answers to {node} are lost"),
            Self::Duplicates(node, count) => write!(f, "the next {count} requests of {node} arrive twice"),
            Self::WallStep(machine, by) => write!(f, "the wall clock of {} jumps by {by} ms", named(*machine)),
            Self::DiskFull => f.write_str("the disk of the Bus is full"),
            Self::SlowDisk(by) => write!(f, "each commit takes {} ms longer", by.as_millis()),
            Self::RateLimit(host) => write!(f, "the agents of {host} are rate-limited"),
        }
    }
}

/// The name of what runs on a machine.
fn named(machine: Machine) -> String {
    machine.nodes().into_iter().last().map(Node::name).unwrap_or_default()
}
