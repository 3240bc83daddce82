//! A successor acts only once it has seen what its predecessor did.

use std::collections::BTreeMap;

use go_bus_api::{Epoch, EventKind, Seq};

use super::{Check, Findings};
use crate::Node;
use crate::judge::{Call, Fact, FactNo, Invariant, Picture, What};

/// Where each GO stands in the log, and where each epoch began.
#[derive(Debug, Default)]
pub(super) struct CaughtUp {
    seen: BTreeMap<Node, Seq>,
    began: BTreeMap<Epoch, (Seq, FactNo)>,
}

impl Check for CaughtUp {
    fn see(&mut self, no: FactNo, fact: &Fact, _: &Picture, found: &mut Findings) {
        match (&fact.what, fact.node) {
            (What::Started, Some(node)) => {
                self.seen.remove(&node);
            }
            // Whoever asks for the events after one has seen it, be it in a snapshot.
            (What::Asked { call: Call::Events { after, .. }, .. }, Some(node)) => self.saw(node, *after),
            (What::Delivered { seq, .. }, Some(node)) => self.saw(node, *seq),
            (What::Asked { call: Call::Write(target), epoch: Some(epoch), .. }, Some(node @ Node::Go(_))) => {
                self.acted(node, *epoch, target, found);
            }
            (What::Event(event), _) if event.kind == EventKind::LeaseAcquired => {
                if let crate::judge::About::Lease(lease) = &event.about {
                    self.began.insert(lease.epoch, (event.seq, no));
                }
            }
            _ => {}
        }
    }
}

impl CaughtUp {
    fn saw(&mut self, node: Node, seq: Seq) {
        let seen = self.seen.entry(node).or_default();
        *seen = seq.max(*seen);
    }

    fn acted(&self, node: Node, epoch: Epoch, target: &str, found: &mut Findings) {
        let Some((began, fact)) = self.began.get(&epoch) else { return };
        let seen = self.seen.get(&node).copied().unwrap_or_default();
        if seen < *began {
            let words = format!("{node} begins {target} having seen event {seen}; its epoch began with event {began}");
            found.wrong(Invariant::CaughtUp, Some(*fact), words);
        }
    }
}
