//! What GO spawns with: the router, the rules' text and when a context is rotated.

use std::sync::Arc;

use crate::prompt::texts;
use crate::{ModelRouter, Rotation, SeedRouter};

/// The settings of GO's spawner.
#[derive(Debug, Clone)]
pub struct Handbook {
    /// Chooses the models.
    pub router: Arc<dyn ModelRouter>,
    /// The rules that every prompt carries.
    pub rules: String,
    /// When an orchestrator hands over to a fresh context (`context.rotate_at`).
    pub rotation: Rotation,
}

impl Default for Handbook {
    fn default() -> Self {
        Self {
            router: Arc::new(SeedRouter::default()),
            rules: texts::HOUSE_RULES.to_owned(),
            rotation: Rotation::default(),
        }
    }
}
