//! Sprints as the fake Bus has them: a beginning marks the tickets, an end makes the pushes.

use go_bus_api::{SprintId, Task};
use serde_json::{Value, json};

use super::state::{AT, State};

type Reply = (u16, Value);

impl State {
    pub(super) fn start_sprint(&mut self, body: &Value) -> Reply {
        let id = body["id"].as_str().unwrap().to_owned();
        let sprint = json!({
            "id": id, "state": "open", "tickets": body["tickets"], "started_at": AT, "ends_at": body["ends_at"],
            "closed_at": null, "summary": null, "pace": null, "revision": 1,
        });
        self.put_other(&format!("sprints/{id}"), "sprint", &sprint);
        for ticket in body["tickets"].as_array().unwrap() {
            let task = self.tasks[ticket.as_str().unwrap()].clone();
            self.put_task(Task { sprint: SprintId::new(id.as_str()).ok(), ..task });
        }
        (201, sprint)
    }

    pub(super) fn close_sprint(&mut self, id: &str, body: &Value) -> Reply {
        let path = format!("sprints/{id}");
        let mut sprint = json!(self.others[&path])["resource"].clone();
        for field in ["summary", "pace", "report", "carried"] {
            sprint[field] = body[field].clone();
        }
        (sprint["state"], sprint["closed_at"], sprint["revision"]) = (json!("closed"), json!(AT), json!(2));
        for push in body["pushes"].as_array().unwrap() {
            self.create_task(push);
        }
        self.put_other(&path, "sprint", &sprint);
        (200, sprint)
    }
}
