//! From what is seen to facts.

use std::collections::BTreeMap;

use go_bus_api::{ExitReport, Grant, LeaseTick, Seq};

use super::{call, commit};
use crate::judge::{Answer, Call, GrantFact, RunEnd, What};
use crate::{Exchange, Node, Seen};

/// Remembers what the answers and frames yet to come belong to.
#[derive(Debug, Default)]
pub(super) struct Translator {
    kinds: BTreeMap<Exchange, Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bid,
    Session,
    Events,
    Other,
}

impl Translator {
    /// The facts in what was seen.
    pub(super) fn facts(&mut self, seen: &Seen<'_>) -> Vec<(Option<Node>, What)> {
        match seen {
            Seen::Started { node, .. } => vec![(Some(*node), What::Started)],
            Seen::Ended { node, .. } => vec![(Some(*node), What::Crashed)],
            Seen::RequestBegun { exchange, node, method, target, epoch, headers, body, boottime, .. } => {
                let call = call::read(method, target, headers, body);
                self.kinds.insert(*exchange, kind(&call));
                vec![(Some(*node), What::Asked { id: *exchange, call, epoch: *epoch, boottime: *boottime })]
            }
            Seen::RequestAnswered { exchange, node, status, body, .. } => {
                vec![(Some(*node), What::Answered { id: *exchange, answer: self.answer(*exchange, *status, body) })]
            }
            Seen::RequestFailed { exchange, node, .. } => {
                self.kinds.remove(exchange);
                vec![(Some(*node), What::Answered { id: *exchange, answer: Answer::Nothing })]
            }
            Seen::Frame { exchange, node, data, .. } => self.frame(*exchange, *node, data).into_iter().collect(),
            Seen::Committed { commands, answers, events } => {
                let facts = commit::facts(commands, answers, events);
                facts.into_iter().map(|what| (Some(Node::Bus), what)).collect()
            }
            Seen::Onlooker(what) => vec![(Some(Node::Operator), (*what).clone())],
            Seen::AgentStarted { host, agent, role, work } => {
                let task = work.as_ref().map(|(task, _)| task.clone());
                let began = What::RunBegan { agent: (*agent).clone(), host: *host, role: *role, task };
                vec![(Some(Node::Agents(*host)), began)]
            }
            Seen::AgentEnded { host, agent, exit } => {
                let ended = What::RunEnded { agent: (*agent).clone(), end: end(*exit) };
                vec![(Some(Node::Agents(*host)), ended)]
            }
        }
    }

    fn answer(&mut self, exchange: Exchange, status: u16, body: &[u8]) -> Answer {
        let kind = self.kinds.get(&exchange).copied();
        if matches!(kind, Some(Kind::Bid | Kind::Other)) {
            self.kinds.remove(&exchange);
        }
        let grant = || serde_json::from_slice::<Grant>(body).ok();
        match (kind, status) {
            (Some(Kind::Bid), 200..=299) => {
                grant().map_or(Answer::Status(status), |grant| Answer::Granted(granted(&grant)))
            }
            _ => Answer::Status(status),
        }
    }

    fn frame(&self, exchange: Exchange, node: Node, data: &str) -> Option<(Option<Node>, What)> {
        let what = match self.kinds.get(&exchange)? {
            Kind::Session => {
                let tick: LeaseTick = serde_json::from_str(data).ok()?;
                let (open_for, grace) = (tick.elapsed_ms.duration(), tick.grace_ms.duration());
                What::Tick { id: exchange, open_for, grace }
            }
            Kind::Events => What::Delivered { id: exchange, seq: seq(data)? },
            Kind::Bid | Kind::Other => return None,
        };
        Some((Some(node), what))
    }
}

fn kind(call: &Call) -> Kind {
    match call {
        Call::Bid { .. } => Kind::Bid,
        Call::Session { .. } => Kind::Session,
        Call::Events { .. } => Kind::Events,
        _ => Kind::Other,
    }
}

fn granted(grant: &Grant) -> GrantFact {
    GrantFact {
        epoch: grant.epoch,
        ttl: grant.ttl_ms.duration(),
        remaining: grant.remaining_ms.duration(),
        grace: grant.session_grace_ms.map(|grace| grace.duration()),
    }
}

fn end(exit: Option<&ExitReport>) -> RunEnd {
    match exit {
        None => RunEnd::Killed,
        Some(exit) if ended_by_its_keeper(exit) => RunEnd::Stopped,
        Some(_) => RunEnd::Finished,
    }
}

/// An event's place, from the beginning of its JSON; the whole of it is read only where it begins otherwise.
fn seq(data: &str) -> Option<Seq> {
    let quick =
        data.strip_prefix("{\"seq\":").and_then(|rest| rest.split(',').next()).and_then(|text| text.parse().ok());
    quick.or_else(|| serde_json::from_str::<serde_json::Value>(data).ok()?.get("seq")?.as_u64()).map(Seq)
}

/// Whether nobody but its keeper wanted it to end: an order, or the end of the host's lease. A wall limit is the task's own.
fn ended_by_its_keeper(exit: &ExitReport) -> bool {
    exit.limit.as_ref().map_or(exit.stopped, |limit| limit.as_str().contains("lease"))
}
