//! How agents end by themselves, and what is verified after them.

use go_bus_api::{ExitReport, Millis};

use crate::bench::{Bench, commands, is_there, pid_in, variables};

#[tokio::test]
async fn code_tail_and_each_verification_s_code_are_reported() {
    let bench = Bench::new("a-ends-1").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("echo built > out; echo said; exit 0");
    spec.verify = commands(&["cat out", "echo wrong >&2; exit 3", "kill -9 $$"]);
    let report = bench.run(&spec).await;
    assert_eq!((report.code, report.signal, report.stopped, report.limit.clone()), (Some(0), None, false, None));
    assert_eq!(report.tail.as_str(), "said\n");
    let verified: Vec<_> = report.verify.iter().map(|v| (v.code, v.tail.as_str())).collect();
    assert_eq!(verified, [(0, "built\n"), (3, "wrong\n"), (137, "")]);
    assert!(!report.succeeded());
    let posted = bench.posted("/agents/a-ends-1/exit").await;
    assert_eq!(serde_json::from_value::<ExitReport>(posted[0].clone()).unwrap(), report);
    assert_eq!(bench.folder.stage(), go_runtime::Stage::Reported);
    let requests = bench.bus.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["authorization"], "Bearer shim-token");
}

#[tokio::test]
async fn a_signal_is_told_from_a_code_and_a_failed_command_is_still_verified() {
    let bench = Bench::new("a-ends-2").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("kill -TERM $$");
    spec.verify = commands(&["true"]);
    let report = bench.run(&spec).await;
    assert_eq!((report.code, report.signal, report.verify.len()), (None, Some(15), 1));
    assert!(report.bears_result());
}

#[tokio::test]
async fn verifications_have_neither_the_builder_s_token_nor_its_variables() {
    let bench = Bench::new("a-ends-3").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("env > agent.env");
    spec.command = spec.command.with("OF_THE_DRIVER", "1");
    spec.verify = commands(&["env > verify.env"]);
    assert!(bench.run(&spec).await.succeeded());
    let (agent, verify) = (variables(&bench.file("agent.env")), variables(&bench.file("verify.env")));
    assert!(agent.contains_key("XIO_TOKEN_FILE") && agent.contains_key("OF_THE_DRIVER"));
    let own: Vec<_> = verify.keys().filter(|n| n.starts_with("XIO_") || n.starts_with("OF_")).collect();
    assert_eq!(own, ["XIO_AGENT_ID"]);
    assert!(!agent.contains_key("CARGO_MANIFEST_DIR") && agent.contains_key("PATH"), "{agent:?}");
}

#[tokio::test]
async fn what_the_agent_left_behind_is_ended_before_the_verifications_run() {
    let bench = Bench::new("a-ends-4").await;
    bench.takes_exit(1).await;
    // A double fork into another session, an orphan that clears its environment, and one that ignores signals.
    let mut spec = bench.spec(
        "setsid sh -c 'echo $$ > away; exec sleep 1000' & \
         env -i setsid sh -c 'echo $$ > cleared; exec sleep 1000' & \
         setsid sh -c 'trap \"\" INT TERM; echo $$ > deaf; while :; do sleep 1000; done' & \
         until test -s away && test -s cleared && test -s deaf; do :; done; exit 0",
    );
    spec.verify = commands(&["! kill -0 $(cat away) && ! kill -0 $(cat cleared) && ! kill -0 $(cat deaf)"]);
    let report = bench.run(&spec).await;
    assert!(report.succeeded(), "{report:?}");
    for name in ["away", "cleared", "deaf"] {
        assert!(!is_there(pid_in(&bench.file(name)).await), "{name} lives on");
    }
}

#[tokio::test]
async fn the_wall_limit_ends_the_whole_group_and_bears_a_result() {
    let bench = Bench::new("a-ends-5").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("sleep 1000 & echo $! > child; sleep 1000");
    spec.deadline_ms = Some(Millis(200));
    spec.verify = commands(&["touch verified"]);
    let report = bench.run(&spec).await;
    assert_eq!(report.limit.as_ref().map(|l| l.as_str()), Some("the wall limit of 0.2 s"));
    assert!(report.bears_result() && !report.stopped && report.verify.is_empty());
    assert!(!is_there(pid_in(&bench.file("child")).await));
    assert!(!bench.file("verified").exists());
}

#[tokio::test]
async fn the_wall_limit_covers_the_verifications_too() {
    let bench = Bench::new("a-ends-6").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("true");
    spec.deadline_ms = Some(Millis(300));
    spec.verify = commands(&["trap 'exit 0' INT; sleep 1000", "touch verified"]);
    let report = bench.run(&spec).await;
    assert_eq!((report.code, report.verify.len()), (Some(0), 1));
    assert!(report.limit.is_some() && report.verify[0].code != 0 && !report.succeeded());
    assert!(!bench.file("verified").exists());
}

#[tokio::test]
async fn what_can_t_be_started_is_an_exit_127_that_says_why() {
    let bench = Bench::new("a-ends-7").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("true");
    spec.command.folder = "/no/such/folder".into();
    let report = bench.run(&spec).await;
    assert_eq!(report.code, Some(127));
    assert!(report.tail.as_str().contains("/no/such/folder"), "{report:?}");
}
