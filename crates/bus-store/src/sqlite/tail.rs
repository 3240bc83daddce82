//! The end of the event log, in memory: whoever keeps up is answered from here, and only who lags behind reads the file.

use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock};

use go_bus_api::Seq;

use crate::{EventFilter, EventLine};

/// How many events are kept.
const MOST: usize = 1024;

/// How long their JSON gets together, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// The last events that were committed. The writer is the file's only one, so they are the log's end, without holes.
#[derive(Debug)]
pub(super) struct Tail(RwLock<Ring>);

#[derive(Debug)]
struct Ring {
    events: VecDeque<EventLine>,
    bytes: usize,
    /// The last event there is, kept or not.
    last: Seq,
}

impl Tail {
    /// The tail of a log that ends with `last`: empty.
    pub(super) fn after_event(last: Seq) -> Self {
        Self(RwLock::new(Ring { events: VecDeque::new(), bytes: 0, last }))
    }

    /// Adds what was committed. Readers are woken after that.
    pub(super) fn append(&self, events: Vec<EventLine>) {
        // Nothing in here panics half way through a change.
        let mut ring = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            ring.last = event.seq;
            ring.bytes = ring.bytes.saturating_add(event.json.len());
            ring.events.push_back(event);
        }
        while ring.events.len() > MOST || ring.bytes > MOST_BYTES {
            let Some(oldest) = ring.events.pop_front() else { break };
            ring.bytes = ring.bytes.saturating_sub(oldest.json.len());
        }
    }

    /// Lets go of what is no longer kept in the file, so that a cursor from before it is told the same by both.
    pub(super) fn forget_before(&self, first: Seq) {
        let mut ring = self.0.write().unwrap_or_else(PoisonError::into_inner);
        while ring.events.front().is_some_and(|event| event.seq < first) {
            ring.bytes = ring.bytes.saturating_sub(ring.events.pop_front().map_or(0, |event| event.json.len()));
        }
    }

    /// The events after `after`, at most `limit`; `None` where only the file can tell.
    pub(super) fn read(&self, after: Seq, limit: usize, filter: &EventFilter) -> Option<Vec<EventLine>> {
        if filter.subject.is_some() {
            return None;
        }
        let ring = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let first = ring.events.front().map_or(ring.last.next(), |event| event.seq);
        if after.next() < first || after > ring.last {
            return None;
        }
        let behind = usize::try_from(ring.last.0.saturating_sub(after.0)).ok()?;
        let from = ring.events.len().checked_sub(behind)?;
        let wanted = |event: &&EventLine| filter.kind.as_ref().is_none_or(|kind| *kind == event.kind);
        Some(ring.events.range(from..).filter(wanted).take(limit).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::EventKind;

    fn event(seq: u64, kind: EventKind, length: usize) -> EventLine {
        EventLine { seq: Seq(seq), kind, json: "x".repeat(length).into() }
    }

    fn tail(range: std::ops::RangeInclusive<u64>) -> Tail {
        let tail = Tail::after_event(Seq(range.start() - 1));
        tail.append(range.map(|seq| event(seq, EventKind::TaskCreated, 10)).collect());
        tail
    }

    fn seqs(found: Option<Vec<EventLine>>) -> Option<Vec<u64>> {
        found.map(|events| events.iter().map(|event| event.seq.0).collect())
    }

    #[test]
    fn who_keeps_up_is_answered_and_who_lags_is_sent_to_the_file() {
        let (tail, all) = (tail(5..=9), EventFilter::default());
        assert_eq!(seqs(tail.read(Seq(6), 10, &all)), Some(vec![7, 8, 9]));
        assert_eq!(seqs(tail.read(Seq(4), 2, &all)), Some(vec![5, 6]));
        assert_eq!(seqs(tail.read(Seq(9), 10, &all)), Some(vec![]));
        assert_eq!(seqs(tail.read(Seq(3), 10, &all)), None, "one is missing");
        assert_eq!(seqs(tail.read(Seq(10), 10, &all)), None, "nobody knows yet");
    }

    #[test]
    fn what_the_file_has_forgotten_is_forgotten_here() {
        let tail = tail(1..=9);
        tail.forget_before(Seq(5));
        assert_eq!(seqs(tail.read(Seq(3), 10, &EventFilter::default())), None);
        assert_eq!(seqs(tail.read(Seq(4), 10, &EventFilter::default())), Some(vec![5, 6, 7, 8, 9]));
    }

    #[test]
    fn a_kind_is_looked_for_here_and_a_subject_in_the_file() {
        let tail = tail(1..=2);
        tail.append(vec![event(3, EventKind::TaskCompleted, 1)]);
        let kind = EventFilter { kind: Some(EventKind::TaskCompleted), subject: None };
        assert_eq!(seqs(tail.read(Seq(0), 10, &kind)), Some(vec![3]));
        let subject = EventFilter { kind: None, subject: Some("tasks/T-1".to_owned()) };
        assert_eq!(seqs(tail.read(Seq(0), 10, &subject)), None);
    }

    #[test]
    fn it_is_bounded_by_count_and_by_length() {
        let all = EventFilter::default();
        let many = tail(1..=MOST as u64 + 1);
        assert_eq!(seqs(many.read(Seq(0), 1, &all)), None);
        assert_eq!(seqs(many.read(Seq(1), 1, &all)), Some(vec![2]));
        many.append(vec![event(MOST as u64 + 2, EventKind::TaskCreated, MOST_BYTES)]);
        assert_eq!(seqs(many.read(Seq(MOST as u64), 9, &all)), None, "one long event has pushed the others out");
        assert_eq!(seqs(many.read(Seq(MOST as u64 + 1), 9, &all)), Some(vec![MOST as u64 + 2]));
    }
}
