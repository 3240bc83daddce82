//! What a dead shim leaves: an agent is never started twice.

use go_bus_api::ExitReport;
use go_runtime::{AgentRuntime, Stage};

use crate::bench::{Bench, another_boot, is_there, pid_in};

#[tokio::test]
async fn a_second_shim_on_one_folder_ends_at_once_and_starts_nothing() {
    let bench = Bench::new("a-crash-1").await;
    bench.takes_exit(1).await;
    let first = bench.start(&bench.spec("echo x >> runs; echo $$ > leader; until test -e go; do :; done")).await;
    pid_in(&bench.file("leader")).await;
    let second = bench.runtime.start(&bench.folder).await.unwrap();
    bench.ended(second).await;
    assert_eq!(bench.runtime.keeper(&bench.folder), Some(first));
    assert!(bench.log().contains("another shim keeps"));
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(first).await;
    assert_eq!(std::fs::read_to_string(bench.file("runs")).unwrap(), "x\n");
}

#[tokio::test]
async fn after_a_killed_shim_its_agent_is_ended_and_not_started_again() {
    let bench = Bench::new("a-crash-2").await;
    bench.takes_exit(1).await;
    let spec = bench.spec("echo x >> runs; setsid sleep 1000 & echo $! > away; echo $$ > leader; wait");
    let shim = bench.start(&spec).await;
    let (leader, away) = (pid_in(&bench.file("leader")).await, pid_in(&bench.file("away")).await);
    let pid = rustix::process::Pid::from_raw(i32::try_from(shim.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    bench.ended(shim).await;
    assert_eq!((bench.folder.stage(), bench.runtime.keeper(&bench.folder)), (Stage::Started, None));
    assert!(is_there(leader) && is_there(away));
    let next = bench.runtime.start(&bench.folder).await.unwrap();
    bench.ended(next).await;
    assert!(!is_there(leader) && !is_there(away));
    assert_eq!(bench.folder.exit().unwrap(), ExitReport::default());
    assert_eq!(std::fs::read_to_string(bench.file("runs")).unwrap(), "x\n");
    assert_eq!(bench.folder.stage(), Stage::Reported);
}

#[tokio::test]
async fn an_exit_that_was_written_but_not_reported_is_reported_as_it_was() {
    let bench = Bench::new("a-crash-3").await;
    bench.takes_exit(1).await;
    bench.prepare(&bench.spec("touch ran"));
    bench.folder.mark_started().unwrap();
    let report = ExitReport { code: Some(6), ..ExitReport::default() };
    bench.folder.write_exit(&report).unwrap();
    let shim = bench.runtime.start(&bench.folder).await.unwrap();
    bench.ended(shim).await;
    assert_eq!(bench.posted("/agents/a-crash-3/exit").await[0]["code"], 6);
    assert!(!bench.file("ran").exists());
}

#[tokio::test]
async fn what_was_prepared_before_a_reboot_is_not_started_after_it() {
    let bench = Bench::new("a-crash-4").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("touch ran");
    spec.boot = another_boot();
    assert_eq!(bench.run(&spec).await, ExitReport::default());
    assert!(!bench.file("ran").exists());
}

#[tokio::test]
async fn a_folder_that_nobody_prepared_is_an_error() {
    let bench = Bench::new("a-crash-5").await;
    bench.folder.create().unwrap();
    let shim = bench.runtime.start(&bench.folder).await.unwrap();
    bench.ended(shim).await;
    assert!(bench.log().contains("not prepared by a launcher"), "{}", bench.log());
}
