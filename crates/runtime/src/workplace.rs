//! The working folder of an agent, as its shim and its launcher have to know it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use go_bus_api::{Millis, TaskId, Text};
use serde::{Deserialize, Serialize};

use crate::durable::{Readers, create_folder, replace_volatile};
use crate::error::file;
use crate::{AGENT_ID_VARIABLE, CommandSpec, RuntimeError};

/// A worktree that `go repo` makes, saves and removes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkplaceSpec {
    /// The `go` binary.
    pub exe: PathBuf,
    /// The clone that it is a worktree of.
    pub repo: PathBuf,
    /// Where it is.
    pub folder: PathBuf,
    /// Whose work is done in it.
    pub task: TaskId,
    /// The branch that work lands on; the one that is checked out in the clone where absent.
    #[serde(default)]
    pub onto: Option<Text<256>>,
    /// The commit to look at, for who changes nothing: it is neither saved nor asked for a change.
    #[serde(default)]
    pub at: Option<Text<64>>,
    /// Untracked files that it gets from the clone's folder.
    #[serde(default)]
    pub copy: Vec<Text<4096>>,
    /// Commands that are run in it once it is made.
    #[serde(default)]
    pub setup: Vec<Text<4096>>,
    /// Variables of everything that runs in it.
    #[serde(default)]
    pub env: BTreeMap<Text<128>, Text<4096>>,
    /// Commands that are run in it before it is removed.
    #[serde(default)]
    pub teardown: Vec<Text<4096>>,
    /// Whether the verifications are run once before any work is done.
    #[serde(default)]
    pub prove: bool,
    /// Whether what has landed meanwhile is merged into one that is there already.
    #[serde(default)]
    pub catch_up: bool,
    /// How often its content is saved.
    pub save_ms: Millis,
}

impl WorkplaceSpec {
    /// `go repo make`, which tells in the file `to` what it made.
    pub fn make(&self, to: &Path) -> CommandSpec {
        let mut more = vec!["--repo".to_owned(), text(&self.repo)];
        let mut add = |flag: &str, value: &str| more.extend([flag.to_owned(), value.to_owned()]);
        if let Some(onto) = &self.onto {
            add("--onto", onto.as_str());
        }
        if let Some(at) = &self.at {
            add("--at", at.as_str());
        }
        self.copy.iter().for_each(|path| add("--copy", path.as_str()));
        add("--to", &text(to));
        more.extend(self.catch_up.then(|| "--catch-up".to_owned()));
        self.repo_command("make", more)
    }

    /// `go repo save`, which tells in the file `to` what there is now.
    pub fn save(&self, to: &Path, push: bool) -> CommandSpec {
        let mut more = vec!["--to".to_owned(), text(to)];
        more.extend(push.then(|| "--push".to_owned()));
        self.repo_command("save", more)
    }

    /// `go repo remove`.
    pub fn remove(&self) -> CommandSpec {
        let mut more = vec!["--repo".to_owned(), text(&self.repo)];
        more.extend(self.onto.iter().map(|onto| format!("--onto={onto}")));
        self.repo_command("remove", more)
    }

    /// A command of the project's for the shell, in the folder.
    pub fn shell(&self, command: &str) -> CommandSpec {
        let shell = CommandSpec::shell(command, &self.folder);
        self.env.iter().fold(shell, |shell, (name, value)| shell.with(name.as_str(), value.as_str()))
    }

    fn repo_command(&self, verb: &str, more: Vec<String>) -> CommandSpec {
        let of = ["--folder".to_owned(), text(&self.folder), "--task".to_owned(), self.task.to_string()];
        let words = [text(&self.exe), "repo".to_owned(), verb.to_owned()];
        let argv = words.into_iter().chain(of).chain(more).collect();
        CommandSpec { argv, folder: self.repo.clone(), env: BTreeMap::new(), env_from: BTreeMap::new() }
    }
}

/// What is kept beside a working folder: for as long as it is there, a launcher knows by it how to remove it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkplaceRecord {
    /// The folder and what is done with it.
    pub workplace: WorkplaceSpec,
    /// Whether its setup has succeeded.
    #[serde(default)]
    pub ready: bool,
    /// Whether every verification passed before any work was done.
    #[serde(default)]
    pub vacuous: bool,
}

impl WorkplaceRecord {
    /// The record of the folder `of`; `None` where there is none that can be read.
    pub fn read(of: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(record_path(of)).ok()?).ok()
    }

    /// Writes it beside its folder, whose own parents it makes.
    pub fn write(&self) -> Result<(), RuntimeError> {
        let path = record_path(&self.workplace.folder);
        if let Some(parent) = path.parent() {
            create_folder(parent)?;
        }
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|e| RuntimeError::Damaged { path: path.clone(), reason: e.to_string() })?;
        replace_volatile(&path, &bytes, Readers::Owner)
    }

    /// Removes the record of the folder `of`.
    pub fn forget(of: &Path) -> Result<(), RuntimeError> {
        let path = record_path(of);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file("remove", &path)(error)),
            _ => Ok(()),
        }
    }
}

/// `<folder>.json`.
fn record_path(of: &Path) -> PathBuf {
    let mut path = of.as_os_str().to_owned();
    path.push(".json");
    PathBuf::from(path)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl CommandSpec {
    /// The same, found in the process table as the agent `agent`'s.
    #[must_use]
    pub fn of(self, agent: &go_bus_api::AgentId) -> Self {
        self.with(AGENT_ID_VARIABLE, agent.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(folder: &Path) -> WorkplaceSpec {
        WorkplaceSpec {
            exe: "/bin/go".into(),
            repo: "/srv/site".into(),
            folder: folder.to_path_buf(),
            task: TaskId::new("T-1").unwrap(),
            onto: Some(Text::clipped("main")),
            at: None,
            copy: vec![Text::clipped(".env"), Text::clipped("a b")],
            setup: Vec::new(),
            env: BTreeMap::from([(Text::clipped("A"), Text::clipped("1"))]),
            teardown: Vec::new(),
            prove: false,
            catch_up: false,
            save_ms: Millis(60_000),
        }
    }

    #[test]
    fn each_call_of_go_repo_names_folder_and_task() {
        let spec = spec(Path::new("/w/T-1"));
        let words = |command: CommandSpec| command.argv.join(" ");
        let made = words(spec.make(Path::new("/a/made.json")));
        let begin = "/bin/go repo make --folder /w/T-1 --task T-1 --repo /srv/site";
        assert_eq!(made, format!("{begin} --onto main --copy .env --copy a b --to /a/made.json"));
        let save = "/bin/go repo save --folder /w/T-1 --task T-1 --to /w.json";
        assert_eq!(words(spec.save(Path::new("/w.json"), false)), save);
        assert_eq!(words(spec.save(Path::new("/w.json"), true)), format!("{save} --push"));
        assert_eq!(words(spec.remove()), "/bin/go repo remove --folder /w/T-1 --task T-1 --repo /srv/site --onto=main");
        let reviewed =
            WorkplaceSpec { at: Some(Text::clipped("c0ffee")), onto: None, copy: Vec::new(), ..spec.clone() };
        assert_eq!(words(reviewed.make(Path::new("/m"))), format!("{begin} --at c0ffee --to /m"));
        assert_eq!(spec.shell("make").env["A"], "1");
    }

    #[test]
    fn a_record_lies_beside_its_folder_until_it_is_forgotten() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("work").join("T-1");
        assert_eq!(WorkplaceRecord::read(&folder), None);
        let record = WorkplaceRecord { workplace: spec(&folder), ready: true, vacuous: true };
        record.write().unwrap();
        assert_eq!(WorkplaceRecord::read(&folder), Some(record));
        WorkplaceRecord::forget(&folder).unwrap();
        WorkplaceRecord::forget(&folder).unwrap();
        assert_eq!(WorkplaceRecord::read(&folder), None);
    }
}
