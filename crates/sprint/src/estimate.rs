//! How long work is thought to take.

use std::time::Duration;

use go_bus_api::Task;

/// What a ticket without an estimate is thought to take: some of them make a sprint.
const UNESTIMATED: Duration = Duration::from_secs(30 * 60);

/// How long `task` is thought to take.
pub(crate) fn estimate(task: &Task) -> Duration {
    task.estimate_minutes.map_or(UNESTIMATED, minutes)
}

/// So many minutes.
pub(crate) fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count).saturating_mul(60))
}
