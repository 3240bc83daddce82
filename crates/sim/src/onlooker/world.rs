//! What the onlooker knows of the Bus.

use go_bus_api::{Epoch, Event, EventKind, LeaseEvent};
use go_bus_client::World;

/// The mirror of the Bus, and the last epoch.
pub(super) struct Known {
    /// The mirror.
    pub(super) world: World,
    /// The last epoch granted.
    pub(super) epoch: Epoch,
    /// Whether somebody holds the lease.
    pub(super) is_led: bool,
}

impl Known {
    pub(super) fn new(world: World, epoch: Epoch, is_led: bool) -> Self {
        Self { world, epoch, is_led }
    }

    /// Takes an event in.
    pub(super) fn take(&mut self, event: &Event) {
        self.world.apply_event(event);
        let is_lease =
            matches!(event.kind, EventKind::LeaseAcquired | EventKind::LeaseReleased | EventKind::LeaseExpired);
        if is_lease && let Ok(lease) = serde_json::from_value::<LeaseEvent>(event.data.clone()) {
            self.epoch = lease.epoch;
            self.is_led = event.kind == EventKind::LeaseAcquired;
        }
    }
}
