//! What the Bus's event log tells of a takeover. Pure: the events are given.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

/// What is read of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// Its number.
    pub(super) seq: u64,
    /// Its kind.
    pub(super) kind: String,
    /// What it is about, such as `tasks/T-1`.
    pub(super) subject: String,
    /// When it was committed by the Bus's clock, in milliseconds of the day.
    pub(super) at_ms: i64,
    /// The epoch under which it was written, or of the lease that it tells of.
    pub(super) epoch: Option<u64>,
    /// The whole resource after it.
    data: Value,
    /// When the subscriber had it, by the subscriber's own clock.
    pub(super) seen: Duration,
}

impl Event {
    /// Reads one as the Bus sends it.
    pub(super) fn read(text: &str, seen: Duration) -> Option<Self> {
        let mut value: Value = serde_json::from_str(text).ok()?;
        let word = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let kind = word("kind")?;
        let pointer = if kind.starts_with("lease.") { "/data/epoch" } else { "/epoch" };
        Some(Self {
            seq: value.get("seq")?.as_u64()?,
            at_ms: of_the_day(value.get("at")?.as_str()?)?,
            subject: word("subject").unwrap_or_default(),
            epoch: value.pointer(pointer).and_then(Value::as_u64),
            kind,
            data: value.get_mut("data").map(Value::take).unwrap_or_default(),
            seen,
        })
    }

    /// Whether a leader wrote it as its work: neither the lease's own news nor the note that it leaves to its successor.
    fn is_act(&self) -> bool {
        self.epoch.is_some() && !self.kind.starts_with("lease.") && self.kind != "handoff.written"
    }
}

/// `23:04:05.678` of an RFC 3339 instant in UTC, in milliseconds.
fn of_the_day(at: &str) -> Option<i64> {
    let clock = at.split_once('T')?.1.trim_end_matches('Z');
    let mut parts = clock.split(':');
    let (hours, minutes): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (seconds, millis) = parts.next()?.split_once('.')?;
    Some((hours * 60 + minutes) * 60_000 + seconds.parse::<i64>().ok()? * 1000 + millis.parse::<i64>().ok()?)
}

/// From one instant of a day to another in milliseconds, midnight or not.
pub(super) fn between(from_ms: i64, to_ms: i64) -> f64 {
    const DAY: i64 = 86_400_000;
    let apart = (to_ms - from_ms).rem_euclid(DAY);
    (if apart > DAY / 2 { apart - DAY } else { apart }) as f64
}

/// The grant of `epoch`.
pub(super) fn acquired(events: &[Event], epoch: u64) -> Option<&Event> {
    events.iter().find(|event| event.kind == "lease.acquired" && event.epoch == Some(epoch))
}

/// The first thing done under `epoch`.
pub(super) fn first_act(events: &[Event], epoch: u64) -> Option<&Event> {
    events.iter().find(|event| event.is_act() && event.epoch == Some(epoch))
}

/// The last thing written under `epoch`, its handoff counted, the release not.
pub(super) fn last_write(events: &[Event], epoch: u64) -> Option<&Event> {
    events.iter().rev().find(|event| event.epoch == Some(epoch) && !event.kind.starts_with("lease."))
}

/// The end of `epoch`, given back or run out.
pub(super) fn ended(events: &[Event], epoch: u64) -> Option<&Event> {
    let ends = ["lease.released", "lease.expired"];
    events.iter().find(|event| ends.contains(&event.kind.as_str()) && event.epoch == Some(epoch))
}

/// How many epochs began.
pub(super) fn tenures(events: &[Event]) -> usize {
    events.iter().filter(|event| event.kind == "lease.acquired").count()
}

/// How many writes were accepted under an epoch that was over.
pub(super) fn stale_writes(events: &[Event]) -> usize {
    let mut live = None;
    let mut stale = 0;
    for event in events {
        match event.kind.as_str() {
            "lease.acquired" => live = event.epoch,
            "lease.released" | "lease.expired" => live = None,
            _ => stale += usize::from(event.epoch.is_some() && event.epoch != live),
        }
    }
    stale
}

/// What was started needlessly, as sentences: a seat filled twice, a task with a second builder or a second attempt.
pub(super) fn restarts(events: &[Event]) -> Vec<String> {
    let mut spawns: BTreeMap<String, u32> = BTreeMap::new();
    let mut found = Vec::new();
    for event in events {
        let text = |key: &str| event.data.get(key).and_then(Value::as_str);
        match (event.kind.as_str(), text("role")) {
            ("agent.requested", Some(role)) => {
                let seat = ["task", "host", "project", "user"].map(|key| text(key).unwrap_or("-")).join(" ");
                *spawns.entry(format!("{role} {seat}")).or_default() += 1;
            }
            ("task.assigned", _) if event.data.get("attempt").and_then(Value::as_u64) != Some(1) => {
                found.push(format!("{} was assigned again", event.subject));
            }
            _ => {}
        }
    }
    found.extend(spawns.iter().filter(|(_, times)| **times > 1).map(|(seat, times)| format!("{times} × {seat}")));
    found
}

#[cfg(test)]
mod tests;
