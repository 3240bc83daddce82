//! What GO spawns with: the router, what the stewards give to prompts, and when a context is rotated.

use std::sync::Arc;

use crate::{BuiltIn, ModelRouter, PromptSource, Rotation, SeatDrivers, SeedRouter};

/// The settings of GO's spawner.
#[derive(Debug, Clone)]
pub struct Handbook {
    /// Chooses the models.
    pub router: Arc<dyn ModelRouter>,
    /// The rules, skills and state files that prompts carry, and how they are set (R5).
    pub prompts: Arc<dyn PromptSource>,
    /// When an orchestrator hands over to a fresh context (`context.rotate_at`).
    pub rotation: Rotation,
    /// What runs HOs, POs and IOs (`agents.ho`, `agents.po`, `agents.io`).
    pub seats: SeatDrivers,
}

impl Default for Handbook {
    fn default() -> Self {
        Self {
            router: Arc::new(SeedRouter::default()),
            prompts: Arc::new(BuiltIn),
            rotation: Rotation::default(),
            seats: SeatDrivers::default(),
        }
    }
}
