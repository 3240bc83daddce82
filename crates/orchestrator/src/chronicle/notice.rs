//! The alert that says that the chronicle can't be written, from its raising to its end.

use go_bus_api::{Alert, AlertId, AlertLevel, NewAlert, Text};
use go_bus_client::{BusClient, World};

use super::files::Unwritten;

/// By this the Bus and a successor know it again.
const KEY: &str = "chronicle";

/// The alert that is open, a predecessor's too.
pub(super) fn open(world: &World) -> Option<AlertId> {
    let is_this = |alert: &&Alert| alert.dedupe_key.as_ref().is_some_and(|key| key.as_str() == KEY);
    world.open_alerts().find(is_this).map(|alert| alert.id.clone())
}

/// Raises it; `None` where the Bus did not take it now.
pub(super) async fn raise(failures: &[Unwritten], bus: &BusClient) -> Option<AlertId> {
    let detail: Vec<String> = failures.iter().map(ToString::to_string).collect();
    let alert = NewAlert {
        level: AlertLevel::L3,
        title: Text::clipped("the Execution Log or a sprint's summary can't be written; GO goes on trying"),
        detail: Text::clipped(&detail.join("\n")),
        project: None,
        dedupe_key: Some(Text::clipped(KEY)),
    };
    let raised = bus.raise_alert(&alert).await;
    raised.inspect_err(|error| tracing::warn!(%error, "no alert was raised yet")).ok().map(|alert| alert.id)
}

/// Takes note of it: what it was about is written. Tells whether the Bus has that.
pub(super) async fn mend(alert: &AlertId, bus: &BusClient) -> bool {
    let mended = bus.acknowledge_alert(alert).await;
    mended.inspect_err(|error| tracing::warn!(%error, "the alert about the chronicle is not acknowledged yet")).is_ok()
}
