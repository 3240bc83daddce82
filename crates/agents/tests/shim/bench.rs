//! What a shim is tested with: a folder, a fake Bus, and the shim itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use go_bus_api::{
    AgentId, BootId, DriverKind, ExitReport, HostId, Millis, NewCost, ProjectId, Role, TaskId, Text, Usd,
};
use go_clock::{Clock, SystemClock};
use go_runtime::{
    AgentFolder, AgentRuntime, AgentSpec, Allowance, CommandSpec, Input, ProcessId, ProcessRuntime, TalkSpec, boot_id,
};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The longest that anything here may take.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// A folder for one agent, and a fake Bus.
pub(crate) struct Bench {
    pub(crate) temp: tempfile::TempDir,
    pub(crate) bus: MockServer,
    pub(crate) folder: AgentFolder,
    pub(crate) runtime: ProcessRuntime,
}

impl Bench {
    /// An agent called `agent`; the id has to be this test's own, as it is looked for in the process table.
    pub(crate) async fn new(agent: &str) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let folder = AgentFolder::at(temp.path().join("agents").join(agent));
        let runtime = ProcessRuntime::new(env!("CARGO_BIN_EXE_shim-fixture"), &[]).unwrap();
        Self { temp, bus: MockServer::start().await, folder, runtime }
    }

    /// A builder that runs `command` in the temporary folder.
    pub(crate) fn spec(&self, command: &str) -> AgentSpec {
        let agent = self.agent();
        AgentSpec {
            role: Role::Worker,
            host: HostId::new("h1").unwrap(),
            project: None,
            task: None,
            reviews: None,
            boot: boot_id().unwrap(),
            bus_url: self.bus.uri(),
            driver: DriverKind::Shell,
            driver_note: String::new(),
            command: CommandSpec::shell(command, self.temp.path())
                .with("XIO_AGENT_ID", agent.as_str())
                .with("XIO_TOKEN_FILE", self.folder.token_path().to_string_lossy()),
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
            agent,
        }
    }

    /// An agent that speaks the protocol of lines, in the shell: `command` prints them.
    pub(crate) fn talker(&self, command: &str) -> AgentSpec {
        let talk = TalkSpec { input: Input::Messages, allowance: Allowance::default(), costs_ms: Millis(1) };
        AgentSpec {
            driver: DriverKind::Command,
            driver_note: "lines".to_owned(),
            project: Some(ProjectId::new("site").unwrap()),
            task: Some(TaskId::new("T-1").unwrap()),
            talk: Some(talk),
            ..self.spec(command)
        }
    }

    /// The costs that the fake Bus was told, each key once: how many, and their sum.
    pub(crate) async fn costs(&self) -> (usize, Usd) {
        self.costs_taken(0).await
    }

    /// The same where it refused the first `refused` posts, which count for nothing.
    pub(crate) async fn costs_taken(&self, refused: usize) -> (usize, Usd) {
        let requests = self.bus.received_requests().await.unwrap();
        let posts = requests.iter().filter(|r| r.url.path() == "/costs").skip(refused);
        let of = |r: &wiremock::Request| {
            let cost: NewCost = serde_json::from_slice(&r.body).unwrap();
            (r.headers["idempotency-key"].to_str().unwrap().to_owned(), cost.usd)
        };
        let by_key: BTreeMap<_, _> = posts.map(of).collect();
        (by_key.len(), by_key.into_values().sum())
    }

    /// The fake Bus takes costs.
    pub(crate) async fn takes_costs(&self) {
        Mock::given(method("POST")).and(path("/costs")).respond_with(ResponseTemplate::new(201)).mount(&self.bus).await;
    }

    pub(crate) fn agent(&self) -> AgentId {
        self.folder.agent().unwrap()
    }

    /// A file in the folder that the agent runs in.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub(crate) fn prepare(&self, spec: &AgentSpec) {
        self.folder.prepare(spec, "prompt", "agent-token", "shim-token").unwrap();
    }

    /// Prepares the folder and starts the shim.
    pub(crate) async fn start(&self, spec: &AgentSpec) -> ProcessId {
        self.prepare(spec);
        self.runtime.start(&self.folder).await.unwrap()
    }

    /// Waits for the end of a shim.
    pub(crate) async fn ended(&self, shim: ProcessId) {
        let ended = tokio::time::timeout(LONG, self.runtime.ended(shim)).await;
        ended.unwrap_or_else(|_| panic!("the shim still runs; its log: {}", self.log())).unwrap();
    }

    /// Runs an agent to the end of its shim and answers what it wrote.
    pub(crate) async fn run(&self, spec: &AgentSpec) -> ExitReport {
        let shim = self.start(spec).await;
        self.ended(shim).await;
        self.folder.exit().unwrap_or_else(|error| panic!("{error}; the shim's log: {}", self.log()))
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.shim_log()).unwrap_or_default()
    }

    /// The fake Bus takes exits of this agent, and expects `count`.
    pub(crate) async fn takes_exit(&self, count: u64) {
        let at = format!("/agents/{}/exit", self.agent());
        Mock::given(method("POST"))
            .and(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(self.ended_agent()))
            .expect(count)
            .mount(&self.bus)
            .await;
    }

    /// The agent's resource after its end.
    pub(crate) fn ended_agent(&self) -> serde_json::Value {
        json!({
            "id": self.agent(), "role": "worker", "state": "terminated", "driver": "shell",
            "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 3
        })
    }

    /// The bodies that were posted to `at`, in order.
    pub(crate) async fn posted(&self, at: &str) -> Vec<serde_json::Value> {
        let requests = self.bus.received_requests().await.unwrap();
        requests.iter().filter(|r| r.url.path() == at).map(|r| serde_json::from_slice(&r.body).unwrap()).collect()
    }
}

/// Waits until `what` is true.
pub(crate) async fn until(description: &str, mut what: impl FnMut() -> bool) {
    let end = SystemClock.boottime() + LONG;
    while !what() {
        assert!(SystemClock.boottime() < end, "{description} did not come about in {LONG:?}");
        tokio::task::yield_now().await;
        std::thread::yield_now();
    }
}

/// The process number in a file, once it is there.
pub(crate) async fn pid_in(path: &Path) -> u32 {
    let read = || std::fs::read_to_string(path).unwrap_or_default().trim().parse::<u32>().ok();
    until(&format!("a process number in {}", path.display()), || read().is_some()).await;
    read().unwrap()
}

/// Whether a process is there and no zombie.
pub(crate) fn is_there(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

pub(crate) fn commands(texts: &[&str]) -> Vec<Text<4096>> {
    texts.iter().map(|text| Text::clipped(text)).collect()
}

/// A boot that is over.
pub(crate) fn another_boot() -> BootId {
    BootId::new("another-boot").unwrap()
}

/// The lines `NAME=value` of a file.
pub(crate) fn variables(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter_map(|l| l.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}
