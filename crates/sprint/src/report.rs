//! What came of a sprint, for programs (R28).

use go_bus_api::{AgentId, CarriedOver, Pace, ProjectId, SprintId, TaskId, Timestamp, Usd};
use serde::{Deserialize, Serialize};

/// What came of a sprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SprintReport {
    /// The sprint.
    pub sprint: SprintId,
    /// When it began.
    pub started_at: Timestamp,
    /// When its window was to end.
    pub ends_at: Timestamp,
    /// When it was closed, by GO's clock.
    pub closed_at: Timestamp,
    /// How many tickets it had.
    pub tickets: usize,
    /// What was done.
    pub done: Vec<DoneTicket>,
    /// What was cancelled.
    #[serde(default)]
    pub cancelled: Vec<TaskId>,
    /// What was not brought to its end, and why.
    #[serde(default)]
    pub carried: Vec<CarriedOver>,
    /// What the reviewers said.
    pub reviews: ReviewCounts,
    /// Actual time against estimated time, of what was done.
    pub time: TimeSpent,
    /// What it cost, in USD; null where that is not known.
    #[serde(default)]
    pub cost_usd: Option<Usd>,
}

/// A ticket that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneTicket {
    /// The ticket.
    pub ticket: TaskId,
    /// Its project.
    pub project: ProjectId,
    /// Its title; null where it is not known any more.
    #[serde(default)]
    pub title: Option<String>,
    /// Who built it.
    #[serde(default)]
    pub by: Vec<AgentId>,
    /// Who answered for it.
    #[serde(default)]
    pub answered_by: Option<AgentId>,
    /// How often it was assigned.
    pub attempts: u32,
    /// How its review went; null where it needed none.
    #[serde(default)]
    pub review: Option<ReviewOutcome>,
    /// How long it was thought to take, in minutes.
    #[serde(default)]
    pub estimate_minutes: Option<u32>,
    /// How long its last attempt took from its assignment to its end, its review included, in seconds.
    #[serde(default)]
    pub took_s: Option<u64>,
    /// The summary of its completion, in one line.
    #[serde(default)]
    pub result: Option<String>,
}

/// How a review went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewOutcome {
    /// Who approved it; nobody where the operator did.
    #[serde(default)]
    pub reviewers: Vec<AgentId>,
    /// How often a reviewer wanted changes before.
    pub rounds: u32,
    /// The last verdict with its notes, in one line.
    #[serde(default)]
    pub verdict: Option<String>,
}

/// What the reviewers said in a sprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReviewCounts {
    /// How many tickets were approved.
    pub approved: u32,
    /// How often changes were wanted, also of what was not brought to its end.
    pub changes_requested: u32,
}

/// Actual time against estimated time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TimeSpent {
    /// What was estimated, in minutes, of what was done with an estimate.
    pub estimated_minutes: u64,
    /// What the same took, in seconds.
    pub took_s: u64,
}

impl TimeSpent {
    /// Actual over estimated time; `None` without an estimate.
    pub fn pace(&self) -> Option<Pace> {
        let seconds = |count: u64| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
        let estimated = seconds(self.estimated_minutes.saturating_mul(60));
        if estimated > 0.0 { Pace::new(seconds(self.took_s) / estimated).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_is_actual_over_estimated_time() {
        let pace = |estimated_minutes, took_s| TimeSpent { estimated_minutes, took_s }.pace().map(Pace::get);
        assert_eq!((pace(10, 900), pace(10, 300), pace(0, 300)), (Some(1.5), Some(0.5), None));
        assert!(pace(u64::MAX, u64::MAX).is_some());
    }
}
