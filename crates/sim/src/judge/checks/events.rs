//! Events are gap-free, and delivered once per cursor.

use std::collections::BTreeMap;

use go_bus_api::Seq;

use super::{Check, Findings};
use crate::judge::{Call, Fact, FactNo, Invariant, Picture, What};
use crate::{Exchange, Node};

/// The log's end, and where each stream and each subscriber stands.
#[derive(Debug, Default)]
pub(super) struct Events {
    written: Option<(Seq, FactNo)>,
    streams: BTreeMap<Exchange, (Seq, FactNo)>,
    subscribers: BTreeMap<Node, (Seq, FactNo)>,
}

impl Check for Events {
    fn see(&mut self, no: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        match (&fact.what, fact.node) {
            (What::Event(event), _) => self.written(no, event.seq, found),
            (What::Asked { id, call: Call::Events { after, whole: true }, .. }, _) => {
                self.streams.insert(*id, (*after, no));
            }
            (What::Answered { id, answer: crate::judge::Answer::Nothing }, _) => {
                self.streams.remove(id);
            }
            (What::Delivered { id, seq }, Some(node)) => self.delivered(no, node, *id, *seq, before, found),
            (What::Handed { seq }, Some(node)) => self.handed(no, node, *seq, found),
            (What::Following { after }, Some(node)) => {
                self.subscribers.insert(node, (*after, no));
            }
            _ => {}
        }
    }
}

impl Events {
    fn written(&mut self, no: FactNo, seq: Seq, found: &mut Findings) {
        let (last, fact) = self.written.map_or((Seq(0), None), |(last, fact)| (last, Some(fact)));
        if seq != last.next() {
            found.wrong(Invariant::GapFree, fact, format!("after event {last} comes event {seq}"));
        }
        self.written = Some((seq, no));
    }

    fn delivered(&mut self, no: FactNo, node: Node, id: Exchange, seq: Seq, before: &Picture, found: &mut Findings) {
        if seq > before.last {
            found.wrong(Invariant::GapFree, None, format!("{node} is sent event {seq}, which is not written yet"));
        }
        let Some((last, fact)) = self.streams.insert(id, (seq, no)) else {
            self.streams.remove(&id);
            return;
        };
        if seq != last.next() {
            found.wrong(Invariant::GapFree, Some(fact), format!("{node} is sent event {seq} after event {last}"));
        }
    }

    fn handed(&mut self, no: FactNo, node: Node, seq: Seq, found: &mut Findings) {
        let Some((last, fact)) = self.subscribers.insert(node, (seq, no)) else { return };
        if seq != last.next() {
            let words = format!("the subscriber on {node} is handed event {seq} after event {last}");
            found.wrong(Invariant::OncePerCursor, Some(fact), words);
        }
    }
}
