//! What ends a GO against its will.

use go_bus_client::BusError;
use go_lease::LeaseError;
use go_plan::{Diagnostic, FileError};

use crate::activation::BootstrapFailed;

/// What ends a GO against its will.
#[derive(Debug, thiserror::Error)]
pub enum GoError {
    /// It could not register with the Bus.
    #[error("failed to register with the Bus: {0}")]
    Register(#[source] BusError),
    /// It did not get the lease.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The plan has mistakes; all of them.
    #[error("the plan has {}", mistakes(.0))]
    Plan(Vec<Diagnostic>),
    /// The plan's file can't be read or watched.
    #[error(transparent)]
    PlanFile(#[from] FileError),
    /// The bootstrap skill has failed (R32).
    #[error(transparent)]
    Bootstrap(#[from] BootstrapFailed),
}

impl GoError {
    /// Whether another instance holds the lease and waiting was not wanted.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Lease(LeaseError::Held(_)))
    }
}

fn mistakes(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    let count = if lines.len() == 1 { "a mistake".to_owned() } else { format!("{} mistakes", lines.len()) };
    format!("{count}:\n{}", lines.join("\n"))
}
