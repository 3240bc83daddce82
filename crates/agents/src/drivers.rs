//! The drivers that this build has.

use go_bus_api::DriverKind;
use go_driver::{AgentDriver, ShellDriver};

/// The driver of this kind; `None` where this build has none.
pub(crate) fn of(kind: DriverKind) -> Option<&'static dyn AgentDriver> {
    match kind {
        DriverKind::Shell => Some(&ShellDriver),
        DriverKind::Claude | DriverKind::Codex | DriverKind::Command => None,
    }
}
