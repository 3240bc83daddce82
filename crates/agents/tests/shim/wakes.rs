//! A shim is told that the Bus is back.

use go_bus_api::{Problem, ProblemKind, Role};
use go_runtime::{AgentRuntime, Stage};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::bench::{Bench, pid_in};

/// With their pauses these would take more than a minute.
const FAILURES: usize = 20;

#[tokio::test]
async fn a_report_that_waits_for_its_next_try_is_tried_at_once() {
    let (bench, at) = (Bench::new("a-wakes-1").await, "/agents/a-wakes-1/exit");
    let problem = serde_json::to_vec(&Problem::new(ProblemKind::StorageUnavailable, "no")).unwrap();
    let away = ResponseTemplate::new(503).set_body_raw(problem, "application/problem+json");
    let refusal = Mock::given(method("POST")).and(path(at)).respond_with(away);
    refusal.up_to_n_times(FAILURES as u64).expect(FAILURES as u64).mount(&bench.bus).await;
    bench.takes_exit(1).await;
    let shim = bench.start(&bench.spec("exit 0")).await;
    for tried in 1..=FAILURES {
        while bench.posted(at).await.len() < tried {
            tokio::task::yield_now().await;
        }
        bench.runtime.wake(shim).unwrap();
    }
    bench.ended(shim).await;
    assert_eq!((bench.posted(at).await.len(), bench.folder.stage()), (FAILURES + 1, Stage::Reported));
    assert_eq!(bench.log().matches("reported again").count(), 1);
}

#[tokio::test]
async fn an_orchestrator_hears_of_it_from_its_shim() {
    let bench = Bench::new("a-wakes-2").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("trap 'exit 7' CONT; echo $$ > leader; while :; do :; done");
    spec.role = Role::Po;
    let shim = bench.start(&spec).await;
    pid_in(&bench.file("leader")).await;
    bench.runtime.wake(shim).unwrap();
    bench.ended(shim).await;
    assert_eq!(bench.folder.exit().unwrap().code, Some(7));
}

#[tokio::test]
async fn a_plain_command_does_not() {
    let bench = Bench::new("a-wakes-3").await;
    bench.takes_exit(1).await;
    let shim = bench.start(&bench.spec("trap 'exit 7' CONT; echo $$ > leader; until test -e go; do :; done")).await;
    pid_in(&bench.file("leader")).await;
    bench.runtime.wake(shim).unwrap();
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(shim).await;
    assert_eq!(bench.folder.exit().unwrap().code, Some(0));
}
