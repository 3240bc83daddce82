//! What the rules leave to the operator.

use std::time::Duration;

use go_rules::backoff::Backoff;

/// The limits that hold inside the write's transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many agents with a task there may be on all hosts; `None` for no cap but the hosts' slots.
    pub agents_max: Option<u32>,
    /// How often reviewers may want changes to a task before it is blocked and a human is told; at least 1.
    pub review_rounds: u32,
    /// How long a failed task pauses before its next attempt.
    pub task_backoff: Backoff,
    /// How long a lease lives whose holder asks for no TTL (R2).
    pub lease_ttl: Duration,
    /// Which events are kept.
    pub retention: Retention,
}

/// Which events are kept: one goes once there are that many newer ones, and it is that much older than the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// At least this many of the last events; never less than one.
    pub events: u64,
    /// And those that are not older than this.
    pub age: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { events: 1_000_000, age: Duration::from_secs(24 * 3600) }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            agents_max: None,
            review_rounds: 3,
            task_backoff: Backoff::TASK,
            lease_ttl: Duration::from_secs(125),
            retention: Retention::default(),
        }
    }
}
