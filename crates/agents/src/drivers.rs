//! The drivers that a build has.

use std::collections::BTreeMap;
use std::sync::Arc;

use go_bus_api::DriverKind;
use go_driver::{AgentDriver, ClaudeDriver, CodexDriver, CommandDriver, ShellDriver};

/// What runs agents: one driver for each kind. A launcher makes commands with them, a shim reads what those say; both have to
/// have the same ones. Clones share them.
#[derive(Debug, Clone)]
pub struct Drivers(BTreeMap<DriverKind, Arc<dyn AgentDriver>>);

impl Default for Drivers {
    /// Those that come with GO, with their usual settings.
    fn default() -> Self {
        Self(BTreeMap::new())
            .with(ShellDriver)
            .with(ClaudeDriver::default())
            .with(CodexDriver::default())
            .with(CommandDriver::default())
    }
}

impl Drivers {
    /// The same with `driver` for its kind, in place of one that was there.
    #[must_use]
    pub fn with(mut self, driver: impl AgentDriver) -> Self {
        self.0.insert(driver.kind(), Arc::new(driver));
        self
    }

    /// The driver of this kind; `None` where there is none.
    pub fn get(&self, kind: DriverKind) -> Option<&dyn AgentDriver> {
        self.0.get(&kind).map(AsRef::as_ref)
    }

    /// The same driver, shared.
    pub fn shared(&self, kind: DriverKind) -> Option<Arc<dyn AgentDriver>> {
        self.0.get(&kind).cloned()
    }
}
