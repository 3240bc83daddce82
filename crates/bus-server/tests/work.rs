//! A task's way, and the groups around it, as HTTP shows them.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use serde_json::{Value, json};
use support::{Api, PROMPT, TestBus, start};

/// A project `p` with a live PO: the PO's id, and its client.
async fn team(bus: &TestBus) -> (String, Api) {
    bus.api.project("p").await;
    let epoch = bus.api.lead("go-1", 30_000).await;
    let spawn = json!({"role": "po", "project": "p", "prompt": PROMPT});
    let po = bus.api.fenced(epoch).post("/agents", spawn).await.expect(201);
    let id = po["id"].as_str().unwrap().to_owned();
    let issued = bus.api.post(&format!("/agents/{id}/token"), json!({})).await.expect(200);
    let api = bus.api.using(issued["token"].as_str().unwrap());
    api.post(&format!("/agents/{id}/heartbeat"), json!({"state": "ready"})).await.expect(200);
    (id, api)
}

#[tokio::test]
async fn assignment_is_the_start_signal_and_completion_the_end() {
    let bus = start().await;
    let (po, api) = team(&bus).await;
    let path = format!("/tasks/{}", bus.api.task("p").await);
    let assigned = bus.api.post(&format!("{path}/assign"), json!({ "agent": po })).await.expect(200);
    assert_eq!((&assigned["state"], &assigned["attempt"]), (&json!("in_progress"), &json!(1)));
    api.post(&format!("{path}/progress"), json!({"attempt": 1, "percent": 50})).await.expect(200);
    let done = api.post(&format!("{path}/complete"), json!({"attempt": 1, "summary": "Made."})).await.expect(200);
    assert_eq!(done["state"], "done");
    let again = bus.api.post(&format!("{path}/assign"), json!({ "agent": po })).await;
    assert_eq!(again.status, 409, "{}", again.text());
}

#[tokio::test]
async fn a_failed_attempt_is_tried_again_after_a_pause() {
    let bus = start().await;
    let (po, api) = team(&bus).await;
    let path = format!("/tasks/{}", bus.api.task("p").await);
    bus.api.post(&format!("{path}/assign"), json!({ "agent": po })).await.expect(200);
    let fail = json!({"attempt": 1, "error": "flaky", "retryable": true});
    let failed = api.post(&format!("{path}/fail"), fail).await.expect(200);
    assert_eq!(failed["state"], "pending");
    assert!(failed["not_before"].is_string(), "{failed}");
    bus.api.post(&format!("{path}/assign"), json!({ "agent": po })).await.refused(409, "not-ready");
}

#[tokio::test]
async fn the_operator_acts_as_whom_it_names() {
    let bus = start().await;
    let (po, _) = team(&bus).await;
    let path = format!("/tasks/{}", bus.api.task("p").await);
    bus.api.post(&format!("{path}/assign"), json!({ "agent": po })).await.expect(200);
    let after = bus.api.last_seq().await;
    let complete = json!({"attempt": 1, "summary": "Made.", "actor": po});
    bus.api.post(&format!("{path}/complete"), complete).await.expect(200);
    let events = bus.api.get(&format!("/events?after={after}")).await.expect(200);
    assert_eq!(events["items"][0]["actor"], json!(po));
    let nobody = bus.api.post("/messages", json!({"to": po, "subject": "s", "actor": "none"})).await;
    assert_eq!(nobody.refused(422, "invalid")["errors"][0]["pointer"], "/actor");
}

#[tokio::test]
async fn a_spawn_is_refused_as_the_rules_have_it() {
    let bus = start().await;
    let (_, api) = team(&bus).await;
    let spawn = |role: &str, prompt: &str| json!({"role": role, "project": "p", "prompt": prompt});
    bus.api.post("/agents", spawn("po", PROMPT)).await.refused(403, "not-leader");
    api.post("/agents", spawn("worker", "Hurry.")).await.refused(422, "prompt-incomplete");
    let worker = api.post("/agents", spawn("worker", PROMPT)).await.expect(201);
    let ended = bus.api.delete(&format!("/agents/{}?hold=true", worker["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(ended.expect(200)["state"], "terminated");
    let workers = bus.api.get("/agents?role=worker&project=p").await.expect(200);
    assert_eq!(workers["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_launcher_registers_holds_its_host_and_keeps_another_out() {
    let bus = start().await;
    bus.api.post("/agents", json!({"role": "launcher", "host": "h1"})).await.refused(422, "invalid");
    bus.api.post("/hosts", json!({"id": "h1", "slots": 2})).await.expect(201);
    let one = bus.api.post("/agents", json!({"role": "launcher", "host": "h1"})).await.expect(201);
    let other = bus.api.post("/agents", json!({"role": "launcher", "host": "h1"})).await.expect(201);
    let beat = |launcher: &Value| {
        let api = bus.api.using(launcher["token"].as_str().unwrap());
        let body = json!({"boot_id": "b-1", "launcher": launcher["id"]});
        async move { api.post("/hosts/h1/heartbeat", body).await }
    };
    let host = beat(&one).await.expect(200);
    assert_eq!(host["launcher"], one["id"]);
    beat(&other).await.refused(409, "host-held");
    bus.api.delete(&format!("/agents/{}", one["id"].as_str().unwrap()), json!({})).await.expect(200);
    beat(&other).await.expect(200);
    beat(&one).await.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_message_arrives_and_is_taken_note_of() {
    let bus = start().await;
    let (po, api) = team(&bus).await;
    let sent = bus.api.post("/messages", json!({"to": po, "subject": "Hello", "body": "Look."})).await.expect(201);
    let inbox = format!("/agents/{po}/messages?unread=true");
    assert_eq!(api.get(&inbox).await.expect(200)["items"][0]["body"], "Look.");
    api.send("POST", &format!("/messages/{}/ack", sent["id"].as_str().unwrap()), b"").await.expect(200);
    assert_eq!(api.get(&inbox).await.expect(200)["items"], json!([]));
    bus.api.get("/agents/none/messages").await.refused(404, "not-found");
}

#[tokio::test]
async fn a_session_opens_and_closes() {
    let bus = start().await;
    let session = bus.api.post("/io/sessions", json!({"user": "ann"})).await.expect(201);
    let path = format!("/io/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(bus.api.get("/io/sessions").await.expect(200)["items"][0]["user"], "ann");
    assert_eq!(bus.api.get(&path).await.expect(200)["closed_at"], Value::Null);
    bus.api.delete(&path, json!({})).await.expect(204);
    assert_eq!(bus.api.get("/io/sessions").await.expect(200)["items"], json!([]));
    assert!(bus.api.get("/io/sessions?state=closed").await.expect(200)["items"][0]["closed_at"].is_string());
    bus.api.get(&path).await.refused(404, "not-found");
    bus.api.delete(&path, json!({})).await.expect(204);
}

#[tokio::test]
async fn an_alert_is_raised_once_by_its_key_and_taken_note_of() {
    let bus = start().await;
    let alert = json!({"level": "L4", "title": "Disk full", "dedupe_key": "disk"});
    let raised = bus.api.post("/io/alerts", alert.clone()).await.expect(201);
    assert_eq!(bus.api.post("/io/alerts", alert).await.expect(200)["id"], raised["id"]);
    bus.api.post("/io/alerts", json!({"level": "L9", "title": "x"})).await.refused(422, "invalid");
    let path = format!("/io/alerts/{}/ack", raised["id"].as_str().unwrap());
    bus.api.send("POST", &path, b"").await.expect(200);
    assert_eq!(bus.api.get("/io/alerts?state=open").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_question_waits_for_its_answer() {
    let bus = start().await;
    let (_, api) = team(&bus).await;
    let asked = api.post("/io/questions", json!({"text": "Which?", "options": ["a", "b"]})).await.expect(201);
    let path = format!("/io/questions/{}/answer", asked["id"].as_str().unwrap());
    assert_eq!(bus.api.get("/io/questions?state=open").await.expect(200)["items"][0]["text"], "Which?");
    assert_eq!(bus.api.post(&path, json!({"answer": "a"})).await.expect(200)["state"], "answered");
}

#[tokio::test]
async fn a_sprint_is_go_s_alone() {
    let bus = start().await;
    let sprint = json!({"id": "s-1", "tickets": [], "ends_at": "2030-01-01T00:00:00Z"});
    bus.api.post("/sprints", sprint.clone()).await.refused(403, "not-leader");
    bus.api.post("/sprints", json!({"tickets": 7})).await.refused(403, "not-leader");
    let go = bus.api.fenced(bus.api.lead("go-1", 30_000).await);
    go.post("/sprints", sprint).await.expect(201);
    assert_eq!(go.post("/sprints/s-1/close", json!({"summary": "Well."})).await.expect(200)["state"], "closed");
    assert_eq!(bus.api.get("/sprints/s-1").await.expect(200)["summary"], "Well.");
}

#[tokio::test]
async fn the_digest_counts_and_costs_and_audit_entries_are_taken() {
    let bus = start().await;
    let (po, api) = team(&bus).await;
    bus.api.task("p").await;
    let cost = json!({"agent": po, "project": "p", "model": "m", "input_tokens": 1, "output_tokens": 2, "usd": "0.25"});
    api.post("/costs", cost).await.expect(201);
    bus.api.post("/audit", json!({"action": "config.change", "subject": "x"})).await.expect(201);
    let digest = bus.api.get("/io/digest").await.expect(200);
    assert_eq!((&digest["projects"][0]["id"], &digest["projects"][0]["pending"]), (&json!("p"), &json!(1)));
    assert!(digest["generated_at"].is_string(), "{digest}");
}
