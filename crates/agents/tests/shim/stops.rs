//! Ordered stops, and the host's lease.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use go_clock::{Boottime, Clock, SystemClock};
use go_runtime::{AgentRuntime, HostLeaseFile, ProcessRuntime};

use crate::bench::{Bench, commands, is_there, pid_in, until};

#[tokio::test]
async fn an_ordered_stop_ends_the_group_verifies_nothing_and_bears_no_result() {
    let bench = Bench::new("a-stops-1").await;
    bench.takes_exit(1).await;
    let mut spec =
        bench.spec("sleep 1000 & echo $! > child; setsid sleep 1000 & echo $! > away; echo $$ > leader; wait");
    spec.verify = commands(&["touch verified"]);
    let shim = bench.start(&spec).await;
    let leader = pid_in(&bench.file("leader")).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert!(report.stopped && !report.bears_result() && report.limit.is_none(), "{report:?}");
    assert!(
        !is_there(leader)
            && !is_there(pid_in(&bench.file("child")).await)
            && !is_there(pid_in(&bench.file("away")).await)
    );
    assert!(!bench.file("verified").exists());
}

#[tokio::test]
async fn one_whose_shim_was_started_deaf_to_the_interrupt_still_ends_by_it() {
    let mut bench = Bench::new("a-stops-7").await;
    bench.takes_exit(1).await;
    // As a shell starts what it runs in the background, and all that this starts.
    let deaf = bench.file("deaf");
    let line = format!("#!/bin/sh\ntrap '' INT QUIT\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_shim-fixture"));
    std::fs::write(&deaf, line).unwrap();
    std::fs::set_permissions(&deaf, std::fs::Permissions::from_mode(0o755)).unwrap();
    bench.runtime = ProcessRuntime::new(deaf, &[]).unwrap();
    let shim = bench.start(&bench.spec("echo $$ > leader; exec sleep 1000")).await;
    pid_in(&bench.file("leader")).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    let exit = bench.folder.exit().unwrap();
    assert_eq!((exit.signal, exit.stopped), (Some(2), true), "{exit:?}");
}

#[tokio::test]
async fn one_that_ignores_the_interrupt_is_killed_after_the_grace() {
    let bench = Bench::new("a-stops-2").await;
    bench.takes_exit(1).await;
    let spec = bench.spec("trap '' INT TERM; echo $$ > leader; while :; do sleep 1000; done");
    let shim = bench.start(&spec).await;
    let leader = pid_in(&bench.file("leader")).await;
    let ordered = SystemClock.boottime();
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    assert!(SystemClock.boottime().since(ordered) >= Duration::from_millis(300), "it had no grace");
    assert_eq!((bench.folder.exit().unwrap().signal, is_there(leader)), (Some(9), false));
}

#[tokio::test]
async fn a_stop_during_a_verification_is_a_stop() {
    let bench = Bench::new("a-stops-3").await;
    bench.takes_exit(1).await;
    let mut spec = bench.spec("true");
    spec.verify = commands(&["echo $$ > verifying; exec sleep 1000", "touch next"]);
    let shim = bench.start(&spec).await;
    let verifying = pid_in(&bench.file("verifying")).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    assert!(bench.folder.exit().unwrap().stopped && !is_there(verifying) && !bench.file("next").exists());
}

#[tokio::test]
async fn a_host_s_lease_that_runs_out_ends_the_agent_and_a_renewed_one_does_not() {
    let bench = Bench::new("a-stops-4").await;
    bench.takes_exit(1).await;
    let lease = HostLeaseFile::at(bench.file("lease"));
    let began = SystemClock.boottime();
    lease.renew(began + Duration::from_millis(400)).unwrap();
    let mut spec = bench.spec("echo $$ > leader; exec sleep 1000");
    spec.host_lease = Some(lease.path().to_path_buf());
    let shim = bench.start(&spec).await;
    pid_in(&bench.file("leader")).await;
    lease.renew(began + Duration::from_millis(900)).unwrap();
    bench.ended(shim).await;
    let ran = SystemClock.boottime().since(began);
    assert!(ran >= Duration::from_millis(900), "it was ended after {ran:?}, before the renewed lease was over");
    let report = bench.folder.exit().unwrap();
    assert!(report.stopped && !report.bears_result());
    assert_eq!(report.limit.unwrap().as_str(), "the end of the host's lease");
}

#[tokio::test]
async fn nothing_is_started_under_a_lease_that_is_over() {
    let bench = Bench::new("a-stops-5").await;
    bench.takes_exit(1).await;
    let lease = HostLeaseFile::at(bench.file("lease"));
    lease.renew(Boottime(Duration::from_nanos(1))).unwrap();
    let mut spec = bench.spec("touch ran");
    spec.host_lease = Some(lease.path().to_path_buf());
    let report = bench.run(&spec).await;
    assert!(report.stopped && !bench.file("ran").exists());
}

#[tokio::test]
async fn a_hang_up_is_no_order() {
    let bench = Bench::new("a-stops-6").await;
    bench.takes_exit(1).await;
    let shim = bench.start(&bench.spec("echo $$ > leader; until test -e go; do :; done")).await;
    pid_in(&bench.file("leader")).await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(shim.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(shim).await;
    until("the report", || bench.folder.exit().is_ok()).await;
    assert_eq!(bench.folder.exit().unwrap().code, Some(0));
}
