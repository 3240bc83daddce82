//! Costs, roles, the audit log, questions' deadlines and metrics over HTTP.

mod support;

use std::sync::Arc;

use go_bus_api::RbacMode;
use go_clock::{Clock as _, SystemClock};
use serde_json::{Value, json};
use support::{Api, PROMPT, start, start_with, within};

#[expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]
async fn kinds(api: &Api) -> Vec<String> {
    let page = api.get("/events?limit=1000").await.expect(200);
    page["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

fn question(subject: &str, action: &str) -> Value {
    json!({"subject": subject, "action": action, "resource": "tasks"})
}

#[tokio::test]
async fn costs_add_up_by_agent_and_by_project_and_since() {
    let bus = start().await;
    bus.api.project("site").await;
    for usd in ["0.1", "0.2", "0.0003"] {
        let cost = json!({"agent": "m0", "project": "site", "model": "haiku", "input_tokens": 10, "output_tokens": 2,
            "usd": usd});
        bus.api.post("/costs", cost).await.expect(201);
    }
    for (path, key, value) in [("/costs/by-agent", "agent", "m0"), ("/costs/by-project", "project", "site")] {
        let totals = bus.api.get(path).await.expect(200);
        let row = &totals["items"][0];
        assert_eq!((&row[key], &row["usd"], &row["input_tokens"]), (&json!(value), &json!("0.3003"), &json!(30)));
        assert_eq!(totals["total_usd"], "0.3003");
        let later = bus.api.get(&format!("{path}?since=2999-01-01T00:00:00Z")).await.expect(200);
        assert_eq!(later, json!({"items": [], "total_usd": "0"}));
        bus.api.get(&format!("{path}?since=soon")).await.refused(400, "bad-request");
    }
}

#[tokio::test]
async fn the_audit_log_grows_verifies_and_takes_no_change() {
    let bus = start().await;
    // The first entry tells of the operator's token.
    for action in ["look", "touch", "look"] {
        bus.api.post("/audit", json!({"action": action, "subject": "tasks/T-1"})).await.expect(201);
    }
    let page = bus.api.get("/audit?action=look&limit=1").await.expect(200);
    assert_eq!((page["items"].as_array().unwrap().len(), &page["items"][0]["seq"]), (1, &json!(2)));
    let next = format!("/audit?action=look&cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(bus.api.get(&next).await.expect(200)["items"][0]["seq"], 4);
    assert_eq!(bus.api.get("/audit?actor=nobody").await.expect(200)["items"], json!([]));
    for bad in ["/audit?since=soon", "/audit?cursor=%25", "/audit?limit=0"] {
        bus.api.get(bad).await.refused(400, "bad-request");
    }
    let verified = bus.api.get("/audit/verify").await.expect(200);
    assert_eq!(verified, json!({"ok": true, "entries": 4, "first_bad": null}));
    for method in ["PUT", "PATCH", "DELETE"] {
        assert_eq!(bus.api.send(method, "/audit", b"{}").await.status, 405);
        assert_eq!(bus.api.send(method, "/audit/1", b"{}").await.status, 404);
    }
}

#[tokio::test]
async fn a_check_is_answered_for_roles_and_agents_and_a_denial_is_noted_once() {
    let bus = start().await;
    let check =
        async |subject: &str, action: &str| bus.api.post("/rbac/check", question(subject, action)).await.expect(200);
    let granted = check("worker", "tasks.read").await;
    assert_eq!(
        (&granted["allowed"], &granted["would_block"], &granted["mode"]),
        (&json!(true), &json!(false), &json!("audit"))
    );
    for subject in ["worker", "worker", "m0", "m0"] {
        let denied = check(subject, "sprints.manage").await;
        assert_eq!((&denied["allowed"], &denied["would_block"]), (&json!(true), &json!(true)), "{subject}");
        assert!(denied["reason"].as_str().unwrap().contains("sprints.manage"), "{denied}");
    }
    assert_eq!(kinds(&bus.api).await, ["rbac.denied", "rbac.denied"], "one for the role, one for the agent");
    assert_eq!(bus.api.get("/audit?action=rbac.denied").await.expect(200)["items"].as_array().unwrap().len(), 2);
    for (subject, action, pointer) in [("nobody", "tasks.read", "/subject"), ("worker", "tasks.frob", "/action")] {
        let refused = bus.api.post("/rbac/check", question(subject, action)).await.refused(422, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn roles_are_replaced_by_the_operator_and_by_nobody_else() {
    let bus = start().await;
    let defaults = bus.api.get("/rbac/roles").await.expect(200);
    assert!(defaults.as_array().unwrap().iter().any(|role| role["name"] == "reviewer"), "{defaults}");
    let mine = json!([{"name": "worker", "permissions": [{"action": "sprints.*", "resource": "*"}]}]);
    assert_eq!(bus.api.put("/rbac/roles", mine.clone()).await.expect(200), mine);
    assert_eq!(bus.api.get("/rbac/roles").await.expect(200), mine);
    let checked = bus.api.post("/rbac/check", question("worker", "sprints.manage")).await.expect(200);
    assert_eq!(checked["would_block"], false);
    let wrong = json!([{"name": "worker", "permissions": [{"action": "sprint.*", "resource": "*"}]}]);
    let refused = bus.api.put("/rbac/roles", wrong).await.refused(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/0/permissions/0/action");
    bus.api.put("/rbac/roles", json!({"name": "worker"})).await.refused(422, "invalid");
    let go = bus.api.post("/agents", json!({"role": "go"})).await.expect(201);
    let go = bus.api.using(go["token"].as_str().unwrap());
    go.put("/rbac/roles", mine.clone()).await.refused(403, "forbidden");
    assert_eq!(bus.api.get("/rbac/roles").await.expect(200), mine);
}

#[tokio::test]
async fn enforce_mode_says_no() {
    let bus = start_with(Arc::new(SystemClock), |config| config.rbac = RbacMode::Enforce).await;
    let denied = bus.api.post("/rbac/check", question("worker", "sprints.manage")).await.expect(200);
    assert_eq!((&denied["allowed"], &denied["mode"]), (&json!(false), &json!("enforce")));
    let granted = bus.api.post("/rbac/check", question("worker", "tasks.complete")).await.expect(200);
    assert_eq!(granted["allowed"], true);
}

#[tokio::test]
async fn a_question_ends_at_its_deadline_with_its_default() {
    let bus = start().await;
    let deadline = SystemClock.wall().after(std::time::Duration::from_millis(50));
    let ask = |text: &str, deadline: Value| json!({"text": text, "default": "a", "options": ["a", "b"], "deadline": deadline});
    bus.api.post("/io/questions", ask("soon", json!(deadline))).await.expect(201);
    bus.api.post("/io/questions", ask("never", Value::Null)).await.expect(201);
    let expired = within(async {
        loop {
            let page = bus.api.get("/io/questions?state=expired").await.expect(200);
            if let Some(expired) = page["items"].get(0) {
                break expired.clone();
            }
        }
    })
    .await;
    assert_eq!((&expired["text"], &expired["answer"]), (&json!("soon"), &json!("a")));
    assert!(SystemClock.wall() >= deadline, "it ended before its time");
    let open = bus.api.get("/io/questions?state=open").await.expect(200);
    assert_eq!(open["items"][0]["text"], "never");
    let late = format!("/io/questions/{}/answer", expired["id"].as_str().unwrap());
    assert_eq!(bus.api.post(&late, json!({"answer": "b"})).await.status, 409);
}

#[tokio::test]
async fn metrics_tell_what_was_done() {
    let bus = start().await;
    bus.api.nobody().get("/metrics").await.refused(401, "unauthorized");
    bus.api.project("site").await;
    bus.api.task("site").await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let _stream = bus.api.stream("/events/stream").await;
    let host = json!({"role": "ho", "host": "nowhere", "prompt": PROMPT});
    bus.api.fenced(epoch).post("/agents", host).await.refused(422, "invalid");
    let page = within(async {
        loop {
            let answer = bus.api.get("/metrics").await;
            assert_eq!(answer.status, 200);
            assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
            // The events are counted as the timers read them, a moment after the answer.
            if answer.text().contains(r#"bus_events_total{kind="lease.acquired"} 1"#) {
                break answer.text();
            }
        }
    })
    .await;
    for line in [
        r#"bus_events_total{kind="task.created"} 1"#,
        r#"bus_tasks{state="pending"} 1"#,
        r#"bus_tasks{state="done"} 0"#,
        r#"bus_agents{state="ready"} 3"#,
        r#"bus_requests_total{class="4xx"} 2"#,
        "bus_lease_epoch 1",
        "bus_lease_held 1",
        "bus_event_stream_subscribers 1",
        "# TYPE bus_commit_seconds histogram",
    ] {
        assert!(page.lines().any(|found| found == line), "no {line} in\n{page}");
    }
    let value = |name: &str| -> f64 {
        let line = page.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{page}"))
    };
    assert!(value("bus_lease_remaining_seconds") > 10.0 && value("process_resident_memory_bytes") > 1e6);
    // The operator's token, project, task, grant, refused spawn.
    assert!(value("bus_commands_committed_total") >= 4.0 && value("bus_commit_seconds_count") >= 4.0);
    assert!(value(r#"bus_commit_batches_total{commands_up_to="1"}"#) >= 4.0);
    assert!(page.ends_with("# EOF\n"));
}
