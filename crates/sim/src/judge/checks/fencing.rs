//! One epoch acts at a time, and no write of an older one is accepted.

use go_bus_api::Epoch;

use super::{Check, Findings};
use crate::Node;
use crate::judge::{Call, Commit, Decision, Deed, Fact, FactNo, Invariant, Picture, What};

/// The latest epoch under which anything was begun.
#[derive(Debug, Default)]
pub(super) struct Fencing {
    latest: Option<(Epoch, FactNo)>,
}

impl Check for Fencing {
    fn see(&mut self, no: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        match &fact.what {
            What::Asked { call: Call::Write(_), epoch: Some(epoch), .. } if fact.node.is_some_and(is_go) => {
                self.begun(no, *epoch, found);
            }
            What::Committed(commit) => accepted(commit, before, found),
            _ => {}
        }
    }
}

impl Fencing {
    fn begun(&mut self, no: FactNo, epoch: Epoch, found: &mut Findings) {
        match self.latest {
            Some((later, fact)) if later > epoch => {
                let words = format!("a write under epoch {epoch} was begun after one under epoch {later}");
                found.wrong(Invariant::OneActs, Some(fact), words);
            }
            _ => self.latest = Some((epoch, no)),
        }
    }
}

/// Whether it is a GO, and not somebody who plays one to see what happens.
fn is_go(node: Node) -> bool {
    matches!(node, Node::Go(_))
}

fn accepted(commit: &Commit, before: &Picture, found: &mut Findings) {
    let Some(sent) = commit.epoch else { return };
    let is_lease = matches!(commit.deed, Deed::Bid(_) | Deed::Release | Deed::Expire);
    if is_lease || !matches!(commit.outcome, Decision::Done(_)) {
        return;
    }
    let live = before.lease.as_ref().filter(|(lease, _)| lease.holder.is_some());
    if live.is_none_or(|(lease, _)| lease.epoch != sent) {
        let last = before.lease.as_ref().map(|(lease, _)| lease.epoch).unwrap_or_default();
        let words = format!("a write of {} under epoch {sent} was accepted; the last granted is {last}", commit.actor);
        found.wrong(Invariant::OldEpochRefused, before.lease.as_ref().map(|(_, fact)| *fact), words);
    }
}
