//! Tests of the World: what counts is the newest revision, however it comes.

mod completions;
mod lookups;
mod replay;
mod scope;
mod sprints;

use go_bus_api::{Agent, Event, EventKind, Message, Resource, ResourceKind, Seq, Subject, Task, Text, Timestamp};
use serde_json::{Value, json};

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

const AT: &str = "2026-03-21T08:15:30.250Z";

fn task(id: &str, revision: u64, more: Value) -> Task {
    let mut value = json!({
        "id": id, "project": "site", "title": id, "kind": "ticket", "category": null, "priority": "p2",
        "state": "pending", "assignee": null, "attempt": 0, "max_attempts": 3, "failures": 0, "losses": 0,
        "estimate_minutes": null, "model": null, "role": null, "host": null, "run": null, "review": null,
        "deliverable": null, "review_of": null, "sprint": null, "created_at": AT, "assigned_at": null,
        "finished_at": null, "not_before": null, "idle_ms": null, "deadline_ms": null, "result": null, "error": null,
        "revision": revision,
    });
    merge(&mut value, more);
    read(value)
}

fn agent(id: &str, revision: u64, more: Value) -> Agent {
    let mut value = json!({
        "id": id, "role": "po", "host": "h1", "project": "site", "user": null, "parent": null, "state": "ready",
        "model": null, "driver": "shell", "prompt_sha256": null, "task": null, "attempt": null, "spawned_at": AT,
        "last_heartbeat": null, "token_rotated_at": null, "context_used": null, "exit": null, "revision": revision,
    });
    merge(&mut value, more);
    read(value)
}

fn message(id: &str, to: &str, read_already: bool) -> Message {
    read(json!({
        "id": id, "from": "000", "to": to, "subject": "s", "body": "b", "kind": null, "sent_at": AT,
        "acknowledged_at": read_already.then_some(AT),
    }))
}

fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(fields), Value::Object(more)) = (value, more) {
        fields.extend(more);
    }
}

fn event(seq: u64, kind: ResourceKind, id: &str, data: Value) -> Event {
    Event {
        seq: Seq(seq),
        kind: EventKind::TaskUpdated,
        at: Timestamp::from_unix_millis(0),
        actor: Text::clipped("000"),
        epoch: None,
        subject: Some(Subject::of(kind, id)),
        data,
    }
}

/// The event that a change to `resource` makes.
fn event_of(seq: u64, resource: &Resource) -> Event {
    let line = serde_json::to_value(resource).unwrap();
    let kind: ResourceKind = read(line["type"].clone());
    let id: String = read(line["resource"]["id"].clone());
    event(seq, kind, &id, line["resource"].clone())
}
