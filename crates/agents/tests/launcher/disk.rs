//! The disk's watermark: with hardly any room nothing new is begun, and people are told.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use go_agents::launcher::{LauncherConfig, Shutdown};
use go_bus_api::AgentId;
use go_runtime::{AgentFolder, AgentRuntime, MemoryRuntime, ProcessId, RuntimeError, Space};
use serde_json::json;

use crate::bench::{Bench, until};

const GIB: u64 = 1 << 30;

/// A runtime whose disk has as much room as the test says, of 100 GiB.
#[derive(Debug, Clone)]
struct SmallDisk {
    runtime: MemoryRuntime,
    free: Arc<AtomicU64>,
}

impl SmallDisk {
    fn full() -> Self {
        Self { runtime: MemoryRuntime::default(), free: Arc::new(AtomicU64::new(GIB - 1)) }
    }

    fn config(&self, bench: &Bench) -> LauncherConfig {
        let short = Duration::from_millis(200);
        LauncherConfig {
            runtime: Arc::new(self.clone()),
            stop_grace: Duration::ZERO,
            host_ttl: 10 * short,
            host_beat: short,
            ..bench.config()
        }
    }
}

#[async_trait]
impl AgentRuntime for SmallDisk {
    fn space(&self, _path: &Path) -> Result<Space, RuntimeError> {
        Ok(Space { free: self.free.load(Ordering::SeqCst), total: 100 * GIB })
    }

    async fn start(&self, folder: &AgentFolder) -> Result<ProcessId, RuntimeError> {
        self.runtime.start(folder).await
    }

    fn keeper(&self, folder: &AgentFolder) -> Option<ProcessId> {
        self.runtime.keeper(folder)
    }

    async fn ended(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.runtime.ended(keeper).await
    }

    fn stop(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.runtime.stop(keeper)
    }

    fn wake(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.runtime.wake(keeper)
    }

    async fn end_strays(&self, agent: &AgentId, grace: Duration) -> Result<usize, RuntimeError> {
        self.runtime.end_strays(agent, grace).await
    }
}

#[tokio::test]
async fn with_hardly_any_room_nothing_is_begun_and_people_are_told_and_with_room_it_is() {
    let bench = Bench::new().await;
    bench.has_work("a-disk-1", "true");
    let disk = SmallDisk::full();
    let config = || disk.config(&bench);
    let launcher = bench.launch_with(config());
    let alerts = bench.asked("/io/alerts", 1).await;
    assert_eq!((alerts[0].0.as_str(), &alerts[0].2["level"]), ("POST", &json!("L4")));
    assert_eq!(alerts[0].2["dedupe_key"], json!("disk/h1"));
    assert!(alerts[0].2["title"].as_str().unwrap().contains("the disk of host h1 is full"), "{:?}", alerts[0].2);
    // It holds the host's lease and has looked since.
    bench.asked("/hosts/h1/heartbeat", 3).await;
    assert!(disk.runtime.started().is_empty() && !bench.folder("a-disk-1").path().exists());
    assert_eq!(bench.bus.asked("/io/alerts").await.len(), 1, "people are told once");
    launcher.end(Shutdown::LeaveRunning).await;
    disk.free.store(GIB, Ordering::SeqCst);
    let launcher = bench.launch_with(config());
    until("the start", || disk.runtime.started().len() == 1).await;
    launcher.end(Shutdown::LeaveRunning).await;
}

#[tokio::test]
async fn a_warning_that_nobody_heard_is_given_again_soon() {
    let bench = Bench::new().await;
    bench.has_work("a-disk-2", "true");
    bench.bus.refuse_alerts(1);
    let launcher = bench.launch_with(SmallDisk::full().config(&bench));
    bench.asked("/io/alerts", 2).await;
    launcher.end(Shutdown::LeaveRunning).await;
}
