//! Whether a World has everything that happened before an epoch began.

use go_bus_api::{Epoch, Event, EventKind};

/// What a World has of the time before an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// All of it.
    Seen,
    /// The epoch's beginning is still to come among the events.
    ToCome,
    /// The snapshot may be from before the epoch's beginning or from after it; only a new one tells.
    Unknown,
}

/// What the events since the last snapshot told of the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Horizon {
    /// The latest epoch whose beginning was seen.
    begun: Option<Epoch>,
    /// Whether the next epoch's beginning is later than the snapshot.
    to_come: bool,
}

impl Horizon {
    /// After a snapshot that was had before the first bid: whatever the bids bring comes after it.
    pub(crate) fn before_any_bid() -> Self {
        Self { begun: None, to_come: true }
    }

    /// After a snapshot that was taken while a bid may have been under way.
    pub(crate) fn of_a_snapshot() -> Self {
        Self { begun: None, to_come: false }
    }

    /// Takes note of an event: epochs follow each other, so what begins after the end of one is later than that.
    pub(crate) fn note(&mut self, event: &Event) {
        let epoch = event.data.get("epoch").and_then(serde_json::Value::as_u64).map(Epoch);
        match event.kind {
            EventKind::LeaseAcquired => self.begun = self.begun.max(epoch),
            EventKind::LeaseReleased | EventKind::LeaseExpired => {}
            _ => return,
        }
        self.to_come = true;
    }

    /// What is known of the time before `epoch`, which this instance was granted.
    pub(crate) fn before(self, epoch: Epoch) -> Past {
        match self {
            Self { begun, .. } if begun >= Some(epoch) => Past::Seen,
            Self { to_come: true, .. } => Past::ToCome,
            Self { to_come: false, .. } => Past::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Seq, Text, Timestamp};
    use serde_json::json;

    use super::*;

    fn event(kind: EventKind, epoch: u64) -> Event {
        let at = Timestamp::from_unix_millis(0);
        let data = json!({"holder": "go-1", "epoch": epoch});
        Event { seq: Seq(1), kind, at, actor: Text::clipped("bus"), epoch: None, subject: None, data }
    }

    fn after(mut horizon: Horizon, events: &[(EventKind, u64)]) -> Past {
        events.iter().for_each(|(kind, epoch)| horizon.note(&event(kind.clone(), *epoch)));
        horizon.before(Epoch(7))
    }

    #[test]
    fn who_followed_before_it_bid_waits_for_its_own_beginning() {
        assert_eq!(after(Horizon::before_any_bid(), &[]), Past::ToCome);
        assert_eq!(after(Horizon::before_any_bid(), &[(EventKind::LeaseReleased, 6)]), Past::ToCome);
        assert_eq!(after(Horizon::before_any_bid(), &[(EventKind::LeaseAcquired, 6)]), Past::ToCome);
        assert_eq!(after(Horizon::before_any_bid(), &[(EventKind::LeaseAcquired, 7)]), Past::Seen);
    }

    #[test]
    fn a_snapshot_taken_while_a_bid_was_under_way_tells_nothing_until_the_lease_is_heard_of() {
        assert_eq!(after(Horizon::of_a_snapshot(), &[]), Past::Unknown);
        assert_eq!(after(Horizon::of_a_snapshot(), &[(EventKind::HandoffWritten, 7)]), Past::Unknown);
        assert_eq!(after(Horizon::of_a_snapshot(), &[(EventKind::LeaseExpired, 6)]), Past::ToCome);
        assert_eq!(
            after(Horizon::of_a_snapshot(), &[(EventKind::LeaseExpired, 6), (EventKind::LeaseAcquired, 7)]),
            Past::Seen
        );
    }

    #[test]
    fn a_later_epoch_than_one_s_own_was_begun_after_it() {
        assert_eq!(after(Horizon::of_a_snapshot(), &[(EventKind::LeaseAcquired, 9)]), Past::Seen);
    }
}
