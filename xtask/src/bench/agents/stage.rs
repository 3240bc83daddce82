//! A `go up` of its own for a part of the bench: a plan, a repo, a home that nobody else reads, and models by script.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use go_scripted_models::{ModelServer, Script, claude_environment, codex_environment};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::bench::BenchError;
use crate::bench::bus::{Target, token_once_open};
use crate::bench::fleet::{free_address, without_settings};
use crate::command::command;
use crate::stopwatch::{Stopwatch, until};

/// How long a fleet may take to answer, and to end.
const LIMIT: Duration = Duration::from_secs(60);
/// The pause between two looks at the Bus.
const LOOK: Duration = Duration::from_millis(100);

/// The variables of the agents' own environment that their project has to set: what the launcher does not hand on.
pub(super) type Variables = Vec<(String, String)>;

/// A folder with a repo, a home, and a server of models. Nothing runs in it yet.
pub(super) struct Place {
    folder: TempDir,
    pub(super) server: ModelServer,
}

impl Place {
    /// A fresh one, with these scripts.
    pub(super) fn new(scripts: impl IntoIterator<Item = Script>) -> Result<Self, BenchError> {
        let folder = tempfile::Builder::new().prefix("go-bench-").tempdir();
        let folder = folder.map_err(|e| BenchError::Io("a temporary folder", e))?;
        let server = ModelServer::start(scripts).map_err(|e| BenchError::Io("a model server", e))?;
        let place = Self { folder, server };
        fs::create_dir_all(place.home()).map_err(|e| BenchError::Io("a home", e))?;
        codex_environment(&place.home(), &place.server).map_err(|e| BenchError::Io("a home", e))?;
        Ok(place)
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The home of everybody here.
    pub(super) fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// Where the fleet keeps its data.
    pub(super) fn data(&self) -> PathBuf {
        self.path().join(".go")
    }

    /// Writes a file below the folder.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), BenchError> {
        let path = self.path().join(name);
        let parent = path.parent().unwrap_or(self.path());
        fs::create_dir_all(parent).and_then(|()| fs::write(&path, text)).map_err(|e| BenchError::Io("a file", e))
    }

    /// Runs a script of the shell in the folder, with an environment of its own; fails where it fails.
    pub(super) fn shell(&self, script: &str) -> Result<String, BenchError> {
        let mut shell = command("sh");
        shell.args(["-euc", script]).current_dir(self.path()).env("HOME", self.home());
        shell.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").stdin(Stdio::null());
        let done = shell.output().map_err(|e| BenchError::Io("sh", e))?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        Err(BenchError::Failed(done.status.to_string(), String::from_utf8_lossy(&done.stderr).into_owned()))
    }

    /// What an agent's command line needs of the models' server, beyond what every process here has.
    pub(super) fn variables(&self) -> Result<Variables, BenchError> {
        let all = claude_environment(&self.home(), &self.server).map_err(|e| BenchError::Io("a home", e))?;
        let own = |name: &str| ["ANTHROPIC", "CLAUDE", "DISABLE"].iter().any(|start| name.starts_with(start));
        Ok(all.into_iter().filter(|(name, _)| own(name)).collect())
    }

    /// The environment of everything here.
    pub(super) fn environment(&self) -> Result<Variables, BenchError> {
        codex_environment(&self.home(), &self.server).map_err(|e| BenchError::Io("a home", e))
    }

    /// Starts `go` with these words, and its output in `log`.
    pub(super) fn start(&self, binary: &Path, words: &[&str], log: &str) -> Result<Child, BenchError> {
        let log = File::options().create(true).append(true).open(self.path().join(log));
        let log = log.map_err(|e| BenchError::Io("the log", e))?;
        let both = log.try_clone().map_err(|e| BenchError::Io("the log", e))?;
        let mut go = command(binary);
        go.args(words).current_dir(self.path()).env_clear().envs(self.environment()?);
        without_settings(&mut go);
        go.stdin(Stdio::null()).stdout(log).stderr(both).spawn().map_err(|e| BenchError::Io("go", e))
    }

    /// Starts `go up` on the plan and the settings that were written, and waits until its Bus answers.
    pub(super) fn up(self, binary: &Path) -> Result<Stage, BenchError> {
        let address = free_address()?;
        let child =
            self.start(binary, &["up", "--plan", "plan.yaml", "--listen", &address.to_string()], "go-up.log")?;
        let mut stage = Stage { child, target: Target { address, token: String::new() }, place: self };
        stage.target = target(address, &stage.place.data()).ok_or_else(|| stage.stuck("the Bus to answer"))?;
        Ok(stage)
    }
}

/// Where a Bus is, once it answers.
pub(super) fn target(address: SocketAddr, data: &Path) -> Option<Target> {
    let target = until(LIMIT, || Some(Target { address, token: token_once_open(address, data)? }))?;
    until(LIMIT, || target.call("GET", "/ready", "").ok()).map(|_| target)
}

/// A fleet that runs.
pub(super) struct Stage {
    child: Child,
    target: Target,
    pub(super) place: Place,
}

impl Stage {
    /// Its Bus.
    pub(super) fn bus(&self) -> &Target {
        &self.target
    }

    /// A resource, or a list of them.
    pub(super) fn get(&self, path: &str) -> Result<Value, BenchError> {
        self.target.call("GET", path, "")
    }

    /// All of a list, in order.
    pub(super) fn list(&self, path: &str) -> Result<Vec<Value>, BenchError> {
        list(&self.target, path)
    }

    /// The agents that built a task, in the order they were asked for.
    pub(super) fn builders(&self, task: &str) -> Result<Vec<Value>, BenchError> {
        let mut agents = self.list(&format!("/agents?task={task}"))?;
        agents.retain(|agent| matches!(text(agent, "role"), "worker" | "specialist"));
        Ok(agents)
    }

    /// Looks every now and then until `found` has something; the failure names `what` was waited for.
    pub(super) fn wait<T>(
        &self,
        what: &str,
        limit: Duration,
        found: impl FnMut() -> Result<Option<T>, BenchError>,
    ) -> Result<T, BenchError> {
        wait(limit, found)?.ok_or_else(|| self.stuck(what))
    }

    /// The log of an agent, during its life or after it.
    pub(super) fn log(&self, host: &str, agent: &str) -> String {
        let host = self.place.data().join("hosts").join(host);
        let living = fs::read(host.join("agents").join(agent).join("agent.log"));
        // A kept one is named by the driver whose stream it is.
        let kept = |driver: &&str| fs::read(host.join("logs").join(format!("{agent}{driver}.log"))).ok();
        let bytes = living.ok().or_else(|| ["", ".claude", ".codex", ".command"].iter().find_map(kept));
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    }

    /// Why something that was waited for did not come about.
    fn stuck(&self, what: &str) -> BenchError {
        let log = fs::read_to_string(self.place.path().join("go-up.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.get(lines.len().saturating_sub(12)..).unwrap_or_default().join("\n");
        BenchError::Agents(format!("waited in vain for {what}; the end of the fleet's log:\n{last}"))
    }

    /// Ends the fleet in order, and with it everything it runs.
    pub(super) fn end(mut self) -> Result<(), BenchError> {
        let failed = |e: rustix::io::Errno| BenchError::Io("a signal", e.into());
        kill_process(Pid::from_child(&self.child), Signal::TERM).map_err(failed)?;
        match until(LIMIT, || self.child.try_wait().ok().flatten()) {
            Some(_) => Ok(()),
            None => Err(self.stuck("the fleet's end")),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What was ended in order is gone already; else what it left is ended with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
        super::processes::end_all(self.place.path());
    }
}

/// Looks every now and then until `found` has something, or `limit` is over.
pub(super) fn wait<T>(
    limit: Duration,
    mut found: impl FnMut() -> Result<Option<T>, BenchError>,
) -> Result<Option<T>, BenchError> {
    wait_for(limit, LOOK, || found().transpose()).transpose()
}

/// The same with pauses of another length.
pub(super) fn wait_for<T>(limit: Duration, pause: Duration, mut found: impl FnMut() -> Option<T>) -> Option<T> {
    let watch = Stopwatch::start();
    loop {
        let answer = found();
        if answer.is_some() || watch.elapsed() >= limit {
            return answer;
        }
        thread::park_timeout(pause);
    }
}

/// All of a list of the Bus, page by page.
pub(super) fn list(target: &Target, path: &str) -> Result<Vec<Value>, BenchError> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    let joint = if path.contains('?') { '&' } else { '?' };
    loop {
        let from = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = target.call("GET", &format!("{path}{joint}limit=200{from}"), "")?;
        all.extend(page["items"].as_array().into_iter().flatten().cloned());
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

/// A field that is text; empty where it is none.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// A field that is a number; 0 where it is none.
pub(super) fn number(value: &Value, field: &str) -> u64 {
    value[field].as_u64().unwrap_or_default()
}
