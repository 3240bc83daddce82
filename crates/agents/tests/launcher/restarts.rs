//! What a launcher that starts finds, and what it does about it.

use go_agents::launcher::Shutdown;
use go_bus_api::ExitReport;
use serde_json::json;

use crate::bench::{Bench, Launcher, until};
use crate::bus::{agent, host};

/// A launcher that has started an agent which runs until there is a file `go`.
async fn running(bench: &Bench, builder: &str) -> Launcher {
    bench.has_work(builder, "echo x >> runs; echo $$ > up; until test -e go; do :; done");
    let launcher = bench.launch();
    until("the agent", || !bench.read("up").is_empty()).await;
    launcher
}

#[tokio::test]
async fn a_living_agent_is_adopted_after_a_crash_and_not_started_again() {
    let bench = Bench::new().await;
    running(&bench, "a-r1").await.crash().await;
    let keeper = bench.folder("a-r1").keeper();
    let next = bench.launch();
    bench.asked("/hosts/h1/heartbeat", 2).await;
    assert!(keeper.is_some() && bench.folder("a-r1").keeper() == keeper);
    std::fs::write(bench.file("go"), "").unwrap();
    let exits = bench.asked("/agents/a-r1/exit", 1).await;
    assert_eq!((&exits[0].2["code"], &exits[0].2["stopped"]), (&json!(0), &json!(false)));
    until("the folder's removal", || !bench.folder("a-r1").path().exists()).await;
    next.end(Shutdown::LeaveRunning).await;
    assert_eq!(bench.read("runs"), "x\n");
}

#[tokio::test]
async fn agents_that_are_left_running_run_on() {
    let bench = Bench::new().await;
    running(&bench, "a-r2").await.end(Shutdown::LeaveRunning).await;
    assert!(bench.folder("a-r2").keeper().is_some());
    bench.launch().end_of_all(&bench).await;
    assert_eq!(bench.read("runs"), "x\n");
}

impl Launcher {
    /// Lets the agent end, and then the launcher.
    async fn end_of_all(self, bench: &Bench) {
        std::fs::write(bench.file("go"), "").unwrap();
        bench.asked("/agents/a-r2/exit", 1).await;
        self.end(Shutdown::LeaveRunning).await;
    }
}

#[tokio::test]
async fn after_a_crash_of_launcher_and_shim_the_agent_is_ended_and_reported_without_a_result() {
    let bench = Bench::new().await;
    running(&bench, "a-r3").await.crash().await;
    let shim = bench.folder("a-r3").keeper().unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(shim.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    until("the shim's end", || bench.folder("a-r3").keeper().is_none()).await;
    let leader = format!("/proc/{}/environ", bench.read("up").trim());
    assert!(!std::fs::read(&leader).unwrap_or_default().is_empty(), "the agent should have outlived its shim");
    let next = bench.launch();
    let exits = bench.asked("/agents/a-r3/exit", 1).await;
    assert_eq!((&exits[0].2["code"], &exits[0].2["signal"]), (&json!(null), &json!(null)));
    assert!(std::fs::read(&leader).unwrap_or_default().is_empty(), "it runs on");
    next.end(Shutdown::LeaveRunning).await;
    assert_eq!(bench.read("runs"), "x\n");
}

#[tokio::test]
async fn an_exit_that_was_not_reported_is_reported_before_the_host_s_lease_is_taken() {
    let bench = Bench::new().await;
    bench.bus.has("host", host());
    bench.bus.has("agent", agent("a-r4", "worker", "busy", 5));
    bench.host().create().unwrap();
    let folder = bench.folder("a-r4");
    folder.prepare(&bench.spec("a-r4"), "prompt", "agent-token", "shim-token").unwrap();
    folder.mark_started().unwrap();
    folder.write_exit(&ExitReport { code: Some(0), ..ExitReport::default() }).unwrap();
    let launcher = bench.launch();
    bench.asked("/hosts/h1/heartbeat", 1).await;
    let exits = bench.bus.asked("/agents/a-r4/exit").await;
    assert_eq!((exits.len(), exits[0].1.as_str(), &exits[0].2["code"]), (1, "shim-token", &json!(0)));
    until("the folder's removal", || !folder.path().exists()).await;
    launcher.end(Shutdown::LeaveRunning).await;
}
