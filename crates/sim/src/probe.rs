//! What can be seen of a run.

use std::time::Duration;

use go_bus_api::{AgentId, Attempt, Epoch, ExitReport, Role, TaskId};
use go_bus_client::TransportError;
use go_bus_store::{Command, EventLine, Receipt, Reject};
use go_clock::Boottime;
use http::{HeaderMap, Method};

use crate::judge::What;
use crate::{HostNo, Node};

/// One request, for as long as it is under way; unique in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Exchange(pub u64);

/// Something that happened.
#[derive(Debug)]
pub enum Seen<'a> {
    /// A process started: its how-manyth life it is, from 1.
    Started {
        /// Who.
        node: Node,
        /// Which life.
        life: u32,
    },
    /// A process ended by itself, which only the operator's may; a crash is not told, as whoever causes it knows.
    Ended {
        /// Who.
        node: Node,
        /// Why, in words.
        how: String,
    },
    /// A client begins a request: what it decided is about to leave it. Told before a pause of the process holds it back.
    RequestBegun {
        /// Which.
        exchange: Exchange,
        /// Whose.
        node: Node,
        /// The process's life.
        life: u32,
        /// The method.
        method: &'a Method,
        /// Path and query.
        target: &'a str,
        /// The `Lease-Epoch` that it carries.
        epoch: Option<Epoch>,
        /// All its headers.
        headers: &'a HeaderMap,
        /// Its body.
        body: &'a [u8],
        /// How long the client gives it.
        timeout: Duration,
        /// What the node's own clock shows.
        boottime: Boottime,
    },
    /// A client has the whole answer of a request, or the head of a stream.
    RequestAnswered {
        /// Which.
        exchange: Exchange,
        /// Whose.
        node: Node,
        /// The status.
        status: u16,
        /// The body; empty for a stream.
        body: &'a [u8],
        /// What the node's own clock shows.
        boottime: Boottime,
    },
    /// A client's request failed beneath HTTP, or its stream ended (`None` where in order).
    RequestFailed {
        /// Which.
        exchange: Exchange,
        /// Whose.
        node: Node,
        /// How.
        error: Option<&'a TransportError>,
        /// What the node's own clock shows.
        boottime: Boottime,
    },
    /// A client has an event of a stream.
    Frame {
        /// Of which request.
        exchange: Exchange,
        /// Whose.
        node: Node,
        /// The `event` field.
        event: &'a str,
        /// The `data` field.
        data: &'a str,
        /// What the node's own clock shows.
        boottime: Boottime,
    },
    /// The store committed: the commands of one caller in one transaction, with their answers and what the log has got from them.
    Committed {
        /// What was asked.
        commands: &'a [Command],
        /// What came of each.
        answers: &'a [Result<Receipt, Reject>],
        /// The new events, in order.
        events: &'a [EventLine],
    },
    /// The onlooker saw or did something.
    Onlooker(&'a What),
    /// A keeper starts its agent: from now on it runs.
    AgentStarted {
        /// Where.
        host: HostNo,
        /// Who.
        agent: &'a AgentId,
        /// What as.
        role: Role,
        /// On what, and which attempt of it.
        work: Option<(TaskId, Attempt)>,
    },
    /// An agent runs no more.
    AgentEnded {
        /// Where.
        host: HostNo,
        /// Who.
        agent: &'a AgentId,
        /// What its keeper will report; nothing where machine or keeper died with it.
        exit: Option<&'a ExitReport>,
    },
}

/// Whoever watches a run.
///
/// *Guarantees*: called on the simulation's one thread, in the order in which things happen on each node; across nodes that order can
/// be wrong by less than one tick ([`crate::Settings::tick`]), as within a tick the nodes run one after the other. What a node does
/// because of a message is always told after the sending of that message. `at` is the true time since the run's start, which no
/// node's clock shows.
/// *Assumptions*: it is quick, and asks nothing of the fleet.
pub trait Probe: Send + Sync + 'static {
    /// Takes note.
    fn see(&self, at: Duration, seen: &Seen<'_>);
}
