//! Alerts, costs, sprints, the audit log and answers, as a person sees them.

use std::sync::Arc;

use go_bus_client::{BusClient, BusError, HttpTransport, Token};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::place::{Place, Running, code, err, out, until};

/// A review, and an attempt that fails at first: every kind of agent speaks to the Bus.
const PLAN: &str = r#"version: 1
projects:
  - id: p
    tickets:
      - {id: A, title: reviewed, kind: feature, run: echo A >> trace, verify: [test -s trace], review: 'true'}
      - {id: B, title: heals, kind: chore, depends_on: [A], run: "echo B >> trace; test $(grep -c B trace) = 2"}
"#;

/// A Bus, alone or with a fleet, and commands against it.
struct Scene {
    place: Place,
    url: String,
    bus: Running,
}

impl Scene {
    fn new() -> Self {
        let place = Place::new();
        let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
        let url = bus.url();
        Self { place, url, bus }
    }

    /// A fleet at work on [`PLAN`], with these settings.
    fn at_work(settings: &str) -> Self {
        let place = Place::with_plan(PLAN);
        std::fs::write(place.path().join("go.yaml"), settings).unwrap();
        let mut bus = place.up(&[]);
        let url = bus.url();
        Self { place, url, bus }
    }

    /// Every event so far.
    fn events(&self) -> Vec<Value> {
        self.said(&["events", "--json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn go(&self, arguments: &[&str]) -> std::process::Output {
        self.place.go(&[arguments, &["--bus-url", &self.url]].concat())
    }

    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.go(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", err(&output));
        out(&output)
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// Does `call` with a client of the operator's.
    fn with<T, F: Future<Output = Result<T, BusError>>>(&self, call: impl FnOnce(BusClient) -> F) -> T {
        let token = std::fs::read_to_string(self.place.path().join(".go/operator.token")).unwrap();
        let transport = Arc::new(HttpTransport::new(&self.url).unwrap());
        let client = BusClient::new(transport, Token::new(token.trim()).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(call(client)).unwrap()
    }
}

fn body<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

#[test]
fn an_alert_is_listed_until_it_is_acknowledged() {
    let scene = Scene::new();
    let new = body(json!({"level": "L4", "title": "disk full"}));
    let alert = scene.with(async |bus| bus.raise_alert(&new).await);
    let id = alert.id.as_str();
    assert!(scene.said(&["alerts", "--level", "l4"]).contains("disk full"));
    assert_eq!(scene.json(&["alerts", "--level", "L1"]), json!([]));
    assert_eq!(scene.json(&["alerts", "ack", id])["acknowledged_by"], "operator");
    assert_eq!(scene.json(&["alerts"]), json!([]));
    assert_eq!(scene.json(&["alerts", "--all"])[0]["id"], id);
    assert_eq!(code(&scene.go(&["alerts", "ack", "alert-nobody"])), 1);
}

#[test]
fn costs_and_sprints_are_told_in_tables_and_json() {
    let scene = Scene::new();
    let project = body(json!({"id": "site"}));
    scene.with(async |bus| bus.create_project(&project).await);
    let cost = body(
        json!({"agent": "m0", "project": "site", "model": "haiku", "input_tokens": 1, "output_tokens": 2, "usd": "0.3"}),
    );
    scene.with(async |bus| bus.record_cost(&cost).await);
    assert!(scene.said(&["costs"]).contains("0.3 USD altogether"));
    assert_eq!(scene.json(&["costs", "--since", "1h"])["by_project"]["items"][0]["project"], "site");
    assert_eq!(scene.json(&["costs", "--since", "2999-01-01T00:00:00Z"])["by_agent"]["total_usd"], "0");
    assert_eq!(code(&scene.go(&["costs", "--since", "yesterday"])), 2);
    assert!(scene.said(&["sprints"]).starts_with("SPRINT"));
    assert_eq!(scene.json(&["sprints"]), json!([]));
}

#[test]
fn the_audit_log_is_shown_and_verified() {
    let scene = Scene::new();
    let entry = body(json!({"action": "look", "subject": "tasks/T-1"}));
    scene.with(async |bus| bus.append_audit(&entry).await);
    assert!(scene.said(&["audit"]).contains("look"));
    assert_eq!(scene.json(&["audit", "--action", "look"])["subject"], "tasks/T-1");
    assert_eq!(scene.said(&["audit", "--actor", "nobody"]), "");
    assert_eq!(scene.said(&["audit", "verify"]), "the audit log is whole, all 2 entries\n");
    assert_eq!(scene.json(&["audit", "verify"])["ok"], true);
}

#[test]
fn a_question_is_answered_with_one_of_its_options() {
    let scene = Scene::new();
    let new = body(json!({"text": "which?", "options": ["a", "b"]}));
    let question = scene.with(async |bus| bus.ask(&new).await);
    let id = question.id.as_str();
    assert_eq!(code(&scene.go(&["answer", id, "c"])), 4);
    assert_eq!(scene.json(&["answer", id, "b"])["answer"], "b");
}

#[test]
fn under_enforced_default_roles_all_gets_done_and_an_alert_reaches_its_human_and_nobody_is_denied() {
    let mut scene = Scene::at_work("rbac: {mode: enforce}\n");
    scene.bus.line("B done");
    for level in ["L4", "L2"] {
        let new = body(json!({"level": level, "title": "disk full"}));
        scene.with(async |bus| bus.raise_alert(&new).await);
    }
    let alerts = |kind: &str| -> Vec<String> {
        let of_kind = |event: &Value| event["kind"] == kind && event["data"]["kind"] == "alert";
        let events = scene.events().into_iter().filter(of_kind);
        events.map(|event| format!("{} to {}", event["data"]["subject"], event["data"]["to"])).collect()
    };
    let read = until("the IO has read it", || alerts("message.acknowledged").pop());
    let sent = alerts("message.sent");
    assert_eq!((sent.first(), sent.get(1).map(String::as_str)), (Some(&read), Some(r#""L2 disk full" to "c0""#)));
    assert!(read.starts_with(r#""L4 disk full" to "a-"#), "{read}");
    let denied: Vec<Value> = scene.events().into_iter().filter(|event| event["kind"] == "rbac.denied").collect();
    assert_eq!(denied, Vec::<Value>::new());
    let question = body(json!({"subject": "worker", "action": "rbac.write", "resource": "*"}));
    let answer = scene.with(async |bus| bus.check_permission(&question).await);
    assert!(!answer.allowed && answer.would_block, "the roles are enforced: {answer:?}");
    scene.bus.signal(rustix::process::Signal::INT);
    let (status, said) = scene.bus.end();
    assert_eq!(status.code(), Some(130), "{}", said.join("\n"));
}
