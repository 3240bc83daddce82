//! Reporting: until the Bus has it, with the verdict before it, and heartbeats on the way.

use std::time::Duration;

use go_bus_api::{Millis, Problem, ProblemKind, TaskId};
use go_runtime::{AgentRuntime, Stage};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::bench::{Bench, until};

fn refusal(kind: ProblemKind) -> ResponseTemplate {
    let body = serde_json::to_vec(&Problem::new(kind, "no")).unwrap();
    ResponseTemplate::new(kind.status()).set_body_raw(body, "application/problem+json")
}

async fn mount(bus: &MockServer, at: &str, answer: ResponseTemplate, times: u64) {
    let mock = Mock::given(method("POST")).and(path(at)).respond_with(answer);
    mock.up_to_n_times(times).expect(times).mount(bus).await;
}

#[tokio::test]
async fn an_exit_is_reported_again_until_the_bus_takes_it() {
    let bench = Bench::new("a-reports-1").await;
    mount(&bench.bus, "/agents/a-reports-1/exit", refusal(ProblemKind::StorageUnavailable), 2).await;
    bench.takes_exit(1).await;
    bench.run(&bench.spec("exit 4")).await;
    let posted = bench.posted("/agents/a-reports-1/exit").await;
    assert!(posted.len() == 3 && posted.iter().all(|body| body["code"] == json!(4)), "{posted:?}");
    assert_eq!(bench.folder.stage(), Stage::Reported);
}

#[tokio::test]
async fn a_bus_that_comes_back_elsewhere_gets_the_exit() {
    let bench = Bench::new("a-reports-2").await;
    let mut spec = bench.spec("exit 0");
    spec.bus_url = "http://127.0.0.1:1".to_owned();
    let shim = bench.start(&spec).await;
    until("the first failed report", || bench.log().contains("reported again")).await;
    assert_eq!(bench.folder.stage(), Stage::Ended);
    bench.takes_exit(1).await;
    spec.bus_url = bench.bus.uri();
    bench.folder.write_spec(&spec).unwrap();
    bench.ended(shim).await;
    assert_eq!(bench.folder.stage(), Stage::Reported);
}

#[tokio::test]
async fn an_agent_that_the_bus_knows_no_more_or_has_ended_needs_no_report() {
    for (agent, kind) in [("a-reports-3", ProblemKind::NotFound), ("a-reports-4", ProblemKind::WrongState)] {
        let bench = Bench::new(agent).await;
        mount(&bench.bus, &format!("/agents/{agent}/exit"), refusal(kind), 1).await;
        bench.run(&bench.spec("exit 0")).await;
        assert_eq!(bench.folder.stage(), Stage::Reported, "{kind:?}");
    }
}

#[tokio::test]
async fn a_void_token_leaves_the_exit_for_the_launcher() {
    let bench = Bench::new("a-reports-5").await;
    mount(&bench.bus, "/agents/a-reports-5/exit", refusal(ProblemKind::Unauthorized), 1).await;
    bench.run(&bench.spec("exit 0")).await;
    assert_eq!(bench.folder.stage(), Stage::Ended);
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_a_bus_that_is_away() {
    let bench = Bench::new("a-reports-6").await;
    let mut spec = bench.spec("exit 0");
    spec.bus_url = "http://127.0.0.1:1".to_owned();
    let shim = bench.start(&spec).await;
    until("the first failed report", || bench.log().contains("reported again")).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    assert_eq!((bench.folder.stage(), bench.folder.exit().unwrap().code), (Stage::Ended, Some(0)));
}

async fn review(agent: &str, command: &str) -> Vec<serde_json::Value> {
    let bench = Bench::new(agent).await;
    mount(&bench.bus, "/tasks/T-1/review", ResponseTemplate::new(200).set_body_json(task()), 1).await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec(command);
    spec.reviews = Some(TaskId::new("T-1").unwrap());
    bench.run(&spec).await;
    let requests = bench.bus.received_requests().await.unwrap();
    let order: Vec<_> = requests.iter().map(|r| r.url.path()).collect();
    assert_eq!(order, ["/tasks/T-1/review".to_owned(), format!("/agents/{agent}/exit")], "the verdict comes first");
    bench.posted("/tasks/T-1/review").await
}

fn task() -> serde_json::Value {
    json!({
        "id": "T-1", "project": "site", "title": "t", "kind": "ticket", "priority": "p2", "state": "done", "attempt": 1,
        "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-03-21T08:15:30.250Z", "revision": 9
    })
}

#[tokio::test]
async fn a_reviewer_s_command_that_exits_0_approves() {
    assert_eq!(review("a-reports-7", "echo fine").await, [json!({"verdict": "approve", "notes": "fine\n"})]);
}

#[tokio::test]
async fn one_that_fails_requests_changes_and_says_why() {
    let body = review("a-reports-8", "echo line 3 is wrong; exit 1").await;
    assert_eq!(body, [json!({"verdict": "request_changes", "notes": "line 3 is wrong\n"})]);
}

#[tokio::test]
async fn a_verdict_that_is_refused_does_not_hold_the_exit_back() {
    let bench = Bench::new("a-reports-9").await;
    mount(&bench.bus, "/tasks/T-1/review", refusal(ProblemKind::ReviewerNotFresh), 1).await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("true");
    spec.reviews = Some(TaskId::new("T-1").unwrap());
    bench.run(&spec).await;
    assert_eq!(bench.folder.stage(), Stage::Reported);
}

#[tokio::test]
async fn a_reviewer_that_was_stopped_or_ran_out_of_time_judges_nothing() {
    let bench = Bench::new("a-reports-10").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("sleep 1000");
    spec.reviews = Some(TaskId::new("T-1").unwrap());
    spec.deadline_ms = Some(Millis(100));
    bench.run(&spec).await;
    assert!(bench.posted("/tasks/T-1/review").await.is_empty());
}

#[tokio::test]
async fn the_shim_of_a_plain_command_sends_its_heartbeats() {
    let bench = Bench::new("a-reports-11").await;
    let beats = Mock::given(method("POST")).and(path("/agents/a-reports-11/heartbeat"));
    let mut alive = bench.ended_agent();
    alive["state"] = json!("ready");
    beats.respond_with(ResponseTemplate::new(200).set_body_json(alive)).expect(2..).mount(&bench.bus).await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("until test -e go; do :; done");
    spec.heartbeat_ms = Some(Millis(20));
    let shim = bench.start(&spec).await;
    let seen = async {
        while bench.posted("/agents/a-reports-11/heartbeat").await.len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), seen).await.expect("two heartbeats");
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(shim).await;
}
