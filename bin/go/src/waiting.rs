//! Why a task waits, in words: what the dispatcher itself goes by.

use go_bus_api::{Task, Timestamp};
use go_bus_client::World;
use go_sprint::{Limits, Readiness, readiness};

/// Every reason why `task` has not started, or what it is at.
pub(crate) fn reasons(world: &World, task: &Task, limits: &Limits, now: Timestamp) -> String {
    match readiness(world, task, limits, now) {
        Readiness::Ready => "ready: is assigned next".to_owned(),
        Readiness::UnderWay => "under way".to_owned(),
        Readiness::Over => task.state.as_str().to_owned(),
        Readiness::Waiting(reasons) => reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}
