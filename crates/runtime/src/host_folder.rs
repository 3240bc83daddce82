//! One host's folder: its lease, its agents' folders, and the logs of those that have ended.

use std::path::{Path, PathBuf};

use go_bus_api::{AgentId, DriverKind, HostId, Role, TaskId};

use crate::durable::{Readers, create_folder, replace};
use crate::error::file;
use crate::{AgentFolder, HostLeaseFile, ProcessId, RuntimeError, WorkplaceRecord};

/// How many logs of ended agents are kept.
pub const KEPT_LOGS: usize = 200;

/// The log of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLog {
    /// Where it is.
    pub path: PathBuf,
    /// The driver that can read it, where it is an agent's stream and not plain words.
    pub stream_of: Option<DriverKind>,
    /// The agent's folder; `None` once that is gone and its log is among the kept ones.
    pub folder: Option<AgentFolder>,
}

impl AgentLog {
    /// The log in the folder of an agent, which need not be there yet.
    pub fn of(folder: AgentFolder) -> Self {
        Self { path: folder.agent_log(), stream_of: stream_of(&folder), folder: Some(folder) }
    }
}

/// The name of a log that is kept.
fn kept_name(agent: &AgentId, stream_of: Option<DriverKind>) -> String {
    match stream_of {
        Some(driver) => format!("{agent}.{}.log", driver.as_str()),
        None => format!("{agent}.log"),
    }
}

fn stream_of(folder: &AgentFolder) -> Option<DriverKind> {
    folder.spec().ok().filter(|spec| spec.talk.is_some()).map(|spec| spec.driver)
}

/// `<data>/hosts/<host>/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFolder {
    path: PathBuf,
}

impl HostFolder {
    /// The folder of `host` in the data folder.
    pub fn of(data: &Path, host: &HostId) -> Self {
        Self { path: data.join("hosts").join(host.as_str()) }
    }

    /// Makes it and the folders in it.
    pub fn create(&self) -> Result<(), RuntimeError> {
        create_folder(&self.agents_path())?;
        create_folder(&self.logs_path())
    }

    fn agents_path(&self) -> PathBuf {
        self.path.join("agents")
    }

    fn logs_path(&self) -> PathBuf {
        self.path.join("logs")
    }

    fn work_path(&self) -> PathBuf {
        self.path.join("work")
    }

    /// The working folder of a task, which need not be there.
    pub fn workplace(&self, task: &TaskId) -> PathBuf {
        self.work_path().join(task.as_str())
    }

    /// The folder that an orchestrator's turns are run in: empty, and the same for all who sit on that seat, since programs know
    /// their conversations by the folder.
    pub fn seat(&self, role: Role, whose: &str) -> PathBuf {
        self.path.join("seats").join(format!("{}-{whose}", role.as_str()))
    }

    /// The working folders that there are records of.
    pub fn workplaces(&self) -> Vec<WorkplaceRecord> {
        let Ok(listed) = std::fs::read_dir(self.work_path()) else { return Vec::new() };
        let records = listed
            .filter_map(|item| Some(item.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|end| end == "json"));
        let mut found: Vec<_> = records.filter_map(|path| WorkplaceRecord::read(&path.with_extension(""))).collect();
        found.sort_by(|a, b| a.workplace.task.cmp(&b.workplace.task));
        found
    }

    /// Its lease.
    pub fn lease(&self) -> HostLeaseFile {
        HostLeaseFile::at(self.path.join("lease"))
    }

    /// Where the tmux server of its agents' windows has its socket.
    pub fn windows(&self) -> PathBuf {
        self.path.join("windows")
    }

    fn launcher_path(&self) -> PathBuf {
        self.path.join("launcher")
    }

    /// Notes that `process` runs the host's launcher, under this registration.
    pub fn note_launcher(&self, process: ProcessId, launcher: &AgentId) -> Result<(), RuntimeError> {
        let line = format!("{process} {launcher}\n");
        replace(&self.launcher_path(), line.as_bytes(), Readers::Owner)
    }

    /// The process that last ran the host's launcher, and its registration; `None` where nobody noted one that can be read.
    pub fn launcher(&self) -> Option<(ProcessId, AgentId)> {
        let text = std::fs::read_to_string(self.launcher_path()).ok()?;
        let (process, launcher) = text.trim_end().rsplit_once(' ')?;
        Some((process.parse().ok()?, AgentId::new(launcher).ok()?))
    }

    /// The folder of one of its agents, which need not be there.
    pub fn agent(&self, agent: &AgentId) -> AgentFolder {
        AgentFolder::at(self.agents_path().join(agent.as_str()))
    }

    /// The folders that are there; anything whose name is no agent's id is left alone.
    pub fn agents(&self) -> Result<Vec<(AgentId, AgentFolder)>, RuntimeError> {
        let path = self.agents_path();
        let mut found = Vec::new();
        for item in std::fs::read_dir(&path).map_err(file("list", &path))? {
            let folder = AgentFolder::at(item.map_err(file("list", &path))?.path());
            if let Some(agent) = folder.agent() {
                found.push((agent, folder));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    /// The log of an agent, during its life or after it; `None` where there is none.
    pub fn log(&self, agent: &AgentId) -> Option<AgentLog> {
        let folder = self.agent(agent);
        if folder.agent_log().exists() {
            return Some(AgentLog::of(folder));
        }
        let streams = DriverKind::ALL.into_iter().map(Some);
        let kept = streams.chain([None]).map(|driver| (self.logs_path().join(kept_name(agent, driver)), driver));
        let (path, stream_of) = kept.into_iter().find(|(path, _)| path.exists())?;
        Some(AgentLog { path, stream_of, folder: None })
    }

    /// Removes an agent's folder, but keeps its logs, and of all kept logs the [`KEPT_LOGS`] youngest.
    pub fn remove(&self, agent: &AgentId) -> Result<(), RuntimeError> {
        let folder = self.agent(agent);
        self.keep(&folder.agent_log(), &kept_name(agent, stream_of(&folder)))?;
        self.keep(&folder.shim_log(), &format!("{agent}.shim.log"))?;
        match std::fs::remove_dir_all(folder.path()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file("remove", folder.path())(error)),
            _ => self.prune(),
        }
    }

    /// Moves a log that says something to the kept ones.
    fn keep(&self, log: &Path, name: &str) -> Result<(), RuntimeError> {
        match std::fs::metadata(log) {
            Ok(found) if found.len() > 0 => {
                std::fs::rename(log, self.logs_path().join(name)).map_err(file("keep", log))
            }
            _ => Ok(()),
        }
    }

    /// Removes the oldest logs beyond those that are kept.
    fn prune(&self) -> Result<(), RuntimeError> {
        let path = self.logs_path();
        let listed: Vec<_> = std::fs::read_dir(&path).map_err(file("list", &path))?.filter_map(Result::ok).collect();
        let surplus = listed.len().saturating_sub(KEPT_LOGS);
        if surplus == 0 {
            return Ok(());
        }
        let mut aged: Vec<_> =
            listed.iter().filter_map(|i| Some((i.metadata().ok()?.modified().ok()?, i.path()))).collect();
        aged.sort();
        for (_, log) in aged.into_iter().take(surplus) {
            std::fs::remove_file(&log).map_err(file("remove", &log))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::sample;
    use crate::{AgentSpec, Allowance, Input, TalkSpec};
    use go_bus_api::Millis;

    fn host() -> (tempfile::TempDir, HostFolder) {
        let temp = tempfile::tempdir().unwrap();
        let host = HostFolder::of(temp.path(), &HostId::new("h1").unwrap());
        host.create().unwrap();
        (temp, host)
    }

    fn agent(number: usize) -> AgentId {
        AgentId::new(format!("a-{number}")).unwrap()
    }

    #[test]
    fn a_removed_agent_leaves_its_logs_that_say_something() {
        let (_temp, host) = host();
        let folder = host.agent(&agent(1));
        folder.create().unwrap();
        std::fs::write(folder.agent_log(), "done").unwrap();
        std::fs::write(folder.shim_log(), "").unwrap();
        let during = AgentLog { path: folder.agent_log(), stream_of: None, folder: Some(folder.clone()) };
        assert_eq!(host.log(&agent(1)), Some(during));
        host.remove(&agent(1)).unwrap();
        let after = host.log(&agent(1)).unwrap();
        assert_eq!((after.stream_of, after.folder), (None, None));
        assert_eq!(std::fs::read_to_string(after.path).unwrap(), "done");
        assert_eq!(host.log(&agent(2)), None);
        assert_eq!(std::fs::read_dir(host.logs_path()).unwrap().count(), 1);
        assert!(host.agents().unwrap().is_empty());
        host.remove(&agent(1)).unwrap();
    }

    #[test]
    fn whose_stream_a_log_is_stays_known() {
        let (_temp, host) = host();
        let talk = TalkSpec { input: Input::Messages, allowance: Allowance::default(), costs_ms: Millis(1) };
        let spec = AgentSpec { driver: DriverKind::Codex, talk: Some(talk), ..sample::spec("a-1") };
        let folder = host.agent(&agent(1));
        folder.prepare(&spec, "", "", "").unwrap();
        std::fs::write(folder.agent_log(), "{}").unwrap();
        assert_eq!(host.log(&agent(1)).unwrap().stream_of, Some(DriverKind::Codex));
        host.remove(&agent(1)).unwrap();
        let kept = host.log(&agent(1)).unwrap();
        assert_eq!((kept.stream_of, kept.folder), (Some(DriverKind::Codex), None));
        assert!(kept.path.ends_with("logs/a-1.codex.log"));
    }

    #[test]
    fn only_so_many_logs_are_kept() {
        let (_temp, host) = host();
        for number in 0..KEPT_LOGS + 3 {
            let folder = host.agent(&agent(number));
            folder.create().unwrap();
            std::fs::write(folder.agent_log(), "x").unwrap();
            host.remove(&agent(number)).unwrap();
        }
        assert_eq!(std::fs::read_dir(host.logs_path()).unwrap().count(), KEPT_LOGS);
    }

    #[test]
    fn what_is_no_agent_s_folder_is_left_alone() {
        let (_temp, host) = host();
        std::fs::create_dir(host.agents_path().join(".hidden")).unwrap();
        host.agent(&agent(1)).create().unwrap();
        assert_eq!(host.agents().unwrap().into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [agent(1)]);
    }
}
