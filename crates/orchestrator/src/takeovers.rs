//! Who took over from whom, how it came to that and how long it took, as the event log tells it (R3).

use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{Epoch, Event, EventKind, ExpiryCause, HolderId, LeaseEvent, Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// How an epoch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Its holder let go.
    Released,
    /// The holder's session was broken for its grace while a standby waited.
    SessionBroken,
    /// No renewal came within the time to live.
    TtlOver,
    /// The Bus had been restored from a backup.
    Restored,
    /// The log does not have it any more.
    Unknown,
}

impl Ending {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::SessionBroken => "session broken",
            Self::TtlOver => "time to live over",
            Self::Restored => "Bus restored",
            Self::Unknown => "unknown",
        }
    }
}

/// A new epoch after another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Takeover {
    /// When it began.
    pub at: Timestamp,
    /// The epoch before it.
    pub from: Epoch,
    /// The epoch that began.
    pub to: Epoch,
    /// Who held the epoch before it; `None` where the log does not have that any more.
    pub predecessor: Option<HolderId>,
    /// Who holds it.
    pub holder: Option<HolderId>,
    /// How the epoch before it ended.
    pub ending: Ending,
    /// How long nobody led, as far as one could know: from the release, or from the predecessor's last sign of life.
    pub took_ms: Option<Millis>,
}

/// The end of an epoch, and its holder's last sign of life.
struct Over {
    ending: Ending,
    last_sign: Timestamp,
}

/// The takeovers among `events`, oldest first; events of other kinds are passed over. The first epoch of all took over from nobody.
pub fn takeovers(events: &[Event]) -> Vec<Takeover> {
    let mut holders: BTreeMap<Epoch, HolderId> = BTreeMap::new();
    let mut over: BTreeMap<Epoch, Over> = BTreeMap::new();
    let mut takeovers = Vec::new();
    for event in events {
        let Ok(lease) = LeaseEvent::deserialize(&event.data) else { continue };
        match event.kind {
            EventKind::LeaseReleased => {
                over.insert(lease.epoch, Over { ending: Ending::Released, last_sign: event.at });
            }
            EventKind::LeaseExpired => {
                over.insert(lease.epoch, expired(&lease, event.at));
            }
            EventKind::LeaseAcquired => {
                takeovers.extend(takeover(&lease, event.at, &holders, &over));
                holders.extend(lease.holder.map(|holder| (lease.epoch, holder)));
            }
            _ => {}
        }
    }
    takeovers
}

fn expired(lease: &LeaseEvent, at: Timestamp) -> Over {
    let ending = match lease.cause {
        Some(ExpiryCause::Session) => Ending::SessionBroken,
        Some(ExpiryCause::Restored) => Ending::Restored,
        // A Bus that did not tell the cause had no other.
        Some(ExpiryCause::Ttl) | None => Ending::TtlOver,
    };
    let silent = lease.silent_ms.map_or(Duration::ZERO, Millis::duration);
    let silent = i64::try_from(silent.as_millis()).unwrap_or(i64::MAX);
    Over { ending, last_sign: Timestamp::from_unix_millis(at.unix_millis().saturating_sub(silent)) }
}

fn takeover(
    lease: &LeaseEvent,
    at: Timestamp,
    holders: &BTreeMap<Epoch, HolderId>,
    over: &BTreeMap<Epoch, Over>,
) -> Option<Takeover> {
    let from = Epoch(lease.epoch.0.checked_sub(1)?);
    if from == Epoch(0) {
        return None;
    }
    let before = over.get(&from);
    Some(Takeover {
        at,
        from,
        to: lease.epoch,
        predecessor: holders.get(&from).cloned(),
        holder: lease.holder.clone(),
        ending: before.map_or(Ending::Unknown, |over| over.ending),
        took_ms: before.map(|over| Millis::from(at.since(over.last_sign))),
    })
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Seq, Text};
    use serde_json::{Value, json};

    use super::*;

    fn event(kind: EventKind, epoch: u64, at: i64, more: &Value) -> Event {
        let mut data = json!({"holder": null, "epoch": epoch, "ttl_ms": 125_000, "acquired_at": null, "handoff": null, "url": null});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (seq, at) = (Seq(1), Timestamp::from_unix_millis(at));
        Event { seq, kind, at, actor: Text::clipped("bus"), epoch: None, subject: None, data }
    }

    fn acquired(epoch: u64, holder: &str, at: i64) -> Event {
        event(EventKind::LeaseAcquired, epoch, at, &json!({ "holder": holder }))
    }

    fn lines(events: &[Event]) -> Vec<String> {
        let line = |takeover: &Takeover| {
            let name = |holder: &Option<HolderId>| holder.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
            let took = takeover.took_ms.map_or_else(|| "?".to_owned(), |took| took.0.to_string());
            let (from, to, how) = (takeover.from, takeover.to, takeover.ending.as_str());
            format!("{from} {} to {to} {}: {how}, {took}", name(&takeover.predecessor), name(&takeover.holder))
        };
        takeovers(events).iter().map(line).collect()
    }

    #[test]
    fn a_release_is_counted_from_the_release() {
        let released = event(EventKind::LeaseReleased, 1, 5_000, &json!({}));
        let events = [acquired(1, "a", 0), released, acquired(2, "b", 5_012)];
        assert_eq!(lines(&events), ["1 a to 2 b: released, 12"]);
    }

    #[test]
    fn an_expiry_is_counted_from_the_holder_s_last_sign() {
        let broken = event(EventKind::LeaseExpired, 1, 9_000, &json!({"cause": "session", "silent_ms": 2_000}));
        let over = event(EventKind::LeaseExpired, 2, 200_000, &json!({"cause": "ttl", "silent_ms": 125_000}));
        let events = [acquired(1, "a", 0), broken, acquired(2, "b", 9_030), over, acquired(3, "a", 200_010)];
        assert_eq!(lines(&events), ["1 a to 2 b: session broken, 2030", "2 b to 3 a: time to live over, 125010"]);
    }

    #[test]
    fn what_the_log_has_lost_is_unknown_and_the_first_epoch_took_over_from_nobody() {
        assert_eq!(lines(&[acquired(1, "a", 0)]), [""; 0]);
        assert_eq!(lines(&[acquired(7, "b", 0)]), ["6 ? to 7 b: unknown, ?"]);
        let released = event(EventKind::LeaseReleased, 6, 0, &json!({}));
        assert_eq!(lines(&[released, acquired(7, "b", 3)]), ["6 ? to 7 b: released, 3"]);
    }

    #[test]
    fn other_events_and_what_does_not_read_are_passed_over() {
        let mut strange = acquired(2, "b", 3);
        strange.data = json!("?");
        let other = event(EventKind::HandoffWritten, 1, 2, &json!({}));
        assert_eq!(lines(&[acquired(1, "a", 0), other, strange]), [""; 0]);
    }
}
