//! `models` and `context`: what agents run on, and when an orchestrator's context is rotated (R22, R26).

use std::sync::Arc;

use go_bus_api::{Model, Ratio, Text};
use go_spawn::{Handbook, Models, Rotation, SeedRouter};
use go_steward::Steward;

use super::reader::Reader;
use super::value::Setting;
use crate::stewards::Shelf;

/// What agents are spawned with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpawnSettings {
    /// The ids that the models' names stand for.
    models: Models,
    /// How full a context is when it is rotated; the seed's share where nothing is said.
    rotate_at: Option<Ratio>,
}

impl Setting for Model {
    fn read(value: &serde_yaml::Value) -> Result<Self, String> {
        Text::new(String::read(value)?).map(Self).map_err(|error| error.to_string())
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

impl SpawnSettings {
    /// Reads the sections.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let seed = Models::default();
        let models = Models {
            default: reader.get("models.default", seed.default),
            opus: reader.get("models.opus", seed.opus),
            haiku: reader.get("models.haiku", seed.haiku),
        };
        Self { models, rotate_at: reader.get("context.rotate_at", Ratio::new(0.7).ok()) }
    }

    /// What a spawner goes by, with the stewards' files that `steward` holds.
    pub(crate) fn handbook(&self, steward: &Arc<Steward>) -> Handbook {
        let rotation = self.rotate_at.map(Rotation::at).unwrap_or_default();
        let prompts = Arc::new(Shelf(Arc::clone(steward)));
        let router = Arc::new(SeedRouter::new(self.models.clone()));
        Handbook { router, prompts, rotation, ..Handbook::default() }
    }
}
