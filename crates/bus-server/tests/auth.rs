//! Who may talk to the Bus: tokens, their file, their end.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use go_bus_store::{Policy, SqliteStore};
use go_clock::SystemClock;
use serde_json::json;
use support::{PROMPT, TestBus, start, start_on};

/// A PO of a fresh project: its id and its token.
async fn po(bus: &TestBus) -> (String, String) {
    bus.api.project("p").await;
    let epoch = bus.api.lead("go-1", 30_000).await;
    let spawn = json!({"role": "po", "project": "p", "prompt": PROMPT});
    let agent = bus.api.fenced(epoch).post("/agents", spawn).await.expect(201);
    let id = agent["id"].as_str().unwrap().to_owned();
    let token = bus.api.post(&format!("/agents/{id}/token"), json!({})).await.expect(200);
    (id, token["token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn no_token_or_a_wrong_one_is_401_before_anything_else_is_looked_at() {
    let bus = start().await;
    for api in [bus.api.nobody(), bus.api.using("wrong"), bus.api.nobody().with("Authorization", "Basic x")] {
        for path in ["/tasks", "/no/such/path", "/tasks/none", "/events/stream", "/metrics", "/"] {
            api.get(path).await.refused(401, "unauthorized");
        }
        api.send("POST", "/tasks", b"{").await.refused(401, "unauthorized");
        api.send("DELETE", "/tasks", b"").await.refused(401, "unauthorized");
        assert_eq!(api.get("/tasks").await.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn health_and_ready_are_open() {
    let bus = start().await;
    bus.api.nobody().get("/health").await.expect(200);
    bus.api.nobody().get("/ready").await.expect(200);
}

#[tokio::test]
async fn the_operator_s_token_is_private_and_outlives_a_restart() {
    let mut bus = start().await;
    let path = bus.data.path().join("operator.token");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    bus.stop().await;
    let TestBus { api, store, data, .. } = bus;
    let again = start_on(store, Arc::new(SystemClock), data, |_| {}).await;
    assert_eq!(again.api.token, api.token);
    again.api.get("/tasks").await.expect(200);
}

#[tokio::test]
async fn a_file_that_is_there_before_its_database_is_taken() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("operator.token"), "xio_chosen\n").unwrap();
    let store = Arc::new(SqliteStore::in_memory(Policy::default()).unwrap());
    let bus = start_on(store, Arc::new(SystemClock), data, |_| {}).await;
    bus.api.using("xio_chosen").get("/tasks").await.expect(200);
}

#[tokio::test]
async fn a_rotated_token_overlaps_and_a_revoked_one_is_void_at_once() {
    let bus = start().await;
    let (id, old) = po(&bus).await;
    let answer = bus.api.post(&format!("/agents/{id}/token"), json!({})).await.expect(200);
    let new = answer["token"].as_str().unwrap();
    assert!(answer["expires_at"].as_str() > answer["previous_valid_until"].as_str(), "{answer}");
    for token in [old.as_str(), new] {
        bus.api.using(token).post(&format!("/agents/{id}/heartbeat"), json!({})).await.expect(200);
    }
    bus.api.delete(&format!("/agents/{id}/token"), json!({})).await.expect(204);
    for token in [old.as_str(), new] {
        bus.api.using(token).get("/tasks").await.refused(401, "unauthorized");
    }
}

#[tokio::test]
async fn no_token_shows_anywhere_but_in_the_answer_that_issues_it() {
    let bus = start().await;
    let (id, token) = po(&bus).await;
    for path in [format!("/agents/{id}"), "/events?limit=1000".to_owned(), "/snapshot".to_owned()] {
        let text = bus.api.get(&path).await.text();
        assert!(text.contains(&id) && !text.contains(&token), "{path}");
    }
}

#[tokio::test]
async fn an_answer_with_a_token_is_kept_for_no_idempotency_key() {
    let bus = start().await;
    let api = bus.api.with("Idempotency-Key", "once");
    let first = api.post("/agents", json!({"role": "go"})).await.expect(201);
    let second = api.post("/agents", json!({"role": "go"})).await.expect(201);
    assert_ne!(first["token"], second["token"]);
    bus.api.using(first["token"].as_str().unwrap()).get("/tasks").await.expect(200);
}

#[tokio::test]
async fn a_shim_s_token_is_good_for_its_agent_s_heartbeat_and_exit_and_for_no_read() {
    let bus = start().await;
    let (id, _) = po(&bus).await;
    bus.api.project("site").await;
    let issued = bus.api.post(&format!("/agents/{id}/token"), json!({"scope": "shim"})).await.expect(200);
    let shim = bus.api.using(issued["token"].as_str().unwrap());
    shim.post(&format!("/agents/{id}/heartbeat"), json!({"state": "ready"})).await.expect(200);
    shim.get("/snapshot").await.refused(403, "forbidden");
    shim.get(&format!("/agents/{id}/prompt")).await.refused(403, "forbidden");
    shim.post("/agents/000/heartbeat", json!({})).await.refused(403, "forbidden");
    let cost = |agent: &str| json!({"agent": agent, "project": "site", "model": "m", "input_tokens": 1, "output_tokens": 1, "usd": "0.1"});
    shim.post("/costs", cost("m0")).await.refused(403, "forbidden");
    shim.post("/costs", cost(&id)).await.expect(201);
    let exited = shim.post(&format!("/agents/{id}/exit"), json!({"code": 0, "verify": []})).await.expect(200);
    assert_eq!(exited["state"], "terminated");
}

#[tokio::test]
async fn the_prompt_is_for_its_launcher_its_agent_and_the_operator() {
    let bus = start().await;
    for host in ["h1", "h2"] {
        bus.api.post("/hosts", json!({"id": host, "slots": 2})).await.expect(201);
    }
    let epoch = bus.api.lead("go-1", 30_000).await;
    let go = bus.api.fenced(epoch);
    let spawned = go.post("/agents", json!({"role": "ho", "host": "h1", "prompt": PROMPT})).await.expect(201);
    let path = format!("/agents/{}", spawned["id"].as_str().unwrap());
    let own = bus.api.post(&format!("{path}/token"), json!({})).await.expect(200);
    let launcher = |host: &'static str| bus.api.post("/agents", json!({"role": "launcher", "host": host}));
    let (near, far) = (launcher("h1").await.expect(201), launcher("h2").await.expect(201));
    let read = |token: &serde_json::Value| {
        let api = bus.api.using(token["token"].as_str().unwrap());
        let path = format!("{path}/prompt");
        async move { api.get(&path).await }
    };
    for allowed in [&own, &near] {
        assert_eq!(read(allowed).await.expect(200)["prompt"], PROMPT);
    }
    assert_eq!(bus.api.get(&format!("{path}/prompt")).await.expect(200)["prompt"], PROMPT);
    read(&far).await.refused(403, "forbidden");
    bus.api.get("/agents/none/prompt").await.refused(404, "not-found");
}
