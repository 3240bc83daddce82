//! A fake Bus that answers by rote: it keeps no rules, only a snapshot, a log of events, and what it was asked.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const WHEN: &str = "2026-03-21T08:15:30.250Z";

/// What the fake Bus has.
#[derive(Debug, Default)]
struct State {
    snapshot: Vec<Value>,
    events: Vec<Value>,
    listed: Vec<Value>,
    refuse_heartbeats: u32,
    refuse_own_heartbeats: u32,
    miss_heartbeats: u32,
    refuse_alerts: u32,
}

/// The fake Bus.
pub(crate) struct FakeBus {
    pub(crate) server: MockServer,
    state: Arc<Mutex<State>>,
}

#[derive(Clone)]
struct Answers(Arc<Mutex<State>>);

impl FakeBus {
    pub(crate) async fn start() -> Self {
        let (server, state) = (MockServer::start().await, Arc::new(Mutex::new(State::default())));
        Mock::given(wiremock::matchers::any()).respond_with(Answers(state.clone())).mount(&server).await;
        Self { server, state }
    }

    /// Puts a resource into the snapshot.
    pub(crate) fn has(&self, kind: &str, resource: Value) {
        lock(&self.state).snapshot.push(json!({"type": kind, "resource": resource}));
    }

    /// Adds to the agents that it lists, whatever is asked for.
    pub(crate) fn lists(&self, agent: Value) {
        lock(&self.state).listed.push(agent);
    }

    /// Something happens.
    pub(crate) fn event(&self, kind: &str, subject: &str, data: Value) {
        push(&mut lock(&self.state), kind, subject, data);
    }

    /// The next heartbeats of hosts are refused: the token is void.
    pub(crate) fn refuse_heartbeats(&self, count: u32) {
        lock(&self.state).refuse_heartbeats = count;
    }

    /// The next heartbeats of the launcher itself are refused.
    pub(crate) fn refuse_own_heartbeats(&self, count: u32) {
        lock(&self.state).refuse_own_heartbeats = count;
    }

    /// The next alerts are refused.
    pub(crate) fn refuse_alerts(&self, count: u32) {
        lock(&self.state).refuse_alerts = count;
    }

    /// The next heartbeats of hosts are answered as by a Bus that can't write.
    pub(crate) fn miss_heartbeats(&self, count: u32) {
        lock(&self.state).miss_heartbeats = count;
    }

    /// The requests to a path, as method, token and body.
    pub(crate) async fn asked(&self, at: &str) -> Vec<(String, String, Value)> {
        let requests = self.server.received_requests().await.unwrap();
        let of = |r: &Request| {
            let token = r.headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
            (r.method.to_string(), token, serde_json::from_slice(&r.body).unwrap_or(Value::Null))
        };
        requests.iter().filter(|r| r.url.path() == at).map(of).collect()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap()
}

fn push(state: &mut State, kind: &str, subject: &str, data: Value) {
    let seq = state.events.len() + 1;
    state.events.push(json!({
        "seq": seq, "kind": kind, "at": WHEN, "actor": "bus", "epoch": null, "subject": subject, "data": data
    }));
}

/// An agent's resource.
pub(crate) fn agent(id: &str, role: &str, state: &str, revision: u64) -> Value {
    json!({
        "id": id, "role": role, "host": "h1", "project": "site", "task": "T-1", "attempt": 1, "state": state, "driver": "shell",
        "spawned_at": WHEN, "revision": revision
    })
}

pub(crate) fn host() -> Value {
    json!({"id": "h1", "state": "active", "slots": 4, "revision": 1})
}

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = lock(&self.0);
        let path = request.url.path().to_owned();
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["snapshot"]) => snapshot(&state),
            ("GET", ["events", "stream"]) => events(&state, request),
            ("POST", ["agents"]) => registered(request),
            ("GET", ["agents"]) => ok(json!({"items": state.listed})),
            ("POST", ["hosts", _, "heartbeat"]) => heartbeat(&mut state),
            ("POST", ["agents", "l-1", "heartbeat"]) if state.refuse_own_heartbeats > 0 => {
                state.refuse_own_heartbeats -= 1;
                unauthorized()
            }
            ("GET", ["agents", _, "prompt"]) => ok(json!({"prompt": "do it"})),
            ("POST", ["agents", id, "token"]) => token(id, request),
            ("POST", ["agents", id, "exit"]) => exit(&mut state, id, request),
            (_, ["agents", id, ..]) => ok(agent(id, "worker", "ready", 1)),
            ("POST", ["io", "alerts"]) => raised(&mut state, request),
            ("POST", ["messages", id, "ack"]) => ok(json!({
                "id": id, "to": "l-1", "subject": "a", "body": "", "sent_at": WHEN, "acknowledged_at": WHEN
            })),
            _ => ResponseTemplate::new(404),
        }
    }
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn snapshot(state: &State) -> ResponseTemplate {
    let lines: Vec<_> = state.snapshot.iter().map(Value::to_string).collect();
    ResponseTemplate::new(200).insert_header("event-seq", "0").set_body_raw(lines.join("\n"), "application/x-ndjson")
}

/// The events so far, and the end of the stream: the client connects again for more.
fn events(state: &State, request: &Request) -> ResponseTemplate {
    let after: usize = request.headers["last-event-id"].to_str().unwrap().parse().unwrap();
    let frames =
        state.events.iter().skip(after).map(|e| format!("id: {}\nevent: {}\ndata: {e}\n\n", e["seq"], e["kind"]));
    ResponseTemplate::new(200).set_body_raw(frames.collect::<String>(), "text/event-stream")
}

fn registered(request: &Request) -> ResponseTemplate {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let mut launcher = json!({
        "id": "l-1", "state": "ready", "driver": "shell", "spawned_at": WHEN, "revision": 1, "token": "launcher-token"
    });
    launcher["role"] = body["role"].clone();
    launcher["host"] = body["host"].clone();
    ResponseTemplate::new(201).set_body_json(launcher)
}

fn heartbeat(state: &mut State) -> ResponseTemplate {
    if state.miss_heartbeats > 0 {
        state.miss_heartbeats -= 1;
        return ResponseTemplate::new(503);
    }
    if state.refuse_heartbeats > 0 {
        state.refuse_heartbeats -= 1;
        return unauthorized();
    }
    ok(host())
}

fn raised(state: &mut State, request: &Request) -> ResponseTemplate {
    if state.refuse_alerts > 0 {
        state.refuse_alerts -= 1;
        return ResponseTemplate::new(404);
    }
    let mut alert: Value = serde_json::from_slice(&request.body).unwrap();
    let more = json!({"id": "al-1", "state": "open", "raised_at": WHEN, "revision": 1});
    alert.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ResponseTemplate::new(201).set_body_json(alert)
}

fn unauthorized() -> ResponseTemplate {
    let problem = json!({"type": "/problems/unauthorized", "title": "no", "status": 401});
    ResponseTemplate::new(401).set_body_raw(problem.to_string(), "application/problem+json")
}

fn token(id: &str, request: &Request) -> ResponseTemplate {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let scope = body["scope"].as_str().unwrap_or("agent");
    ok(json!({"token": format!("{id}-{scope}"), "expires_at": WHEN, "previous_valid_until": WHEN}))
}

/// Takes an exit and tells of it.
fn exit(state: &mut State, id: &str, request: &Request) -> ResponseTemplate {
    let mut report: Value = serde_json::from_slice(&request.body).unwrap();
    report["at"] = json!(WHEN);
    let mut ended = agent(id, "worker", "terminated", 99);
    ended["exit"] = report;
    push(state, "agent.terminated", &format!("agents/{id}"), ended.clone());
    ok(ended)
}
