//! The last takeovers, from the event log.

use go_bus_api::{Event, ProblemKind, Seq};
use go_bus_client::{BusClient, BusError};
use go_orchestrator::{Takeover, takeovers};
use serde::Serialize;

/// So many takeovers are shown.
const SHOWN: usize = 5;

/// Events a page.
const PAGE: u32 = 1000;

/// What the log tells of takeovers.
#[derive(Debug, Serialize)]
pub(super) struct History {
    /// The last ones, oldest first.
    pub(super) takeovers: Vec<Takeover>,
    /// Whether the log does not go back to the first epoch any more.
    pub(super) earlier_ones_gone: bool,
}

/// Reads all of the lease's events that are kept: there are two for each epoch.
pub(super) async fn read(client: &BusClient) -> Result<History, BusError> {
    let (mut events, mut earlier_ones_gone, mut after) = (Vec::new(), false, Seq(0));
    loop {
        match client.events_about("lease", after, PAGE).await {
            Ok(page) => match page.items.last() {
                Some(last) => {
                    after = last.seq;
                    events.extend(page.items);
                }
                None => return Ok(History { takeovers: last_of(&events), earlier_ones_gone }),
            },
            Err(error) => match first_kept(&error).filter(|kept| *kept > after) {
                Some(kept) => (after, earlier_ones_gone) = (kept, true),
                None => return Err(error),
            },
        }
    }
}

/// The cursor before the first event that is kept, where the Bus says that older ones are gone.
fn first_kept(error: &BusError) -> Option<Seq> {
    let problem = error.document().filter(|_| error.is(ProblemKind::HistoryGone))?;
    Some(Seq(problem.more.get("first")?.as_u64()?.saturating_sub(1)))
}

fn last_of(events: &[Event]) -> Vec<Takeover> {
    let mut takeovers = takeovers(events);
    takeovers.drain(..takeovers.len().saturating_sub(SHOWN));
    takeovers
}

#[cfg(test)]
mod tests {
    use go_bus_api::{EventKind, Problem, Text, Timestamp};
    use serde_json::json;

    use super::*;

    fn acquired(epoch: u64) -> Event {
        let data =
            json!({"holder": "go-1", "epoch": epoch, "ttl_ms": 1, "acquired_at": null, "handoff": null, "url": null});
        let (seq, at, actor) = (Seq(epoch), Timestamp::from_unix_millis(0), Text::clipped("bus"));
        Event { seq, kind: EventKind::LeaseAcquired, at, actor, epoch: None, subject: None, data }
    }

    #[test]
    fn the_last_five_are_shown() {
        let events: Vec<_> = (1..=20).map(acquired).collect();
        let epochs: Vec<_> = last_of(&events).iter().map(|takeover| takeover.to.0).collect();
        assert_eq!(epochs, [16, 17, 18, 19, 20]);
        assert!(last_of(&[acquired(1)]).is_empty());
    }

    #[test]
    fn where_history_is_gone_it_reads_on_from_what_is_kept() {
        let gone = Problem::new(ProblemKind::HistoryGone, "").with(&json!({"first": 9}));
        assert_eq!(first_kept(&BusError::Refused(Box::new(gone))), Some(Seq(8)));
        let other = Problem::new(ProblemKind::NotFound, "").with(&json!({"first": 9}));
        assert_eq!(first_kept(&BusError::Refused(Box::new(other))), None);
    }
}
