//! Registration and the host's lease.

use std::time::Duration;

use go_agents::launcher::{LauncherConfig, Shutdown};
use go_clock::{Clock, SystemClock};
use serde_json::json;

use crate::bench::{Bench, until};
use crate::bus::host;

#[tokio::test]
async fn a_launcher_waits_for_its_host_registers_renews_and_says_goodbye() {
    let bench = Bench::new().await;
    let launcher = bench.launch();
    bench.asked("/events/stream", 1).await;
    assert!(bench.bus.asked("/agents").await.is_empty(), "it registered for a host that is not there");
    bench.bus.event("host.created", "hosts/h1", host());
    let registered = bench.asked("/agents", 1).await;
    let expected = json!({"role": "launcher", "host": "h1"});
    assert_eq!((registered[0].1.as_str(), &registered[0].2), ("operator-token", &expected));
    until("the host's lease file", || bench.host().lease().deadline() > SystemClock.boottime()).await;
    let trusted = bench.host().lease().deadline().since(SystemClock.boottime());
    assert!(trusted < go_rules::liveness::HOST_TTL, "agents would outlive the Bus's own timer");
    let beats = bench.bus.asked("/hosts/h1/heartbeat").await;
    assert_eq!((beats[0].1.as_str(), &beats[0].2["launcher"]), ("launcher-token", &json!("l-1")));
    launcher.end(Shutdown::LeaveRunning).await;
    assert_eq!(bench.bus.asked("/agents/l-1").await[0].0, "DELETE");
}

#[tokio::test]
async fn a_launcher_whose_token_is_void_registers_anew() {
    let bench = Bench::new().await;
    bench.bus.has("host", host());
    bench.bus.refuse_heartbeats(1);
    let launcher = bench.launch();
    bench.asked("/agents", 2).await;
    until("the host's lease file", || bench.host().lease().deadline() > SystemClock.boottime()).await;
    launcher.end(Shutdown::LeaveRunning).await;
}

/// The host's own beat is seconds away.
#[tokio::test]
async fn a_launcher_lives_by_the_interval_of_any_agent_and_learns_at_once_that_it_is_not_known_any_more() {
    let bench = Bench::new().await;
    bench.bus.has("host", host());
    let often = LauncherConfig { heartbeat: Duration::from_millis(20), ..bench.config() };
    let launcher = bench.launch_with(often);
    bench.asked("/agents/l-1/heartbeat", 4).await;
    assert_eq!(bench.bus.asked("/hosts/h1/heartbeat").await.len(), 1);
    bench.bus.refuse_own_heartbeats(1);
    bench.asked("/agents", 2).await;
    bench.asked("/hosts/h1/heartbeat", 2).await;
    launcher.end(Shutdown::LeaveRunning).await;
}

#[tokio::test]
async fn a_launcher_that_was_killed_frees_its_host_at_once() {
    let bench = Bench::new().await;
    bench.bus.has("host", host());
    bench.host().create().unwrap();
    let mut dead = std::process::id();
    while go_runtime::is_alive(go_runtime::ProcessId { pid: dead, started: 1 }) {
        dead += 1;
    }
    std::fs::write(bench.temp.path().join("data/hosts/h1/launcher"), format!("{dead} 1 l-0\n")).unwrap();
    let launcher = bench.launch();
    let ended = bench.asked("/agents/l-0", 1).await;
    assert_eq!((ended[0].0.as_str(), ended[0].1.as_str()), ("DELETE", "operator-token"));
    bench.asked("/agents", 1).await;
    bench.asked("/hosts/h1/heartbeat", 1).await;
    assert!(
        bench.host().launcher().is_some_and(|(_, id)| id.as_str() == "l-1"),
        "it noted itself before it took the host"
    );
    launcher.crash().await;
    // This process is alive, and with it, for all that anybody can prove, the launcher that it ran.
    let launcher = bench.launch();
    bench.asked("/hosts/h1/heartbeat", 2).await;
    launcher.end(Shutdown::LeaveRunning).await;
    let told = bench.bus.asked("/agents/l-1").await.len();
    assert_eq!(told, 1, "its goodbye is all that ended it");
}
