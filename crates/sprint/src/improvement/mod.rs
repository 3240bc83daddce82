//! Improvement work (R29): what is done where fewer than `agents.min` work and no ticket can start.
//!
//! An [`ImprovementSource`] tells findings; [`shortfall`] decides what becomes of them, and says what stands in the way of more. It looks at
//! the World alone: limits, rests and ids follow from the improvements that were made, so a successor goes on where its predecessor
//! ended, and what is made twice is refused as already there.

mod alert;
mod candidates;
mod commands;
pub mod conformance;
mod failed_checks;
mod finding;
mod history;
mod naming;
mod obstacle;
mod policy;
mod rest;
mod shortfall;
mod source;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use go_bus_api::{DriverKind, Text};

pub use commands::{CommandFindings, ImprovementCommands, LONGEST_COMMAND};
pub use failed_checks::{FailedChecks, MissingRegressionTests};
pub use finding::{Finding, Fingerprint, ImprovementKind};
pub use obstacle::Obstacle;
pub use policy::{ImprovementPolicy, ImprovementSettings};
pub use shortfall::{Shortfall, shortfall};
pub use source::{ImprovementSource, KnownFindings, Subject};

/// How the result of an improvement begins that found nothing to do: its source rests as after a failed one.
pub const NOTHING_TO_IMPROVE: &str = "nothing to improve";

/// Whether `driver` can work on `finding`: the shell needs a command.
fn can_be_built(finding: &Finding, driver: DriverKind) -> bool {
    driver != DriverKind::Shell || finding.run.as_ref().is_some_and(|run| !Text::is_blank(run))
}
