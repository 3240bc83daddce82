//! Partitions: what comes from one node to another waits until the way is free again.
//!
//! Nothing is lost, as TCP sends again what was: a connection outlives a partition that its owners bear.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Node;
use crate::gate::Gate;

/// The ways from each node to each other.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<BTreeMap<(Node, Node), Way>>);

#[derive(Debug, Default)]
struct Way {
    gate: Gate,
    is_blocked: bool,
}

impl Links {
    /// The gate that everything from one node to another goes through.
    pub(crate) fn way(&self, from: Node, to: Node) -> Gate {
        self.lock().entry((from, to)).or_default().gate.clone()
    }

    /// Blocks or frees a way. What is so already stays so.
    pub(crate) fn block(&self, from: Node, to: Node, blocked: bool) {
        let mut ways = self.lock();
        let way = ways.entry((from, to)).or_default();
        if way.is_blocked != blocked {
            way.is_blocked = blocked;
            if blocked { way.gate.close() } else { way.gate.open() }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Node, Node), Way>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
