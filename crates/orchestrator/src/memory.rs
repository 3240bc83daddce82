//! What GO remembers between ticks though the Bus does not have it. Losing it costs order and patience, never correctness.

use go_bus_api::{AgentId, ResourceKind, Role};
use go_bus_client::{Changes, World};
use go_spawn::SeatHistory;
use go_sprint::Turns;

use crate::activation::Activation;

/// The past holders of seats, and whose turn it is.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// When a seat may be taken again.
    pub seats: SeatHistory,
    /// Whose turn it is among projects with an equal claim.
    pub turns: Turns,
    /// What has to be run before anything starts; set anew by each tenure.
    pub activation: Activation,
}

impl Memory {
    /// What the World itself tells of the past, read once at the start and after a new snapshot.
    pub fn recall(&mut self, world: &World) {
        let mut orchestrators: Vec<_> =
            world.agents().filter(|agent| matches!(agent.role, Role::Ho | Role::Po | Role::Io)).collect();
        orchestrators.sort_by_key(|agent| agent.spawned_at);
        orchestrators.into_iter().for_each(|agent| self.seats.observe(agent));
    }

    /// Takes note of what has changed.
    pub fn observe(&mut self, world: &World, changes: &Changes) {
        if changes.reset {
            return self.recall(world);
        }
        for change in changes.items.iter().filter(|change| change.resource == ResourceKind::Agent) {
            let agent = AgentId::new(change.id.as_str()).ok();
            if let Some(agent) = agent.and_then(|id| world.agent(&id)) {
                self.seats.observe(agent);
            }
        }
    }
}
