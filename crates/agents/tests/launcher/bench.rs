//! A launcher, its data folder, and the fake Bus.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use go_agents::launcher::{LauncherConfig, LauncherError, Shutdown, run};
use go_bus_api::{AgentId, DriverKind, HostId, Millis, Role};
use go_bus_client::{BusClient, HttpTransport, Token};
use go_clock::{Clock, SystemClock};
use go_runtime::{AgentFolder, AgentSpec, CommandSpec, HostFolder, boot_id};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::bus::{FakeBus, WHEN, agent, host};

const LONG: Duration = Duration::from_secs(30);

/// What a launcher is tested with.
pub(crate) struct Bench {
    pub(crate) temp: tempfile::TempDir,
    pub(crate) bus: FakeBus,
}

/// A launcher at work.
pub(crate) struct Launcher {
    order: oneshot::Sender<Shutdown>,
    task: JoinHandle<Result<(), LauncherError>>,
}

impl Launcher {
    /// Tells it how to end and waits until it has.
    pub(crate) async fn end(self, how: Shutdown) {
        self.order.send(how).unwrap();
        tokio::time::timeout(LONG, self.task).await.unwrap().unwrap().unwrap();
    }

    /// Ends it as a crash does: it gets to do nothing more.
    pub(crate) async fn crash(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap(), bus: FakeBus::start().await }
    }

    /// A host, a project whose folder is the temporary one, and a ticket that runs `command`, with one requested builder.
    pub(crate) fn has_work(&self, builder: &str, command: &str) {
        self.bus.has("host", host());
        self.bus.has(
            "project",
            json!({
                "id": "site", "name": "s", "state": "active", "priority": "p2", "weight": 1, "repo": self.temp.path(),
                "created_at": WHEN, "revision": 1
            }),
        );
        self.bus.has("task", json!({
            "id": "T-1", "project": "site", "title": "t", "kind": "ticket", "priority": "p2", "state": "in_progress",
            "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "run": command, "created_at": WHEN, "revision": 1
        }));
        self.bus.has("agent", agent(builder, "worker", "requested", 1));
    }

    pub(crate) fn config(&self) -> LauncherConfig {
        let exe = env!("CARGO_BIN_EXE_shim-fixture").into();
        let host = HostId::new("h1").unwrap();
        let config = LauncherConfig::new(host, self.temp.path().join("data"), self.bus.server.uri(), exe).unwrap();
        LauncherConfig { stop_grace: Duration::from_millis(300), ..config }
    }

    pub(crate) fn launch(&self) -> Launcher {
        self.launch_with(self.config())
    }

    pub(crate) fn launch_with(&self, config: LauncherConfig) -> Launcher {
        let transport = Arc::new(HttpTransport::new(&self.bus.server.uri()).unwrap());
        let client = BusClient::new(transport, Token::new("operator-token").unwrap());
        let (order, ordered) = oneshot::channel();
        let task = tokio::spawn(async move {
            let shutdown = async { ordered.await.unwrap_or(Shutdown::LeaveRunning) };
            run(config, client, Arc::new(SystemClock), shutdown).await
        });
        Launcher { order, task }
    }

    pub(crate) fn host(&self) -> HostFolder {
        HostFolder::of(&self.temp.path().join("data"), &HostId::new("h1").unwrap())
    }

    pub(crate) fn folder(&self, agent: &str) -> AgentFolder {
        self.host().agent(&AgentId::new(agent).unwrap())
    }

    /// What keeps a worker of this name, whose Bus is not there.
    pub(crate) fn spec(&self, agent: &str) -> AgentSpec {
        AgentSpec {
            agent: AgentId::new(agent).unwrap(),
            role: Role::Worker,
            host: self.config().host,
            project: None,
            task: None,
            reviews: None,
            boot: boot_id().unwrap(),
            bus_url: "http://127.0.0.1:1".to_owned(),
            driver: DriverKind::Shell,
            driver_note: String::new(),
            command: CommandSpec::shell("touch ran", self.temp.path()),
            verify: Vec::new(),
            keep_env: Vec::new(),
            heartbeat_ms: None,
            deadline_ms: None,
            stop_grace_ms: Millis(300),
            host_lease: None,
            talk: None,
            serves_tools: false,
            seat: None,
            window: None,
            workplace: None,
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// Waits until the Bus was asked `count` times for `at`, and answers what with.
    pub(crate) async fn asked(&self, at: &str, count: usize) -> Vec<(String, String, Value)> {
        let end = SystemClock.boottime() + LONG;
        loop {
            let asked = self.bus.asked(at).await;
            if asked.len() >= count {
                return asked;
            }
            assert!(SystemClock.boottime() < end, "{at} was asked {} times, not {count}", asked.len());
            tokio::task::yield_now().await;
        }
    }
}

/// Waits until `what` is true.
pub(crate) async fn until(description: &str, mut what: impl FnMut() -> bool) {
    let end = SystemClock.boottime() + LONG;
    while !what() {
        assert!(SystemClock.boottime() < end, "{description} did not come about in {LONG:?}");
        tokio::task::yield_now().await;
    }
}
