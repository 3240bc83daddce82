//! Resources for the tests of this crate.

use go_bus_api::Task;
use serde_json::json;

/// A ticket in progress.
pub(crate) fn ticket(category: &str) -> Task {
    serde_json::from_value(json!({
        "id": "T-1", "project": "site", "title": "A ticket", "kind": "ticket", "category": category, "priority": "p2",
        "state": "in_progress", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
        "created_at": "2026-03-21T08:15:30.000Z", "revision": 1,
    }))
    .unwrap()
}
