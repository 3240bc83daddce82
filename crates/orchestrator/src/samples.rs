//! Resources and plans for the tests of this crate.

use std::str::FromStr;

use go_bus_api::{Agent, DriverKind, Host, Project, Role, Slots, Sprint, Task, Text};
use go_plan::Plan;
use go_plan::reconcile::Defaults;
use serde_json::json;

const AT: &str = "2026-03-21T08:15:30.000Z";

/// A plan with one project, `site`, and one ticket, `T-1`.
pub(crate) const ONE_TICKET: &str = "\
version: 1
projects:
  - id: site
    tickets:
      - {id: T-1, title: An index, run: 'true', status: pending}
";

/// Four tickets: A, then B and C, then D; C was held.
pub(crate) const DIAMOND: &str = "\
version: 1
projects:
  - id: site
    tickets:
      - {id: D, title: D, run: 'true', depends_on: [B, C]}
      - {id: B, title: B, run: 'true', depends_on: [A]}
      - {id: C, title: C, run: 'true', depends_on: [A], status: held}
      - {id: A, title: A, run: 'true'}
";

/// The plan that `text` is.
pub(crate) fn plan(text: &str) -> Plan {
    Plan::parse("plan.yaml", text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// What holds where the plan says nothing.
pub(crate) fn defaults() -> Defaults {
    Defaults {
        repo: Text::clipped("/work"),
        slots: Slots::new(4).unwrap(),
        driver: DriverKind::Shell,
        timeout: None,
        idle_timeout: None,
    }
}

/// The id that `text` is.
pub(crate) fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A ready agent.
pub(crate) fn agent(id: &str, role: Role) -> Agent {
    serde_json::from_value(json!({
        "id": id, "role": role, "state": "ready", "driver": "shell", "spawned_at": AT, "revision": 1,
    }))
    .unwrap()
}

/// A ready PO.
pub(crate) fn po(id: &str, project: &str) -> Agent {
    Agent { project: Some(project.parse().unwrap()), ..agent(id, Role::Po) }
}

/// A pending ticket.
pub(crate) fn task(id: &str, project: &str) -> Task {
    serde_json::from_value(json!({
        "id": id, "project": project, "title": "A ticket", "kind": "ticket", "priority": "p2", "state": "pending",
        "attempt": 0, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": AT, "revision": 1,
    }))
    .unwrap()
}

/// The sprint `S-1`, under way with these tickets and a window that no test reaches the end of.
pub(crate) fn open_sprint(tickets: &[&str]) -> Sprint {
    serde_json::from_value(json!({
        "id": "S-1", "state": "open", "tickets": tickets, "started_at": AT, "ends_at": "2026-03-21T11:15:30.000Z",
        "closed_at": null, "summary": null, "pace": null, "revision": 1,
    }))
    .unwrap()
}

/// A sprint of two tickets that is closed; one was carried over.
pub(crate) fn closed_sprint(id: &str, summary: &str) -> Sprint {
    serde_json::from_value(json!({
        "id": id, "state": "closed", "tickets": ["T-1", "T-2"], "started_at": AT, "ends_at": "2026-03-21T11:15:30.000Z",
        "closed_at": "2026-03-21T10:15:30.250Z", "summary": summary, "pace": 0.8, "revision": 2,
        "carried": [{"ticket": "T-2", "why": "blocked behind T-9"}],
    }))
    .unwrap()
}

/// An active host whose launcher is there.
pub(crate) fn host(id: &str, slots: u32) -> Host {
    serde_json::from_value(json!({
        "id": id, "state": "active", "slots": slots, "last_heartbeat": AT, "launcher": "a-launcher", "revision": 1,
    }))
    .unwrap()
}

/// An active project.
pub(crate) fn project(id: &str) -> Project {
    serde_json::from_value(json!({
        "id": id, "name": id, "state": "active", "priority": "p2", "weight": 1, "created_at": AT, "revision": 1,
    }))
    .unwrap()
}
