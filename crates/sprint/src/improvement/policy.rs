//! What improvement work goes by.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{DriverKind, Millis};

use super::{ImprovementKind, ImprovementSource};

/// The settings `improvement`, and `agents.min`, which it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImprovementSettings {
    /// Whether any is made (`improvement.enabled`).
    pub enabled: bool,
    /// How many agents work at all times (`agents.min`).
    pub min: u32,
    /// How many may be open at once, in all projects together (`improvement.max_open`).
    pub max_open: u32,
    /// How many may be made in any 24 hours, in all projects together (`improvement.per_day`).
    pub per_day: u32,
    /// Which kinds are wanted (`improvement.kinds`).
    pub kinds: Vec<ImprovementKind>,
    /// What runs the agents of a project that names nothing (`agents.driver`).
    pub driver: DriverKind,
    /// How long it is quiet before too few at work is worth an alert.
    pub patience: Duration,
    /// How long an attempt may show no progress (`agents.idle_timeout`).
    pub idle: Option<Millis>,
    /// How long an attempt may take (`agents.timeout`).
    pub deadline: Option<Millis>,
}

impl Default for ImprovementSettings {
    /// The seed's numbers.
    fn default() -> Self {
        Self {
            enabled: true,
            min: 3,
            max_open: 3,
            per_day: 10,
            kinds: ImprovementKind::ALL.to_vec(),
            driver: DriverKind::Shell,
            patience: Duration::from_secs(60),
            idle: None,
            deadline: None,
        }
    }
}

/// What improvement work goes by, and where findings come from.
#[derive(Debug, Clone)]
pub struct ImprovementPolicy {
    /// The settings.
    pub settings: ImprovementSettings,
    /// The sources, asked in this order.
    pub sources: Vec<Arc<dyn ImprovementSource>>,
}

impl ImprovementPolicy {
    /// Makes nothing and says nothing: for a fleet that ends when its plan is done.
    pub fn off() -> Self {
        let settings = ImprovementSettings { enabled: false, ..ImprovementSettings::default() };
        Self { settings, sources: Vec::new() }
    }
}

impl Default for ImprovementPolicy {
    fn default() -> Self {
        Self::off()
    }
}
