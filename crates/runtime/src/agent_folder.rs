//! One agent's folder: what it is started with, what became of it, and the lock of the shim that keeps it.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use go_bus_api::{AgentId, ExitReport, Text, Work, Workplace};
use rustix::fs::{FileType, FlockOperation, Mode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::durable::{Readers, create_folder, replace, replace_volatile};
use crate::error::file;
use crate::{AgentSpec, ProcessId, RuntimeError, Tally, platform};

/// How far an agent has come, by its files; each is written before the step it stands for is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Its spec is not complete: nothing was started.
    Empty,
    /// It can be started.
    Prepared,
    /// It was started, or was about to be: never start it again.
    Started,
    /// It has ended, and its exit is written.
    Ended,
    /// The Bus has its exit: the folder may be removed.
    Reported,
}

/// `<data>/hosts/<host>/agents/<agent>/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentFolder {
    path: PathBuf,
}

/// The lock of a living shim; the system lets go of it when the shim ends, however it ends.
#[derive(Debug)]
pub struct KeeperLock {
    _file: File,
}

impl AgentFolder {
    /// The folder at `path`, which need not be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Makes the folder, for its owner alone.
    pub fn create(&self) -> Result<(), RuntimeError> {
        create_folder(&self.path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The agent whose folder this is, by its name.
    pub fn agent(&self) -> Option<AgentId> {
        AgentId::new(self.path.file_name()?.to_str()?).ok()
    }

    /// `prompt.md`: the agent's prompt.
    pub fn prompt_path(&self) -> PathBuf {
        self.path.join("prompt.md")
    }

    /// `turn.md`: what an orchestrator is told with its present turn.
    pub fn turn_path(&self) -> PathBuf {
        self.path.join("turn.md")
    }

    /// Replaces `turn.md`.
    pub fn write_turn(&self, text: &str) -> Result<(), RuntimeError> {
        replace_volatile(&self.turn_path(), text.as_bytes(), Readers::Owner)
    }

    /// `prompt.md`: what it is told first.
    pub fn prompt(&self) -> Result<String, RuntimeError> {
        let path = self.prompt_path();
        std::fs::read_to_string(&path).map_err(file("read", &path))
    }

    /// `token`: the agent's token, 0600, replaced in place on rotation.
    pub fn token_path(&self) -> PathBuf {
        self.path.join("token")
    }

    /// `mcp.json`: where the shim serves the Bus's tools, and the key to them; 0600.
    pub fn tools_path(&self) -> PathBuf {
        self.path.join("mcp.json")
    }

    /// Replaces `mcp.json`.
    pub fn write_tools(&self, text: &str) -> Result<(), RuntimeError> {
        replace_volatile(&self.tools_path(), text.as_bytes(), Readers::Owner)
    }

    /// `agent.log`: all output of the agent and of its verifications.
    pub fn agent_log(&self) -> PathBuf {
        self.path.join("agent.log")
    }

    /// `shim.log`: the shim's own words.
    pub fn shim_log(&self) -> PathBuf {
        self.path.join("shim.log")
    }

    /// `input`: what people type to it in its window goes through this pipe.
    pub fn input_path(&self) -> PathBuf {
        self.path.join("input")
    }

    /// `terminal`: leads to the terminal that its command has, while it has one.
    pub fn terminal_path(&self) -> PathBuf {
        self.path.join("terminal")
    }

    fn spec_path(&self) -> PathBuf {
        self.path.join("spec.json")
    }

    fn shim_token_path(&self) -> PathBuf {
        self.path.join("shim.token")
    }

    fn lock_path(&self) -> PathBuf {
        self.path.join("shim.lock")
    }

    fn started_path(&self) -> PathBuf {
        self.path.join("started")
    }

    fn exit_path(&self) -> PathBuf {
        self.path.join("exit.json")
    }

    /// `made.json`: what its working folder began from.
    pub fn made_path(&self) -> PathBuf {
        self.path.join("made.json")
    }

    /// `saved.json`: what its working folder held when that was last saved.
    pub fn saved_path(&self) -> PathBuf {
        self.path.join("saved.json")
    }

    /// Where a reviewer's working folder is, which goes with this one.
    pub fn review_path(&self) -> PathBuf {
        self.path.join("work")
    }

    fn tally_path(&self) -> PathBuf {
        self.path.join("tally.json")
    }

    fn reported_path(&self) -> PathBuf {
        self.path.join("reported")
    }

    /// How far the agent has come.
    pub fn stage(&self) -> Stage {
        if self.reported_path().exists() {
            Stage::Reported
        } else if self.exit_path().exists() {
            Stage::Ended
        } else if self.started_path().exists() {
            Stage::Started
        } else if self.spec_path().exists() {
            Stage::Prepared
        } else {
            Stage::Empty
        }
    }

    /// The verifications of the ticket that its agent lands, a JSON list of commands.
    pub fn checks_path(&self) -> PathBuf {
        self.path.join("checks.json")
    }

    /// Writes the verifications of the ticket that its agent lands.
    pub fn write_checks(&self, checks: &[Text<4096>]) -> Result<(), RuntimeError> {
        self.create()?;
        let path = self.checks_path();
        replace_volatile(&path, &json(&path, &checks)?, Readers::Owner)
    }

    /// What the project says of its working folders, for an agent that lands.
    pub fn terms_path(&self) -> PathBuf {
        self.path.join("terms.json")
    }

    /// Writes what the project says of its working folders. It may hold what a project keeps to itself.
    pub fn write_terms(&self, terms: &Workplace) -> Result<(), RuntimeError> {
        self.create()?;
        let path = self.terms_path();
        replace_volatile(&path, &json(&path, terms)?, Readers::Owner)
    }

    /// Writes everything an agent is started with; the spec last, as with it the folder counts as prepared. None of it is
    /// synced: after a power cut the spec is of another boot, and nothing is started by it.
    pub fn prepare(&self, spec: &AgentSpec, prompt: &str, token: &str, shim_token: &str) -> Result<(), RuntimeError> {
        self.create()?;
        replace_volatile(&self.prompt_path(), prompt.as_bytes(), Readers::Usual)?;
        self.write_token(token)?;
        replace_volatile(&self.shim_token_path(), shim_token.as_bytes(), Readers::Owner)?;
        self.write_spec(spec)
    }

    /// Replaces the spec: at the start, and where a restarted Bus listens elsewhere.
    pub fn write_spec(&self, spec: &AgentSpec) -> Result<(), RuntimeError> {
        let path = self.spec_path();
        replace_volatile(&path, &json(&path, spec)?, Readers::Owner)
    }

    /// The spec.
    pub fn spec(&self) -> Result<AgentSpec, RuntimeError> {
        read_json(&self.spec_path())
    }

    /// Replaces the agent's token in place.
    pub fn write_token(&self, token: &str) -> Result<(), RuntimeError> {
        replace_volatile(&self.token_path(), token.as_bytes(), Readers::Owner)
    }

    /// The shim's token.
    pub fn shim_token(&self) -> Result<String, RuntimeError> {
        let path = self.shim_token_path();
        let text = std::fs::read_to_string(&path).map_err(file("read", &path))?;
        Ok(text.trim().to_owned())
    }

    /// Notes durably that the agent is about to be started.
    pub fn mark_started(&self) -> Result<(), RuntimeError> {
        replace(&self.started_path(), b"", Readers::Usual)
    }

    /// Writes durably how the agent ended.
    pub fn write_exit(&self, report: &ExitReport) -> Result<(), RuntimeError> {
        let path = self.exit_path();
        replace(&path, &json(&path, report)?, Readers::Owner)
    }

    /// How the agent ended.
    pub fn exit(&self) -> Result<ExitReport, RuntimeError> {
        read_json(&self.exit_path())
    }

    /// What the run has told so far; nothing where it told nothing.
    pub fn tally(&self) -> Result<Tally, RuntimeError> {
        let path = self.tally_path();
        if path.exists() { read_json(&path) } else { Ok(Tally::default()) }
    }

    /// Replaces the tally durably: what was sent to the Bus is known after a power cut too.
    pub fn write_tally(&self, tally: &Tally) -> Result<(), RuntimeError> {
        let path = self.tally_path();
        replace(&path, &json(&path, tally)?, Readers::Owner)
    }

    /// What was saved of the working folder; `None` where nothing that can be read is there.
    pub fn work(&self) -> Option<Work> {
        read_json(&self.saved_path()).ok()
    }

    /// Notes that the Bus has the exit. Not synced: should the note be lost, a second report changes nothing.
    pub fn mark_reported(&self) -> Result<(), RuntimeError> {
        replace_volatile(&self.reported_path(), b"", Readers::Usual)
    }

    /// Opens a log of this folder for appending.
    pub fn open_log(path: &Path) -> Result<File, RuntimeError> {
        OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(file("open", path))
    }

    /// Makes the pipe for what people type, for its owner alone; one that is there is kept.
    pub fn make_input(&self) -> Result<(), RuntimeError> {
        let path = self.input_path();
        match rustix::fs::mknodat(rustix::fs::CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => Ok(()),
            Err(error) => Err(file("create", &path)(error.into())),
        }
    }

    /// Opens that pipe, for either end. Never blocks, and never ends: whoever opens it holds both ends.
    pub fn open_input(&self) -> Result<File, RuntimeError> {
        let path = self.input_path();
        OpenOptions::new().read(true).write(true).open(&path).map_err(file("open", &path))
    }

    /// Takes the shim's lock and writes this process into it; `None` where another shim holds it.
    pub fn lock(&self) -> Result<Option<KeeperLock>, RuntimeError> {
        let path = self.lock_path();
        let mut open = OpenOptions::new();
        let mut lock =
            open.write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(file("open", &path))?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(file("lock", &path)(error.into())),
        }
        let write = |lock: &mut File| {
            lock.set_len(0)?;
            lock.rewind()?;
            lock.write_all(platform::myself().to_string().as_bytes())
        };
        write(&mut lock).map_err(file("write", &path))?;
        Ok(Some(KeeperLock { _file: lock }))
    }

    /// The living shim that keeps this agent, as its lock names it.
    ///
    /// The lock itself is not tried: a launcher that held it for a moment would turn away a shim that is just starting.
    pub fn keeper(&self) -> Option<ProcessId> {
        let id = std::fs::read_to_string(self.lock_path()).ok()?.parse().ok()?;
        platform::is_alive(id).then_some(id)
    }
}

fn json(path: &Path, value: &impl Serialize) -> Result<Vec<u8>, RuntimeError> {
    serde_json::to_vec_pretty(value)
        .map_err(|e| RuntimeError::Damaged { path: path.to_path_buf(), reason: e.to_string() })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, RuntimeError> {
    let bytes = std::fs::read(path).map_err(file("read", path))?;
    serde_json::from_slice(&bytes)
        .map_err(|e| RuntimeError::Damaged { path: path.to_path_buf(), reason: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::sample;
    use std::os::unix::fs::PermissionsExt;

    fn folder() -> (tempfile::TempDir, AgentFolder) {
        let temp = tempfile::tempdir().unwrap();
        let folder = AgentFolder::at(temp.path().join("a-1"));
        (temp, folder)
    }

    #[test]
    fn the_files_tell_how_far_an_agent_has_come() {
        let (_temp, folder) = folder();
        assert_eq!(folder.stage(), Stage::Empty);
        folder.prepare(&sample::spec("a-1"), "do it", "secret", "shim secret").unwrap();
        assert_eq!(folder.stage(), Stage::Prepared);
        folder.mark_started().unwrap();
        assert_eq!(folder.stage(), Stage::Started);
        let report = ExitReport { code: Some(3), ..ExitReport::default() };
        folder.write_exit(&report).unwrap();
        assert_eq!((folder.stage(), folder.exit().unwrap()), (Stage::Ended, report));
        folder.mark_reported().unwrap();
        assert_eq!(folder.stage(), Stage::Reported);
    }

    #[test]
    fn what_is_written_reads_back_and_tokens_are_the_owner_s() {
        let (_temp, folder) = folder();
        folder.prepare(&sample::spec("a-1"), "do it", "secret", "shim secret\n").unwrap();
        assert_eq!(folder.spec().unwrap(), sample::spec("a-1"));
        assert_eq!(folder.shim_token().unwrap(), "shim secret");
        assert_eq!(folder.agent().unwrap().as_str(), "a-1");
        for path in [folder.token_path(), folder.shim_token_path()] {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn one_lock_at_a_time_and_it_names_its_holder() {
        let (_temp, folder) = folder();
        folder.create().unwrap();
        assert_eq!(folder.keeper(), None);
        let lock = folder.lock().unwrap();
        assert!(lock.is_some() && folder.lock().unwrap().is_none());
        assert_eq!(folder.keeper(), Some(platform::myself()));
        drop(lock);
        assert!(folder.lock().unwrap().is_some());
    }

    #[test]
    fn a_dead_keeper_s_lock_names_nobody() {
        let (_temp, folder) = folder();
        folder.create().unwrap();
        let me = platform::myself();
        std::fs::write(folder.lock_path(), ProcessId { started: me.started + 1, ..me }.to_string()).unwrap();
        assert_eq!(folder.keeper(), None);
        std::fs::write(folder.lock_path(), "").unwrap();
        assert_eq!(folder.keeper(), None);
    }
}
