//! What a reviewer is told.

/// The parts of a reviewer's prompt that the policy decides; the spawner adds identity, ticket, rules and Bus access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// What it is there to do.
    pub mission: String,
    /// The commands it runs, in order; all exit 0 where the deliverable is good.
    pub checks: Vec<String>,
}
