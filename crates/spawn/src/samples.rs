//! Resources for the tests of this crate.

use std::str::FromStr;

use go_bus_api::{Agent, Host, Project, Role, Task};
use serde_json::json;

/// The id that `text` is.
pub(crate) fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A ready agent of project `site`, host `h1` and user `operator`, as far as its role has these.
pub(crate) fn agent(id: &str, role: Role) -> Agent {
    let project = (!matches!(role, Role::Ho | Role::Io)).then_some("site");
    let user = (role == Role::Io).then_some("operator");
    serde_json::from_value(json!({
        "id": id, "role": role, "host": "h1", "project": project, "user": user, "parent": "000", "state": "ready",
        "model": null, "driver": "shell", "prompt_sha256": null, "task": null, "attempt": null,
        "spawned_at": "2026-03-21T08:15:30.000Z", "last_heartbeat": null, "token_rotated_at": null, "context_used": null,
        "exit": null, "revision": 1,
    }))
    .unwrap()
}

/// A pending ticket of project `site`.
pub(crate) fn task(id: &str) -> Task {
    serde_json::from_value(json!({
        "id": id, "project": "site", "title": "A ticket", "kind": "ticket", "category": null, "priority": "p2",
        "state": "pending", "assignee": null, "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
        "estimate_minutes": null, "model": null, "role": null, "host": null, "run": "true", "review": null,
        "deliverable": null, "review_of": null, "sprint": null, "created_at": "2026-03-21T08:15:30.000Z",
        "assigned_at": null, "finished_at": null, "not_before": null, "idle_ms": null, "deadline_ms": null, "result": null,
        "error": null, "revision": 1,
    }))
    .unwrap()
}

/// An active host whose launcher is there.
pub(crate) fn host(id: &str, slots: u32) -> Host {
    serde_json::from_value(json!({
        "id": id, "state": "active", "slots": slots, "last_heartbeat": "2026-03-21T08:15:30.000Z", "launcher": "a-launcher",
        "revision": 1,
    }))
    .unwrap()
}

/// An active project.
pub(crate) fn project(id: &str) -> Project {
    serde_json::from_value(json!({
        "id": id, "name": id, "state": "active", "priority": "p2", "weight": 1, "repo": null, "driver": null,
        "budget_usd": null, "created_at": "2026-03-21T08:15:30.000Z", "revision": 1,
    }))
    .unwrap()
}
