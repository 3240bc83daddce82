//! Telling the Bus what happened: restarts as events, giving up as an alert.

use go_bus_api::{AlertLevel, EventKind, NewAlert, NewEvent, Subject, Text};
use go_bus_client::{BusClient, BusError};
use go_governor::watchdog::{Notice, Record};
use serde_json::json;

/// The key of the alert: while one is open there is no second.
const GIVEN_UP: &str = "watchdog:given-up";

/// Tells what the Bus has not been told, oldest first; what it can't take now stays in the record.
pub(super) async fn tell(client: &BusClient, record: &mut Record) {
    while let Some(notice) = record.notices.first() {
        match one(client, notice).await {
            Err(error) if error.is_retryable() || matches!(error, BusError::Unauthorized(_)) => {
                tracing::warn!("the Bus could not be told, so it is told at the next check: {error}");
                return;
            }
            Err(error) => tracing::warn!("the Bus does not take what it is told: {error}"),
            Ok(()) => {}
        }
        record.notices.remove(0);
    }
}

async fn one(client: &BusClient, notice: &Notice) -> Result<(), BusError> {
    match notice {
        Notice::Restarted { at, why, nth } => {
            let data = json!({ "at": at, "why": why, "restarts_within_an_hour": nth });
            let subject = Text::new("agents/000").ok().map(Subject);
            client.post_event(&NewEvent { kind: EventKind::GoRestarted, subject, data }).await.map(drop)
        }
        Notice::GivenUp { at, why, restarts } => {
            let detail =
                format!("At {at}, after {restarts} restarts within an hour. {why}. `go tmux status` shows it.");
            let alert = NewAlert {
                level: AlertLevel::L5,
                title: Text::clipped("GO is down and restarts do not help: the watchdog has given up for an hour"),
                detail: Text::clipped(&detail),
                project: None,
                dedupe_key: Text::new(GIVEN_UP).ok(),
            };
            client.raise_alert(&alert).await.map(drop)
        }
    }
}
