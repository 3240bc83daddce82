//! `/mcp` over HTTP: the tools act as the caller under every rule of the REST API, and the door is shut to whom it should be.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;

use go_bus_api::RbacMode;
use go_clock::SystemClock;
use serde_json::{Value, json};
use support::{Answer, Api, PROMPT, TestBus, start, start_with};

/// A client of `/mcp`.
struct Mcp(Api);

impl Mcp {
    fn of(api: &Api) -> Self {
        let api = api.with("host", &api.address).with("content-type", "application/json");
        Self(api.with("accept", "application/json, text/event-stream").with("mcp-protocol-version", "2025-11-25"))
    }

    async fn send(&self, method: &str, params: Value) -> Answer {
        self.0.post("/mcp", json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})).await
    }

    async fn result(&self, method: &str, params: Value) -> Value {
        let answer = self.send(method, params).await.expect(200);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.result("tools/call", json!({"name": tool, "arguments": arguments})).await
    }

    /// What a call that is granted answers; its text says the same.
    async fn done(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"], "{tool}");
        text
    }

    /// The words of a call that is refused.
    async fn refused(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], true, "{tool}: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    async fn read(&self, uri: &str) -> Value {
        self.result("resources/read", json!({"uri": uri})).await["contents"][0].clone()
    }
}

/// The same Bus with an agent's own token.
async fn as_agent(api: &Api, agent: &str) -> Api {
    let issued = api.post(&format!("/agents/{agent}/token"), json!({})).await.expect(200);
    api.using(issued["token"].as_str().unwrap())
}

/// A project `p` with a live PO: its id, and its client.
async fn with_po(bus: &TestBus) -> (String, Api) {
    bus.api.project("p").await;
    let epoch = bus.api.lead("go-1", 30_000).await;
    let spawn = json!({"role": "po", "project": "p", "prompt": PROMPT});
    let po = bus.api.fenced(epoch).post("/agents", spawn).await.expect(201);
    let id = po["id"].as_str().unwrap().to_owned();
    let api = as_agent(&bus.api, &id).await;
    api.post(&format!("/agents/{id}/heartbeat"), json!({"state": "ready"})).await.expect(200);
    (id, api)
}

/// The same with a task that is assigned to it: PO, client, task.
async fn at_work(bus: &TestBus) -> (String, Api, String) {
    let (po, api) = with_po(bus).await;
    let task = bus.api.task("p").await;
    bus.api.post(&format!("/tasks/{task}/assign"), json!({ "agent": po })).await.expect(200);
    (po, api, task)
}

#[tokio::test]
async fn the_tools_are_shown_and_the_page_of_the_docs_has_them() {
    let bus = start().await;
    let mcp = Mcp::of(&bus.api);
    let client = json!({"name": "test", "version": "1"});
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let hello = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client});
        let api = Mcp(mcp.0.clone().with("x-of", version));
        let mut plain = api.0.clone();
        plain.headers.retain(|(name, _)| name != "mcp-protocol-version");
        let answer = Mcp(plain).result("initialize", hello).await;
        assert_eq!(answer["protocolVersion"], version);
        assert!(answer["capabilities"]["tools"].is_object() && answer["capabilities"]["resources"].is_object());
    }
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(mcp.0.post("/mcp", ready).await.status, 202);
    let shown = mcp.result("tools/list", json!({})).await;
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mcp.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `bus_")).collect();
    let wanted: Vec<String> = shown["tools"].as_array().unwrap().iter().map(row).collect();
    assert_eq!(rows, wanted, "docs/mcp.md:\n{}", wanted.join("\n"));
}

/// A tool as docs/mcp.md has it: its name, what it takes (those that have to be given in bold), what it is for.
fn row(tool: &Value) -> String {
    let required = tool["inputSchema"]["required"].as_array().unwrap();
    let argument = |name: &String| if required.contains(&json!(name)) { format!("**{name}**") } else { name.clone() };
    let arguments: Vec<String> = tool["inputSchema"]["properties"].as_object().unwrap().keys().map(argument).collect();
    let about = tool["description"].as_str().unwrap();
    format!("| `{}` | {} | {about} |", tool["name"].as_str().unwrap(), arguments.join(", "))
}

#[tokio::test]
async fn each_tool_does_what_its_route_does_in_the_caller_s_name() {
    let bus = start().await;
    let (po, api, task) = at_work(&bus).await;
    let mcp = Mcp::of(&api);
    let after = bus.api.last_seq().await;
    assert_eq!(mcp.done("bus_get_task", json!({ "id": task })).await["attempt"], 1);
    assert_eq!(mcp.done("bus_list_tasks", json!({"state": "in_progress"})).await["items"][0]["id"], task);
    mcp.done("bus_report_progress", json!({"id": task, "attempt": 1, "note": "half", "percent": 50})).await;
    mcp.done("bus_send_message", json!({"to": "c0", "subject": "hello"})).await;
    mcp.done("bus_raise_alert", json!({"level": "L2", "title": "disk"})).await;
    let cost = json!({"project": "p", "model": "haiku", "input_tokens": 1, "output_tokens": 1, "usd": "0.5"});
    mcp.done("bus_report_cost", cost).await;
    assert_eq!(mcp.done("bus_create_task", json!({"project": "p", "title": "more", "id": "T-9"})).await["id"], "T-9");
    let worker = json!({"role": "worker", "project": "p", "prompt": PROMPT});
    assert_eq!(mcp.done("bus_spawn_agent", worker).await["parent"], json!(po));
    assert_eq!(
        mcp.done("bus_complete_task", json!({"id": task, "attempt": 1, "summary": "Made."})).await["state"],
        "done"
    );
    let events = bus.api.get(&format!("/events?after={after}&limit=1000")).await.expect(200);
    let actors: Vec<&Value> = events["items"].as_array().unwrap().iter().map(|event| &event["actor"]).collect();
    assert!(actors.len() > 6 && actors.iter().all(|actor| **actor == json!(po)), "{events}");
    let totals = bus.api.get("/costs/by-agent").await.expect(200);
    assert_eq!(totals["items"][0]["agent"], json!(po));

    bus.api.post("/tasks/T-9/assign", json!({ "agent": po })).await.expect(200);
    let failed = json!({"id": "T-9", "attempt": 1, "error": "flaky", "retryable": true});
    assert_eq!(mcp.done("bus_fail_task", failed).await["state"], "pending");
}

#[tokio::test]
async fn a_delivery_is_judged_and_a_human_is_asked() {
    let bus = start().await;
    let (_, api, task) = at_work(&bus).await;
    let delivered = json!({"attempt": 1, "summary": "Made.", "deliverable": {"kind": "feature"}});
    api.post(&format!("/tasks/{task}/complete"), delivered).await.expect(200);
    let operator = Mcp::of(&bus.api);
    let judged =
        operator.done("bus_review_task", json!({"id": task, "verdict": "request_changes", "notes": "no tests"})).await;
    assert_eq!((&judged["state"], &judged["review_notes"]), (&json!("changes_requested"), &json!("no tests")));

    let other = bus.api.task("p").await;
    let po = judged["builders"].as_array().cloned().unwrap_or_default();
    assert_eq!(po, Vec::<Value>::new());
    let me = bus.api.get("/agents?role=po").await.expect(200)["items"][0]["id"].clone();
    bus.api.post(&format!("/tasks/{other}/assign"), json!({ "agent": me })).await.expect(200);
    let mcp = Mcp::of(&api);
    let asked = mcp.done("bus_ask_human", json!({"task": other, "text": "Which?", "options": ["a", "b"]})).await;
    assert_eq!(mcp.done("bus_get_task", json!({ "id": other })).await["state"], "waiting");
    let answer = format!("/io/questions/{}/answer", asked["id"].as_str().unwrap());
    bus.api.post(&answer, json!({"answer": "b"})).await.expect(200);
    let resumed = mcp.done("bus_get_task", json!({ "id": other })).await;
    assert_eq!((&resumed["state"], &resumed["attempt"], &resumed["assignee"]), (&json!("in_progress"), &json!(2), &me));
}

#[tokio::test]
async fn an_inbox_is_read_and_what_was_dealt_with_stays_away() {
    let bus = start().await;
    let (po, api) = with_po(&bus).await;
    for subject in ["one", "two"] {
        bus.api.post("/messages", json!({"to": po, "subject": subject})).await.expect(201);
    }
    let mcp = Mcp::of(&api);
    let unread = mcp.done("bus_read_messages", json!({})).await;
    let ids: Vec<&Value> = unread["items"].as_array().unwrap().iter().map(|message| &message["id"]).collect();
    assert_eq!(ids.len(), 2);
    let left = mcp.done("bus_read_messages", json!({"acknowledge": [ids[0]]})).await;
    assert_eq!(left["items"][0]["subject"], "two");
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    let m0 = Mcp::of(&as_agent(&bus.api, "m0").await);
    let refused = m0.refused("bus_read_messages", json!({"acknowledge": [ids[1]]})).await;
    assert!(refused.starts_with("Refused (forbidden)"), "{refused}");
}

#[tokio::test]
async fn a_refusal_says_what_why_and_what_to_do() {
    let bus = start().await;
    let (_, api, task) = at_work(&bus).await;
    let (mcp, m0) = (Mcp::of(&api), Mcp::of(&as_agent(&bus.api, "m0").await));
    let stale = mcp.refused("bus_complete_task", json!({"id": task, "attempt": 7, "summary": "x"})).await;
    assert!(
        stale.starts_with("Refused (stale-attempt): The attempt is over.") && stale.contains("stop working on it"),
        "{stale}"
    );
    let foreign = m0.refused("bus_complete_task", json!({"id": task, "attempt": 1, "summary": "x"})).await;
    assert!(foreign.starts_with("Refused (not-assignee)"), "{foreign}");
    let missing = mcp.refused("bus_get_task", json!({"id": "T-none"})).await;
    assert!(missing.starts_with("Refused (not-found)"), "{missing}");
    let astray = mcp.refused("bus_get_task", json!({"id": format!("{task}/assign")})).await;
    assert!(astray.starts_with("Refused (not-found)"), "{astray}");
    let wrong = mcp.refused("bus_raise_alert", json!({"level": "L9", "title": "x"})).await;
    assert!(wrong.starts_with("Refused (invalid)") && wrong.contains("\n- level: "), "{wrong}");
    let none = mcp.refused("bus_report_progress", json!({"attempt": 1})).await;
    assert!(none.contains("`id` is missing"), "{none}");
    let spawn = m0.refused("bus_spawn_agent", json!({"role": "worker", "project": "p", "prompt": PROMPT})).await;
    assert!(spawn.starts_with("Refused (tier-violation)"), "{spawn}");
    let unknown = mcp.send("tools/call", json!({"name": "bus_rule_the_world"})).await;
    assert!(unknown.json()["error"]["message"].as_str().unwrap().contains("bus_rule_the_world"), "{}", unknown.text());
}

#[tokio::test]
async fn roles_are_enforced_and_noted_as_at_the_route() {
    let bus = start_with(Arc::new(SystemClock), |config| config.rbac = RbacMode::Enforce).await;
    bus.api.put("/rbac/roles", json!([{"name": "m0", "permissions": []}])).await.expect(200);
    bus.api.project("p").await;
    let m0 = Mcp::of(&as_agent(&bus.api, "m0").await);
    let refused = m0.refused("bus_create_task", json!({"project": "p", "title": "x"})).await;
    assert!(refused.contains("nothing grants m0 tasks.create on tasks"), "{refused}");
    let denied = bus.api.get("/events?kind=rbac.denied").await.expect(200);
    assert_eq!(denied["items"].as_array().unwrap().len(), 1);
    let audited = bus.api.get("/audit?action=rbac.denied").await.expect(200);
    assert_eq!(audited["items"][0]["actor"], "bus", "{audited}");
}

#[tokio::test]
async fn a_call_that_is_sent_again_is_done_once_and_a_stale_epoch_writes_nothing() {
    let bus = start().await;
    let keyed = Mcp(Mcp::of(&bus.api).0.with("idempotency-key", "k-1"));
    let hello = json!({"to": "c0", "subject": "hello"});
    let first = keyed.done("bus_send_message", hello.clone()).await;
    assert_eq!(keyed.done("bus_send_message", hello).await, first);
    let other = keyed.refused("bus_send_message", json!({"to": "c0", "subject": "other"})).await;
    assert!(other.starts_with("Refused (idempotency-mismatch)"), "{other}");
    let epoch = bus.api.lead("go-1", 30_000).await;
    let fenced = |epoch: u64| Mcp(Mcp::of(&bus.api).0.fenced(epoch));
    let stale = fenced(epoch + 1).refused("bus_send_message", json!({"to": "c0", "subject": "stale"})).await;
    assert!(stale.starts_with("Refused (stale-epoch)"), "{stale}");
    let by_go = fenced(epoch).done("bus_send_message", json!({"to": "c0", "subject": "from GO"})).await;
    assert_eq!(by_go["from"], "000");
}

#[tokio::test]
async fn the_door_is_shut_to_strangers_and_to_pages_of_others() {
    let bus = start().await;
    let mcp = Mcp::of(&bus.api);
    let list = || json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let post = async |api: &Api| api.post("/mcp", list()).await;
    post(&mcp.0).await.expect(200);
    post(&mcp.0.nobody()).await.refused(401, "unauthorized");
    post(&mcp.0.using("wrong")).await.refused(401, "unauthorized");
    post(&mcp.0.with("origin", "http://evil.example")).await.refused(403, "forbidden");
    post(&mcp.0.with("origin", "null")).await.refused(403, "forbidden");
    post(&mcp.0.with("origin", format!("http://{}", bus.api.address))).await.expect(200);
    let named = |host: &str| {
        let mut api = mcp.0.clone();
        api.headers.retain(|(name, _)| name != "host");
        api.with("host", host)
    };
    post(&named("evil.example")).await.refused(403, "forbidden");
    post(&named("evil.example").with("origin", "http://evil.example")).await.refused(403, "forbidden");
    post(&named("localhost:8088")).await.expect(200);
    for method in ["GET", "DELETE", "PUT"] {
        mcp.0.send(method, "/mcp", b"").await.refused(405, "method-not-allowed");
    }
    let (po, _) = with_po(&bus).await;
    let shim = bus.api.post(&format!("/agents/{po}/token"), json!({"scope": "shim"})).await.expect(200);
    post(&mcp.0.using(shim["token"].as_str().unwrap())).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_body_has_the_bounds_of_any_other_and_nonsense_breaks_nothing() {
    let bus = start().await;
    let mcp = Mcp::of(&bus.api);
    mcp.0.send("POST", "/mcp", &vec![b' '; (1 << 20) + 1]).await.refused(413, "too-large");
    for nonsense in
        ["", "{", "7", "[]", "{\"jsonrpc\":\"2.0\"}", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"x\"}", "\u{0}"]
    {
        let status = mcp.0.send("POST", "/mcp", nonsense.as_bytes()).await.status;
        assert!((400..500).contains(&status), "{nonsense:?}: {status}");
    }
    let unknown = mcp.send("no/such", json!({})).await;
    assert!(unknown.status < 500 && unknown.json()["error"]["code"] == -32601, "{}", unknown.text());
    mcp.result("ping", json!({})).await;
}

#[tokio::test]
async fn a_ticket_the_digest_the_prompt_and_the_rules_can_be_read() {
    let bus = start().await;
    bus.api.project("p").await;
    let epoch = bus.api.lead("go-1", 30_000).await;
    let prompt = format!("{PROMPT}\n## Rules\n\n- Be brief.\n\n## Skills\n\nnone\n");
    let po = bus
        .api
        .fenced(epoch)
        .post("/agents", json!({"role": "po", "project": "p", "prompt": prompt}))
        .await
        .expect(201);
    let mcp = Mcp::of(&as_agent(&bus.api, po["id"].as_str().unwrap()).await);
    let listed = mcp.result("resources/list", json!({})).await;
    let uris: Vec<&Value> = listed["resources"].as_array().unwrap().iter().map(|one| &one["uri"]).collect();
    assert_eq!(uris, ["prompt://self", "rules://", "digest://"]);
    let templates = mcp.result("resources/templates/list", json!({})).await;
    assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "task://{id}");
    assert_eq!(mcp.read("prompt://self").await["text"], json!(prompt));
    assert_eq!(mcp.read("rules://").await["text"], "- Be brief.");
    let digest: Value = serde_json::from_str(mcp.read("digest://").await["text"].as_str().unwrap()).unwrap();
    assert_eq!(digest["projects"][0]["id"], "p");
    let task = bus.api.task("p").await;
    let read: Value =
        serde_json::from_str(mcp.read(&format!("task://{task}")).await["text"].as_str().unwrap()).unwrap();
    assert_eq!(read["id"], json!(task));
    for missing in ["task://none", "task://", "file:///etc/passwd", "prompt://other"] {
        let answer = mcp.send("resources/read", json!({"uri": missing})).await.json();
        assert!(
            answer["error"]["message"].as_str().is_some_and(|words| words.starts_with(missing)),
            "{missing}: {answer}"
        );
    }
    let operator = Mcp::of(&bus.api).send("resources/read", json!({"uri": "prompt://self"})).await.json();
    assert!(operator["error"]["message"].as_str().unwrap().contains("only an agent has a prompt"), "{operator}");
}
