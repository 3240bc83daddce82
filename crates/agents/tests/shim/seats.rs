//! Orchestrators that think: a conversation of turns, and nothing that runs between them.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;

use go_bus_api::{Agent, FailureCause, Millis, Remedy};
use go_runtime::{AgentRuntime, AgentSpec, Input, ProcessId, SeatSpec, TalkSpec};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::bench::{Bench, is_there, pid_in, until};

/// What a turn writes first: its conversation, and what it was told.
const BEGIN: &str = r#"read -r line; printf '%s\n' "$1" >> resumed; printf '%s\n' "$line" >> told; echo $$ > turn;
    echo '{"type":"conversation","id":"c-1"}';"#;
const WELL: &str = r#"echo '{"type":"result","ok":true,"summary":"done"}'; cat > /dev/null"#;

fn spent(usd: &str) -> String {
    format!(r#"echo '{{"type":"spent","model":"m","input_tokens":1,"usd":"{usd}"}}';"#)
}

/// A shim that keeps a PO, whose turns run a line of the shell.
struct Seat {
    bench: Bench,
    listener: TcpListener,
    wire: Option<TcpStream>,
    script: String,
}

impl Seat {
    async fn new(agent: &str, script: &str) -> Self {
        let bench = Bench::new(agent).await;
        bench.takes_exit(1).await;
        bench.takes_costs().await;
        let beat = ResponseTemplate::new(200).set_body_json(bench.ended_agent());
        let at = format!("/agents/{agent}/heartbeat");
        Mock::given(method("POST")).and(path(at)).respond_with(beat).mount(&bench.bus).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self { bench, listener, wire: None, script: format!("{BEGIN} {script}") }
    }

    fn spec(&self) -> AgentSpec {
        let agent: Agent = serde_json::from_value(json!({
            "id": self.bench.agent(), "role": "po", "host": "h1", "project": null, "state": "requested", "driver": "command",
            "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1
        }))
        .unwrap();
        let template = quoted(&self.script);
        let settings = vec![self.listener.local_addr().unwrap().to_string(), template];
        let spec = self.bench.talker("exit 99");
        let talk = spec.talk.clone().map(|talk| TalkSpec { input: Input::Messages, ..talk });
        AgentSpec {
            role: agent.role,
            project: None,
            task: None,
            talk,
            heartbeat_ms: Some(Millis(20)),
            seat: Some(SeatSpec { agent, bridge: Vec::new(), settings, resume: None }),
            ..spec
        }
    }

    async fn start(&mut self, spec: &AgentSpec) -> ProcessId {
        let shim = self.bench.start(spec).await;
        let listener = self.listener.try_clone().unwrap();
        self.wire = Some(tokio::task::spawn_blocking(move || listener.accept().unwrap().0).await.unwrap());
        shim
    }

    /// Tells the shim what there is.
    fn tell(&mut self, keys: &[&str]) {
        writeln!(self.wire.as_mut().unwrap(), "{}", json!(keys)).unwrap();
    }

    fn lines(&self, name: &str) -> Vec<String> {
        std::fs::read_to_string(self.file(name)).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.bench.file(name)
    }

    /// What its turns were told, once there were so many.
    async fn told(&self, count: usize) -> Vec<String> {
        until(&format!("{count} turns"), || self.lines("told").len() >= count).await;
        let text = |line: &String| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
        self.lines("told").iter().map(text).collect()
    }

    async fn beats(&self) -> usize {
        let at = format!("/agents/{}/heartbeat", self.bench.agent());
        self.bench.posted(&at).await.len()
    }
}

/// A template that runs `script` with the conversation as its first argument.
fn quoted(script: &str) -> String {
    let script = script.replace('{', "{{").replace('}', "}}").replace('\'', r"'\''");
    format!("/bin/sh -c '{script}' turn [{{conversation}}]")
}

#[tokio::test]
async fn it_sleeps_without_a_process_and_alive_until_there_is_news_and_each_turn_goes_on_with_the_last_one_s_conversation()
 {
    let mut seat = Seat::new("a-seat-1", &format!("{} {WELL}", spent("0.5"))).await;
    let spec = seat.spec();
    let shim = seat.start(&spec).await;
    seat.tell(&[]);
    while seat.beats().await < 3 {
        tokio::task::yield_now().await;
    }
    assert!(seat.lines("told").is_empty(), "without news there is no turn");
    seat.tell(&["T-1", "m-1"]);
    let first = seat.told(1).await.remove(0);
    assert!(first.starts_with("prompt\n\n## What is new\n\nabout T-1\n\nabout m-1\n"), "{first}");
    let turn = pid_in(&seat.file("turn")).await;
    until("its turn is over", || !is_there(turn)).await;
    let before = seat.beats().await;
    while seat.beats().await < before + 3 {
        tokio::task::yield_now().await;
    }
    seat.tell(&["T-2", "m-1"]);
    let second = seat.told(2).await.remove(1);
    assert_eq!(second, "## What is new\n\nabout T-2\n\nDo what has to be done now, and end your turn.\n");
    seat.tell(&["over"]);
    seat.bench.ended(shim).await;
    assert_eq!(seat.lines("resumed"), ["", "c-1"]);
    let report = seat.bench.folder.exit().unwrap();
    assert!(report.stopped && report.failure.is_none(), "{report:?}");
    assert_eq!(report.conversation.map(|id| id.0.to_string()).as_deref(), Some("c-1"));
    assert_eq!(report.usage.iter().map(|line| line.usd.to_string()).collect::<Vec<_>>(), ["1.0"]);
    assert_eq!(seat.bench.costs().await.1, "1".parse().unwrap(), "the costs of an HO or IO are its task's project's");
}

#[tokio::test]
async fn news_in_the_middle_of_a_turn_is_told_with_the_next_and_there_are_never_two_at_once() {
    let busy = "test -e busy && echo two >> told; : > busy; until test -e go; do :; done; rm busy;";
    let mut seat = Seat::new("a-seat-2", &format!("{busy} {WELL}")).await;
    let spec = seat.spec();
    let shim = seat.start(&spec).await;
    seat.tell(&["T-1"]);
    seat.told(1).await;
    seat.tell(&["T-1", "T-2"]);
    seat.tell(&["T-2", "T-3"]);
    std::fs::write(seat.file("go"), "").unwrap();
    let second = seat.told(2).await.remove(1);
    assert!(second.starts_with("## What is new\n\nabout T-2\n\nabout T-3\n\nDo"), "{second}");
    seat.bench.runtime.stop(shim).unwrap();
    seat.bench.ended(shim).await;
    let report = seat.bench.folder.exit().unwrap();
    assert!(report.stopped && !report.bears_result(), "{report:?}");
}

#[tokio::test]
async fn a_turn_that_fails_for_good_ends_it_with_that_failure_and_the_conversation_it_had() {
    let failed = r#"echo '{"type":"result","ok":false,"failure":{"remedy":"escalate","cause":"extra_usage","detail":"no money"}}'; cat > /dev/null"#;
    let mut seat = Seat::new("a-seat-3", failed).await;
    let spec = seat.spec();
    let shim = seat.start(&spec).await;
    seat.tell(&["T-1"]);
    seat.bench.ended(shim).await;
    let report = seat.bench.folder.exit().unwrap();
    let failure = report.failure.clone().unwrap();
    assert_eq!((failure.remedy, failure.cause), (Remedy::Escalate, FailureCause::ExtraUsage));
    assert!(report.bears_result() && report.conversation.is_some(), "{report:?}");
}

#[tokio::test]
async fn one_that_takes_up_a_conversation_is_told_who_it_is_and_one_that_can_t_see_the_bus_ends() {
    let mut seat = Seat::new("a-seat-4", WELL).await;
    let mut spec = seat.spec();
    spec.seat.as_mut().unwrap().resume = serde_json::from_value(json!("c-0")).unwrap();
    let shim = seat.start(&spec).await;
    seat.tell(&["T-1"]);
    let first = seat.told(1).await.remove(0);
    assert!(first.starts_with("You were started anew, as agent a-seat-4;"), "{first}");
    assert_eq!(seat.lines("resumed"), ["c-0"]);
    writeln!(seat.wire.as_mut().unwrap(), "\"the token is void\"").unwrap();
    seat.bench.ended(shim).await;
    let failure = seat.bench.folder.exit().unwrap().failure.unwrap();
    assert!(failure.detail.as_str().contains("it can't follow the Bus: \"the token is void\""), "{failure:?}");
}
