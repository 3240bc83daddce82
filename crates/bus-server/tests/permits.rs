//! The Bus's own routes against the roles (R19): what either mode makes of a role that may not, and who is never refused.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;

use go_bus_api::RbacMode;
use go_bus_store::{Policy, SqliteStore, Store};
use go_clock::SystemClock;
use serde_json::{Value, json};
use support::{Api, PROMPT, TestBus, start, start_on, start_with, within};

async fn enforcing() -> TestBus {
    start_with(Arc::new(SystemClock), |config| config.rbac = RbacMode::Enforce).await
}

/// The same Bus with an agent's own token.
async fn as_agent(api: &Api, agent: &str) -> Api {
    let issued = api.post(&format!("/agents/{agent}/token"), json!({})).await.expect(200);
    api.using(issued["token"].as_str().unwrap())
}

/// What was denied: subject, action, resource, mode.
async fn denied(api: &Api) -> Vec<Value> {
    let page = api.get("/events?kind=rbac.denied").await.expect(200);
    let of = |event: &Value| {
        let data = &event["data"];
        json!([data["subject"], data["action"], data["resource"], data["mode"]])
    };
    page["items"].as_array().unwrap().iter().map(of).collect()
}

fn role(name: &str, actions: &[&str]) -> Value {
    let permission = |action: &&str| json!({"action": action, "resource": "*"});
    json!({"name": name, "permissions": actions.iter().map(permission).collect::<Vec<_>>()})
}

#[tokio::test]
async fn audit_mode_lets_it_through_and_notes_it_once() {
    let bus = start().await;
    let m0 = as_agent(&bus.api, "m0").await;
    m0.get("/audit").await.expect(200);
    m0.get("/audit/verify").await.expect(200);
    m0.post("/projects", json!({"id": "site"})).await.expect(201);
    m0.get("/tasks").await.expect(200);
    let expected =
        [json!(["m0", "audit.read", "audit", "audit"]), json!(["m0", "projects.write", "projects", "audit"])];
    assert_eq!(denied(&bus.api).await, expected);
    let noted = bus.api.get("/audit?action=rbac.denied").await.expect(200);
    assert_eq!(noted["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn enforce_mode_refuses_it_before_it_looks_any_further() {
    let bus = enforcing().await;
    let m0 = as_agent(&bus.api, "m0").await;
    bus.api.nobody().post("/projects", json!({"id": "site"})).await.refused(401, "unauthorized");
    let refused = m0.get("/audit").await.refused(403, "forbidden");
    assert_eq!(refused["detail"], "nothing grants m0 audit.read on audit");
    assert_eq!(m0.send("HEAD", "/audit", b"").await.status, 403);
    m0.post("/projects", json!({"id": "site"})).await.refused(403, "forbidden");
    m0.post("/projects", json!({"nonsense": 1})).await.refused(403, "forbidden");
    m0.send("POST", "/projects", b"{").await.refused(403, "forbidden");
    m0.delete("/agents/nobody", json!({})).await.refused(403, "forbidden");
    bus.api.get("/projects/site").await.refused(404, "not-found");
    m0.get("/tasks").await.expect(200);
    m0.get("/nowhere").await.refused(404, "not-found");
    m0.send("TRACE", "/audit", b"").await.refused(405, "method-not-allowed");
    let expected = [
        json!(["m0", "audit.read", "audit", "enforce"]),
        json!(["m0", "projects.write", "projects", "enforce"]),
        json!(["m0", "agents.terminate", "agents/nobody", "enforce"]),
    ];
    assert_eq!(denied(&bus.api).await, expected);
}

#[tokio::test]
async fn roles_that_are_put_hold_from_the_answer_on_and_lock_no_operator_out() {
    let bus = enforcing().await;
    let defaults = bus.api.get("/rbac/roles").await.expect(200);
    let m0 = as_agent(&bus.api, "m0").await;
    for _ in 0..8 {
        bus.api.put("/rbac/roles", json!([])).await.expect(200);
        m0.get("/tasks").await.refused(403, "forbidden");
        m0.get("/snapshot").await.refused(403, "forbidden");
        bus.api.get("/tasks").await.expect(200);
        bus.api.put("/rbac/roles", defaults.clone()).await.expect(200);
        m0.get("/tasks").await.expect(200);
    }
    let on_one = json!([{"name": "m0", "permissions": [{"action": "tasks.read", "resource": "tasks/T-1"}]}]);
    bus.api.put("/rbac/roles", on_one).await.expect(200);
    m0.get("/tasks/T-1").await.refused(404, "not-found");
    m0.get("/tasks/T-2").await.refused(403, "forbidden");
    m0.get("/tasks/T%2D2").await.refused(403, "forbidden");
    m0.get("/tasks").await.refused(403, "forbidden");
}

#[tokio::test]
async fn of_sixteen_who_put_roles_the_last_one_holds() {
    let bus = enforcing().await;
    let m0 = as_agent(&bus.api, "m0").await;
    for _ in 0..8 {
        let puts = (0..16).map(|caller: usize| {
            let actions: &[&str] = if caller.is_multiple_of(2) { &["tasks.read"] } else { &["costs.read"] };
            let (api, roles) = (bus.api.clone(), json!([role("m0", actions)]));
            tokio::spawn(async move { api.put("/rbac/roles", roles).await.expect(200) })
        });
        for put in puts.collect::<Vec<_>>() {
            put.await.unwrap();
        }
        let reads_tasks = bus.api.get("/rbac/roles").await.json()[0]["permissions"][0]["action"] == "tasks.read";
        let (may, may_not) = if reads_tasks { ("/tasks", "/costs/by-agent") } else { ("/costs/by-agent", "/tasks") };
        m0.get(may).await.expect(200);
        m0.get(may_not).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn roles_outlive_a_restart_and_reach_another_bus_on_the_same_store() {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory(Policy::default()).unwrap());
    let data = tempfile::tempdir().unwrap();
    let also = tempfile::tempdir().unwrap();
    let enforce = |config: &mut go_bus_server::Config| config.rbac = RbacMode::Enforce;
    let first = start_on(Arc::clone(&store), Arc::new(SystemClock), data, enforce).await;
    first.api.put("/rbac/roles", json!([role("m0", &["costs.read"])])).await.expect(200);
    let m0 = as_agent(&first.api, "m0").await;
    std::fs::copy(first.data.path().join("operator.token"), also.path().join("operator.token")).unwrap();
    let second = start_on(store, Arc::new(SystemClock), also, enforce).await;
    let m0_there = Api { address: second.api.address.clone(), ..m0 };
    m0_there.get("/tasks").await.refused(403, "forbidden");
    m0_there.get("/costs/by-agent").await.expect(200);
    first.api.put("/rbac/roles", json!([role("m0", &["tasks.read"])])).await.expect(200);
    within(async { while m0_there.get("/tasks").await.status != 200 {} }).await;
}

#[tokio::test]
async fn an_agent_speaks_for_itself_whatever_its_role_and_its_shim_has_its_role() {
    let bus = enforcing().await;
    let worker = json!({"role": "worker", "parent": "m0", "prompt": PROMPT});
    bus.api.post("/agents", worker).await.refused(403, "tier-violation");
    bus.api.project("site").await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let po = json!({"role": "po", "project": "site", "prompt": PROMPT});
    let po = bus.api.fenced(epoch).post("/agents", po).await.expect(201)["id"].as_str().unwrap().to_owned();
    let as_po = as_agent(&bus.api, &po).await;
    let worker = json!({"role": "worker", "prompt": PROMPT});
    let worker = as_po.post("/agents", worker).await.expect(201)["id"].as_str().unwrap().to_owned();
    bus.api.put("/rbac/roles", json!([])).await.expect(200);
    let (own, path) = (as_agent(&bus.api, &worker).await, format!("/agents/{worker}"));
    own.patch(&path, json!({"context_used": 0.5})).await.expect(200);
    own.post(&format!("{path}/heartbeat"), json!({})).await.expect(200);
    as_po.patch(&path, json!({"context_used": 0.5})).await.refused(403, "forbidden");
    let shim = bus.api.post(&format!("{path}/token"), json!({"scope": "shim"})).await.expect(200);
    let shim = bus.api.using(shim["token"].as_str().unwrap());
    shim.post(&format!("{path}/heartbeat"), json!({})).await.expect(200);
    let verdict = json!({"verdict": "approve"});
    let refused = shim.post("/tasks/T-1/review", verdict.clone()).await.refused(403, "forbidden");
    assert_eq!(refused["detail"], "there is no role worker");
    bus.api.put("/rbac/roles", json!([role("worker", &["tasks.review"])])).await.expect(200);
    shim.post("/tasks/T-1/review", verdict).await.refused(404, "not-found");
    shim.post(&format!("{path}/exit"), json!({"code": 0})).await.expect(200);
}
