//! Where a run happens: a folder, a Bus and a launcher of its own, with default settings but for the ports and the places.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::part::Part;
use super::watch::Watch;
use super::work::{LASTING, Work, plan};
use crate::bench::bus::http::Target;
use crate::bench::bus::server::token_once_open;
use crate::bench::trace::{self, Edge, Mark};
use crate::bench::{BenchError, leftovers};
use crate::command::command;
use crate::ports::lasting_address;
use crate::stopwatch::until;

/// How long anything that is not measured may take.
const LIMIT: Duration = Duration::from_secs(60);

/// A Bus and a launcher; GOs come and go.
pub(super) struct Stage {
    folder: TempDir,
    binary: PathBuf,
    address: SocketAddr,
    token: String,
    parts: Vec<Part>,
    gos: u32,
}

impl Stage {
    /// An empty Bus, and a launcher for the host of the plan.
    pub(super) fn open(binary: &Path, work: Work) -> Result<Self, BenchError> {
        let failed = |e| BenchError::Io("the folder of a run", e);
        let folder = tempfile::Builder::new().prefix("go-bench-").tempdir().map_err(failed)?;
        let address = lasting_address();
        let settings = format!(
            "bus: {{url: \"http://{address}\", listen: \"{address}\"}}\nagents: {{max: {}}}\nimprovement: {{enabled: false}}\n",
            work.slots
        );
        for (name, text) in [("plan.yaml", plan(work)), ("go.yaml", settings), ("trace", String::new())] {
            fs::write(folder.path().join(name), text).map_err(failed)?;
        }
        let (binary, parts) = (binary.to_path_buf(), Vec::new());
        let mut stage = Self { folder, binary, address, token: String::new(), parts, gos: 0 };
        stage.start_bus()?;
        let launcher = stage.part(&["launcher", "--host", "h1"], "launcher.log")?;
        stage.parts.push(launcher);
        Ok(stage)
    }

    fn start_bus(&mut self) -> Result<(), BenchError> {
        let bus = self.part(&["bus", "serve"], "bus.log")?;
        self.parts.insert(0, bus);
        let token = until(LIMIT, || token_once_open(self.address, &self.path().join(".go")));
        self.token = token.ok_or(BenchError::Stuck("the Bus listens", LIMIT.as_secs()))?;
        Ok(())
    }

    fn part(&self, arguments: &[&str], log: &str) -> Result<Part, BenchError> {
        let mut go = command(&self.binary);
        go.args(arguments);
        Part::start(go, self.path(), log)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where its Bus is.
    pub(super) fn target(&self) -> Target {
        Target { address: self.address, token: self.token.clone() }
    }

    /// Follows its Bus.
    pub(super) fn watch(&self) -> Result<Watch, BenchError> {
        Watch::start(&self.target())
    }

    /// Starts a GO that speaks to the Bus at `address`.
    pub(super) fn go_at(&mut self, address: SocketAddr) -> Result<Part, BenchError> {
        self.gos += 1;
        let url = format!("http://{address}");
        self.part(&["run", "--plan", "plan.yaml", "--bus-url", &url], &format!("go-{}.log", self.gos))
    }

    /// Starts a GO.
    pub(super) fn go(&mut self) -> Result<Part, BenchError> {
        self.go_at(self.address)
    }

    /// Starts a GO where another leads, and waits until the Bus lists it as a standby.
    pub(super) fn standby(&mut self) -> Result<Part, BenchError> {
        let standby = self.go()?;
        self.await_standby()?;
        Ok(standby)
    }

    /// Waits until a standby is listed.
    pub(super) fn await_standby(&self) -> Result<(), BenchError> {
        let listed = || self.lease().ok()?["standbys"].as_array().is_some_and(|list| !list.is_empty()).then_some(());
        until(LIMIT, listed).ok_or(BenchError::Stuck("a standby is listed", LIMIT.as_secs()))
    }

    /// The lease as the Bus has it.
    pub(super) fn lease(&self) -> Result<Value, BenchError> {
        self.target().call("GET", "/agents/000/lease", "")
    }

    /// Kills the Bus and starts it again.
    pub(super) fn restart_bus(&mut self) -> Result<(), BenchError> {
        self.parts.remove(0).kill()?;
        self.start_bus()
    }

    /// Waits until the lasting tickets run.
    pub(super) fn await_lasting(&self) -> Result<(), BenchError> {
        let run = || {
            (self.marks().ok()?.iter().filter(|mark| mark.ticket.starts_with("L-")).count() == LASTING).then_some(())
        };
        until(LIMIT, run).ok_or(BenchError::Stuck("the lasting tickets run", LIMIT.as_secs()))
    }

    /// Lets the lasting tickets end, and waits until they have.
    pub(super) fn let_go(&self) -> Result<(), BenchError> {
        fs::write(self.path().join("gate"), "").map_err(|e| BenchError::Io("the gate", e))?;
        let lasting = |mark: &&Mark| mark.edge == Edge::End && mark.ticket.starts_with("L-");
        let ended = || (self.marks().ok()?.iter().filter(lasting).count() >= LASTING).then_some(());
        until(LIMIT, ended).ok_or(BenchError::Stuck("the lasting tickets end", LIMIT.as_secs()))
    }

    /// What the tickets wrote.
    pub(super) fn marks(&self) -> Result<Vec<Mark>, BenchError> {
        let text = fs::read_to_string(self.path().join("trace")).map_err(|e| BenchError::Io("the trace", e))?;
        trace::parse(&text)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // The launcher first: nobody else starts agents.
        self.parts.reverse();
        self.parts.clear();
        let swept = || {
            let left = leftovers::of(self.path());
            left.iter().for_each(|process| kill(process));
            left.is_empty().then_some(())
        };
        if until(LIMIT, swept).is_none() {
            eprintln!("processes are left in {}", self.path().display());
        }
    }
}

/// Kills what [`leftovers`] found, by the number it begins with.
fn kill(process: &str) {
    let pid = process.split(' ').next().and_then(|pid| Pid::from_raw(pid.parse().ok()?));
    // One that has ended meanwhile is what is wanted.
    let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
}
