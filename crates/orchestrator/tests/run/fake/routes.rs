//! The fake Bus's answers.

use go_bus_api::{Agent, AgentState, EventKind, ProblemKind, Task, TaskState};
use go_rules::uniqueness::Seat;
use http::Method;
use serde_json::{Value, json};

use super::problem;
use super::state::{AT, State};

type Reply = (u16, Value);

fn with(mut base: Value, body: &Value) -> Value {
    let (base_map, body) = (base.as_object_mut().unwrap(), body.as_object().unwrap());
    base_map.extend(body.iter().map(|(key, value)| (key.clone(), value.clone())));
    base
}

impl State {
    /// Answers a request: 401, fencing, a refusal that the test ordered, then what was asked.
    pub(crate) fn handle(
        &mut self,
        method: &Method,
        target: &str,
        token: &str,
        epoch: Option<u64>,
        body: &Value,
    ) -> Reply {
        if self.revoked.iter().any(|revoked| token.ends_with(revoked.as_str())) {
            return problem(ProblemKind::Unauthorized);
        }
        if epoch.is_some_and(|epoch| epoch != self.epoch || self.holder.is_none()) {
            return problem(ProblemKind::StaleEpoch);
        }
        if let Some(index) = self.refusals.iter().position(|(end, _)| target.ends_with(end)) {
            return problem(self.refusals.remove(index).1);
        }
        let path: Vec<&str> = target.trim_start_matches('/').split('/').collect();
        match (method.as_str(), path.as_slice()) {
            ("POST", ["agents"]) => self.spawn(epoch, body),
            ("DELETE", ["agents", "000", "lease"]) => self.release(body),
            ("POST", ["agents", "000", "lease"]) => self.lease(token, body),
            ("GET", ["agents", "000", ..]) => self.about_go(path[2]),
            ("PUT", ["agents", "000", "handoff"]) => {
                self.handoff = Some(json!({"epoch": self.epoch, "written_at": AT, "document": body}));
                (200, self.handoff.clone().unwrap())
            }
            ("DELETE", ["agents", id]) => {
                self.terminate(id);
                (200, json!(self.agents[*id]))
            }
            ("POST", ["agents", id, "heartbeat"]) => (200, json!(self.agents[*id])),
            ("POST", ["tasks"]) => self.create_task(body),
            ("POST", ["tasks", id, "assign"]) => self.assign(id, body),
            ("PATCH", ["tasks", id]) => {
                let patched = with(json!(self.tasks[*id]), body);
                self.put_task(serde_json::from_value(patched).unwrap());
                (200, json!(self.tasks[*id]))
            }
            ("POST", ["hosts"]) => self.create("host", body, json!({"launcher": "a-launcher", "last_heartbeat": AT})),
            ("POST", ["projects"]) => self.create("project", body, json!({"created_at": AT})),
            ("POST", ["io", "sessions"]) => {
                self.create("session", body, json!({"id": "s-1", "opened_at": AT, "io": null}))
            }
            ("POST", ["io", "alerts"]) => {
                self.create("alert", body, json!({"id": "alert-1", "state": "open", "raised_at": AT}))
            }
            ("POST", ["io", "alerts", id, "ack"]) => {
                let alert = with(
                    json!(self.others[&format!("alerts/{id}")])["resource"].clone(),
                    &json!({"state": "acknowledged"}),
                );
                self.put_other(&format!("alerts/{id}"), "alert", &alert);
                (200, alert)
            }
            ("POST", ["sprints"]) => self.start_sprint(body),
            ("POST", ["sprints", id, "close"]) => self.close_sprint(id, body),
            ("GET", ["snapshot"]) => (200, Value::Null),
            other => panic!("the fake Bus does not know {other:?}"),
        }
    }

    fn spawn(&mut self, epoch: Option<u64>, body: &Value) -> Reply {
        self.serial += 1;
        let id = format!("a-{}", self.serial);
        let known = json!({"id": id, "state": "requested", "driver": "shell", "spawned_at": AT, "revision": 1});
        let agent: Agent = serde_json::from_value(with(body.clone(), &known)).unwrap();
        if body["role"] == "go" {
            let token = format!("token-{id}");
            self.put_agent(Agent { state: AgentState::Ready, ..agent });
            return (201, with(json!(self.agents[&id]), &json!({"token": token})));
        }
        let seat = Seat::taken_by(&agent);
        if epoch.is_none() {
            return problem(ProblemKind::NotLeader);
        }
        if self.agents.values().any(|other| Seat::taken_by(other) == seat) {
            return problem(ProblemKind::AlreadyExists);
        }
        self.put_agent(agent);
        (201, json!(self.agents[&id]))
    }

    fn lease(&mut self, token: &str, body: &Value) -> Reply {
        let holder = body["holder"].as_str().unwrap().to_owned();
        if self.holder.as_ref() == Some(&holder) && self.owner != token {
            return problem(ProblemKind::NotHolder);
        }
        let ttl = body["ttl_ms"].clone();
        let status = match &self.holder {
            Some(held) if *held == holder && body["epoch"].as_u64().is_none_or(|epoch| epoch == self.epoch) => 200,
            Some(held) if *held == holder => return problem(ProblemKind::StaleEpoch),
            Some(held) => {
                let more = json!({"holder": held, "epoch": self.epoch, "remaining_ms": 1000, "handoff": null});
                return (409, with(problem(ProblemKind::LeaseHeld).1, &more));
            }
            None => {
                self.epoch += 1;
                201
            }
        };
        (self.holder, self.owner) = (Some(holder.clone()), token.to_owned());
        if status == 201 {
            self.tell_lease(EventKind::LeaseAcquired);
        }
        let grant =
            json!({"holder": holder, "epoch": self.epoch, "ttl_ms": ttl, "remaining_ms": ttl, "acquired_at": AT});
        (status, grant)
    }

    fn release(&mut self, body: &Value) -> Reply {
        if body["epoch"].as_u64() != Some(self.epoch) || self.holder.as_deref() != body["holder"].as_str() {
            return problem(ProblemKind::StaleEpoch);
        }
        self.holder = None;
        self.tell_lease(EventKind::LeaseReleased);
        (204, Value::Null)
    }

    fn about_go(&self, what: &str) -> Reply {
        match (what, &self.handoff) {
            ("handoff", Some(handoff)) => (200, handoff.clone()),
            ("handoff", None) => problem(ProblemKind::NotFound),
            _ => {
                let view = json!({"holder": self.holder, "epoch": self.epoch, "remaining_ms": 0, "standbys": []});
                (200, view)
            }
        }
    }

    fn create(&mut self, kind: &str, body: &Value, more: Value) -> Reply {
        let resource = with(with(more, body), &json!({"revision": 1}));
        let id = resource["id"].as_str().unwrap().to_owned();
        self.put_other(&format!("{kind}s/{id}"), kind, &resource);
        (201, resource)
    }

    pub(super) fn create_task(&mut self, body: &Value) -> Reply {
        let depends = body["depends_on"].as_array().into_iter().flatten();
        if depends.into_iter().any(|id| !self.tasks.contains_key(id.as_str().unwrap())) {
            return problem(ProblemKind::Invalid);
        }
        let known = json!({"attempt": 0, "failures": 0, "losses": 0, "created_at": AT, "revision": 1});
        let task: Task = serde_json::from_value(with(body.clone(), &known)).unwrap();
        let id = task.id.to_string();
        self.put_task(task);
        (201, json!(self.tasks[&id]))
    }

    fn assign(&mut self, id: &str, body: &Value) -> Reply {
        let task = self.tasks[id].clone();
        if !task.state.is_assignable() {
            return problem(ProblemKind::WrongState);
        }
        let assignee = Some(serde_json::from_value(body["agent"].clone()).unwrap());
        self.put_task(Task { state: TaskState::InProgress, attempt: task.attempt.next(), assignee, ..task });
        (200, json!(self.tasks[id]))
    }
}
