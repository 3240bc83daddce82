//! Partitions: what comes from one node to another waits until the way is free again.
//!
//! Nothing is lost, as TCP sends again what was: a connection outlives a partition that its owners bear.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Node;
use crate::gate::Gate;

/// The ways from each node to each other.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<BTreeMap<(Node, Node), Way>>);

#[derive(Debug, Default)]
struct Way {
    gate: Gate,
    blocked_by: BTreeSet<Block>,
}

/// Why nothing passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Block {
    /// The network is cut.
    Cut,
    /// One of the machines has no power.
    Dark,
}

impl Links {
    /// The gate that everything from one node to another goes through.
    pub(crate) fn way(&self, from: Node, to: Node) -> Gate {
        self.lock().entry((from, to)).or_default().gate.clone()
    }

    /// Blocks a way. What is so already stays so.
    pub(crate) fn block(&self, from: Node, to: Node, why: Block) {
        let mut ways = self.lock();
        let way = ways.entry((from, to)).or_default();
        if way.blocked_by.insert(why) {
            way.gate.close();
        }
    }

    /// Takes a reason away why nothing passes.
    pub(crate) fn free(&self, from: Node, to: Node, why: Block) {
        let mut ways = self.lock();
        let way = ways.entry((from, to)).or_default();
        if way.blocked_by.remove(&why) {
            way.gate.open();
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Node, Node), Way>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_free_once_nothing_is_left_that_blocks_it() {
        let (links, from, to) = (Links::default(), Node::Go(1), Node::Bus);
        links.block(from, to, Block::Cut);
        links.block(from, to, Block::Cut);
        links.block(from, to, Block::Dark);
        links.free(from, to, Block::Cut);
        assert!(!links.way(from, to).is_open() && links.way(to, from).is_open());
        links.free(from, to, Block::Dark);
        links.free(from, to, Block::Cut);
        assert!(links.way(from, to).is_open());
    }
}
