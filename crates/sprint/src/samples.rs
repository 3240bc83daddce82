//! Resources for the tests of this crate.

use std::str::FromStr;

use go_bus_api::{Account, Agent, Host, Project, Resource, Revision, Role, Sprint, Task, TaskId, TaskKind};
use go_bus_client::World;
use serde_json::json;

const AT: &str = "2026-03-21T08:15:30.000Z";

/// The id that `text` is.
pub(crate) fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A ready agent without a task.
pub(crate) fn agent(id: &str, role: Role) -> Agent {
    serde_json::from_value(json!({
        "id": id, "role": role, "state": "ready", "driver": "shell", "spawned_at": AT, "revision": 1,
    }))
    .unwrap()
}

/// A pending ticket.
pub(crate) fn task(id: &str, project: &str) -> Task {
    serde_json::from_value(json!({
        "id": id, "project": project, "title": "A ticket", "kind": "ticket", "priority": "p2", "state": "pending",
        "attempt": 0, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": AT, "revision": 1,
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

/// An account that takes agents.
pub(crate) fn account(id: &str, provider: &str) -> Account {
    serde_json::from_value(json!({ "id": id, "provider": provider, "created_at": AT, "revision": 1 })).unwrap()
}

/// An active project of weight 1.
pub(crate) fn project(id: &str) -> Project {
    serde_json::from_value(json!({
        "id": id, "name": id, "state": "active", "priority": "p2", "weight": 1, "created_at": AT, "revision": 1,
    }))
    .unwrap()
}

/// A sprint under way with these tickets, with a window that no test reaches the end of.
pub(crate) fn sprint(id: &str, tickets: &[TaskId]) -> Sprint {
    serde_json::from_value(json!({
        "id": id, "state": "open", "tickets": tickets, "started_at": AT, "ends_at": "2026-03-21T11:15:30.000Z",
        "closed_at": null, "summary": null, "pace": null, "revision": 1,
    }))
    .unwrap()
}

/// Takes every ticket that there is into the sprint `S-1`.
pub(crate) fn enrol(world: &mut World) {
    let tickets = world.tasks().filter(|task| task.kind == TaskKind::Ticket).map(|task| task.id.clone());
    let tickets: Vec<TaskId> = tickets.collect();
    let revision = world.sprint(&id("S-1")).map_or(Revision(1), |sprint| sprint.revision.next());
    world.apply(Resource::Sprint(Sprint { revision, ..sprint("S-1", &tickets) }));
}

/// The PO `po-<project>`.
pub(crate) fn po(project: &str) -> Agent {
    Agent { project: Some(id(project)), ..agent(&format!("po-{project}"), Role::Po) }
}

/// These hosts with their HOs `ho-<host>`, and the project `site` with its PO.
pub(crate) fn world<'a>(hosts: impl IntoIterator<Item = (&'a str, u32)>) -> World {
    let mut world: World = [Resource::Project(project("site")), Resource::Agent(po("site"))].into_iter().collect();
    for (name, slots) in hosts {
        world.apply(Resource::Host(host(name, slots)));
        let ho = Agent { host: Some(id(name)), ..agent(&format!("ho-{name}"), Role::Ho) };
        world.apply(Resource::Agent(ho));
    }
    world
}
