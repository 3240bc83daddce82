//! Keepers are told that the Bus is there: each may be waiting for it.

use std::sync::Arc;
use std::time::Duration;

use go_agents::launcher::{LauncherConfig, Shutdown};
use go_runtime::{AgentRuntime, MemoryRuntime};

use crate::bench::{Bench, until};
use crate::bus::{agent, host};

#[tokio::test]
async fn at_the_adoption_and_after_each_outage() {
    let (bench, runtime) = (Bench::new().await, MemoryRuntime::default());
    bench.bus.has("host", host());
    bench.bus.has("agent", agent("a-w1", "worker", "busy", 5));
    bench.host().create().unwrap();
    let folder = bench.folder("a-w1");
    folder.prepare(&bench.spec("a-w1"), "prompt", "agent-token", "shim-token").unwrap();
    folder.mark_started().unwrap();
    runtime.start(&folder).await.unwrap();
    let short = Duration::from_millis(200);
    let config = LauncherConfig {
        runtime: Arc::new(runtime.clone()),
        stop_grace: Duration::ZERO,
        host_ttl: 10 * short,
        host_beat: short,
        ..bench.config()
    };
    let launcher = bench.launch_with(config);
    bench.asked("/hosts/h1/heartbeat", 2).await;
    assert_eq!(runtime.wakes(&folder), 1, "a beat after a beat is no outage");
    bench.bus.miss_heartbeats(1);
    until("the second wake", || runtime.wakes(&folder) == 2).await;
    launcher.end(Shutdown::LeaveRunning).await;
}
