//! Where a plan runs: a home, settings, an upstream and a clone of it, and a server that plays the models.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use go_scripted_models::ModelServer;
use serde_json::Value;

use super::super::AgentsError;
use super::fleet::Fleet;
use crate::bench::leftovers;
use crate::command::command;

/// Makes a bare upstream, and a clone of it with one commit.
const SCENE: &str = "set -e
git init -q -b main --bare upstream.git
git clone -q upstream.git site 2>/dev/null
cd site
git config user.name P && git config user.email p@example.org
git checkout -q -B main && echo hello > README && git add README && git commit -q -m begin && git push -q -u origin main";

/// A temporary folder for one plan, gone when dropped.
pub(super) struct Place {
    folder: tempfile::TempDir,
    pub(super) server: ModelServer,
    go: PathBuf,
    environment: Vec<(String, String)>,
}

impl Place {
    /// One whose models the server plays.
    pub(super) fn new(go: &Path, server: ModelServer) -> Result<Self, AgentsError> {
        let folder = tempfile::Builder::new().prefix("go-plans-").tempdir().map_err(io("a temporary folder"))?;
        let place = Self { folder, server, go: go.to_path_buf(), environment: Vec::new() };
        fs::create_dir(place.home()).map_err(io("a home"))?;
        let mut scene = command("/bin/sh");
        scene.args(["-c", SCENE]).current_dir(place.path());
        let made = scene.env("GIT_CONFIG_GLOBAL", "/dev/null").status().map_err(io("git"))?;
        if made.success() { Ok(place) } else { Err(AgentsError::Scene("a repo".to_owned(), made.to_string())) }
    }

    /// The whole environment that `go` has here.
    pub(super) fn with_environment(mut self, environment: Vec<(String, String)>) -> Self {
        self.environment = environment;
        self
    }

    /// Writes settings, and a plan of these tickets for agents of `driver`.
    pub(super) fn write(&self, settings: &str, driver: &str, tickets: &str) -> Result<(), AgentsError> {
        let usual = "review: {integration_every: 0}\nimprovement: {enabled: false}\n";
        let repo = self.path().join("site").display().to_string();
        let plan = format!(
            "version: 1\nprojects:\n  - id: site\n    driver: {driver}\n    repo: {repo}\n    tickets:\n{tickets}\
             hosts:\n  - {{id: h1, slots: 3}}\n"
        );
        fs::write(self.path().join("go.yaml"), format!("{usual}{settings}")).map_err(io("go.yaml"))?;
        fs::write(self.path().join("plan.yaml"), plan).map_err(io("plan.yaml"))
    }

    /// Writes a rule that prompts have.
    pub(super) fn rule(&self, name: &str, text: &str) -> std::io::Result<()> {
        fs::create_dir_all(self.path().join("rules"))?;
        fs::write(self.path().join("rules").join(name), text)
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The home of everybody here.
    pub(super) fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// `go` with these arguments.
    pub(super) fn go(&self, arguments: &[&str]) -> Command {
        let mut go = command(&self.go);
        go.args(arguments).current_dir(self.path()).env_clear().envs(self.environment.iter().cloned());
        go
    }

    /// Runs the plan to its end.
    pub(super) fn up(&self) -> Result<Fleet, AgentsError> {
        Fleet::start(self.go(&["up", "--listen", "127.0.0.1:0", "--exit-when-done"]))
    }

    /// The Bus alone, to be read.
    pub(super) fn bus(&self) -> Result<Fleet, AgentsError> {
        Fleet::start(self.go(&["bus", "serve", "--listen", "127.0.0.1:0"]))
    }

    /// What a reading command answers at the Bus at `url`: a list, or its one answer.
    pub(super) fn read(&self, url: &str, what: &[&str]) -> Result<Vec<Value>, AgentsError> {
        let output = self.go(&[what, &["--json", "--bus-url", url]].concat()).output().map_err(io("go"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(AgentsError::Scene(format!("go {what:?}"), said));
        }
        match serde_json::from_str(&text) {
            Ok(Value::Array(values)) => Ok(values),
            Ok(one) => Ok(vec![one]),
            Err(_) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
        }
    }

    /// What git answers in a folder here, line by line.
    pub(super) fn git(&self, folder: &str, words: &[&str]) -> Result<Vec<String>, AgentsError> {
        let output = command("git").args(words).current_dir(self.path().join(folder)).output().map_err(io("git"))?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(|line| line.trim().to_owned()).collect())
    }

    /// The logs of the agents that have ended, each with its agent.
    pub(super) fn logs(&self) -> Vec<(String, String)> {
        let entries = fs::read_dir(self.path().join(".go/hosts/h1/logs")).into_iter().flatten().flatten();
        let read = |path: PathBuf| {
            // The agent, what runs it, and that it is a log.
            let agent = path.file_name()?.to_str()?.split('.').next()?.to_owned();
            Some((agent, fs::read_to_string(&path).ok()?))
        };
        entries.filter_map(|entry| read(entry.path())).collect()
    }

    /// The files of GO's that have `word` in them.
    pub(super) fn files_with(&self, word: &str) -> Vec<PathBuf> {
        let mut folders = vec![self.path().join(".go")];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if fs::read(&path).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(word)) {
                    found.push(path);
                }
            }
        }
        found
    }

    /// The processes of this place whose command line has this word.
    pub(super) fn processes_now(&self, word: &str) -> Vec<String> {
        leftovers::of(self.path()).into_iter().filter(|line| line.split(' ').any(|part| part == word)).collect()
    }

    /// The processes that are left of this place.
    pub(super) fn processes(&self) -> Vec<String> {
        leftovers::after(self.path())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for line in leftovers::of(self.path()) {
            let pid = line.split(' ').next().and_then(|pid| pid.parse().ok()).and_then(rustix::process::Pid::from_raw);
            // One that has ended meanwhile is what is wanted.
            let _ = pid.map(|pid| rustix::process::kill_process(pid, rustix::process::Signal::KILL));
        }
    }
}

pub(super) fn io(what: &str) -> impl Fn(std::io::Error) -> AgentsError + use<> {
    let what = what.to_owned();
    move |error| AgentsError::Io(what.clone(), error)
}
