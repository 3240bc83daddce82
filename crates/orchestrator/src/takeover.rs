//! From one leader to the next: what is read at the start of a tenure and left at its end (R3, R4).

use std::sync::Arc;

use go_bus_client::{BusClient, Feed};

use crate::handoff::HandoffDocument;
use crate::leader::Leader;
use crate::plan_desk::PlanDesk;
use crate::rest::Rest;

/// The last leader's handoff, where there is one that can be read.
pub(crate) async fn read_handoff(bus: &BusClient) -> Option<HandoffDocument> {
    match bus.handoff().await {
        Ok(handoff) => HandoffDocument::read(&handoff?),
        Err(error) => {
            tracing::warn!(%error, "the handoff can't be read");
            None
        }
    }
}

/// Says where the last leader stood. The snapshot is younger than its handoff, so what happened in between is in it.
pub(crate) fn greet(handoff: Option<&HandoffDocument>, feed: &Feed) {
    match handoff {
        Some(handoff) if handoff.cursor > feed.seq() => {
            tracing::warn!(handoff = %handoff.cursor, seq = %feed.seq(), "the Bus is older than the handoff; it counts");
        }
        Some(handoff) => tracing::info!(running = handoff.running.len(), seq = %feed.seq(), "taking over"),
        None => tracing::info!(seq = %feed.seq(), "leading; nobody left a handoff"),
    }
}

impl Leader<'_> {
    /// Starts nothing any more while others end what runs, and then looks at what has become of it.
    pub(crate) async fn take_rest(&mut self, rest: Option<&Rest>, bus: &BusClient) {
        let Some(rest) = rest else { return };
        rest.take().await;
        match Feed::start(bus.clone(), Arc::clone(&self.clock)).await {
            Ok(feed) => self.feed = feed,
            Err(error) => tracing::warn!(%error, "what the agents' end changed is not seen"),
        }
    }

    /// Leaves everything to whoever comes next: the plan's statuses and the handoff (R4).
    pub(crate) async fn hand_off(&mut self, desk: Option<&mut PlanDesk>) {
        if let (Some(desk), Some(plan), Ok(_)) = (desk, self.view.plan(), self.lease.client()) {
            desk.flush(plan.clone(), self.feed.world()).await;
        }
        let document = HandoffDocument::of(self.feed.world(), self.feed.seq(), self.clock.wall());
        let Ok(bus) = self.lease.client() else { return };
        if let Err(error) = bus.put_handoff(&document.to_value()).await {
            tracing::warn!(%error, "no handoff was written; the next leader reconciles without it");
        }
    }
}
