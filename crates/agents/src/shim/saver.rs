//! Saving a working folder's content while its agent is at work: a process of its own, beside it.

use std::path::PathBuf;
use std::time::Duration;

use go_bus_api::AgentId;
use go_clock::Boottime;
use go_runtime::{AgentFolder, Environment, ProcessId, WorkplaceSpec, kill_group, start};

/// How long one save may take.
const MOST: Duration = Duration::from_secs(30);

/// When the content is saved, and the process that saves it.
#[derive(Debug)]
pub(super) struct Saver {
    place: WorkplaceSpec,
    agent: AgentId,
    folder: AgentFolder,
    environment: Environment,
    due: Boottime,
    running: Option<(ProcessId, Boottime)>,
}

impl Saver {
    /// Saves of the folder of `agent`, in whose name they run: should this process die, they end with the agent. The first is one interval from now.
    pub(super) fn new(
        place: WorkplaceSpec,
        agent: AgentId,
        folder: AgentFolder,
        environment: Environment,
        now: Boottime,
    ) -> Self {
        let due = now + place.save_ms.duration();
        Self { place, agent, folder, environment, due, running: None }
    }

    /// The process that saves just now: no part of the agent, whose end it does not hold up.
    pub(super) fn process(&self) -> Option<ProcessId> {
        self.running.map(|(process, _)| process)
    }

    /// Where its process tells what it saved.
    fn to(&self) -> PathBuf {
        self.folder.saved_path()
    }

    /// When to look again; nothing new is begun once the agent is over.
    pub(super) fn next(&self, agent_runs: bool) -> Option<Boottime> {
        match self.running {
            Some((_, until)) => Some(until),
            None => agent_runs.then_some(self.due),
        }
    }

    /// Begins a save that is due, and ends one that takes too long. A failure is told, and tried again in time.
    pub(super) fn tick(&mut self, now: Boottime, agent_runs: bool) {
        match self.running {
            Some((process, until)) if now >= until => {
                eprintln!("shim: saving the working folder takes too long; it is tried again");
                self.end(process);
                // Its end is still to come.
                self.running = Some((process, now + MOST));
            }
            None if agent_runs && now >= self.due => {
                self.due = now + self.place.save_ms.duration();
                let begun = AgentFolder::open_log(&self.folder.shim_log())
                    .and_then(|log| start(&self.place.save(&self.to(), true).of(&self.agent), &self.environment, log));
                match begun {
                    Ok(process) => self.running = Some((process, now + MOST)),
                    Err(error) => eprintln!("shim: the working folder is not saved: {error}"),
                }
            }
            _ => {}
        }
    }

    /// The agent is being ended: what saves just now has until `limit`.
    pub(super) fn hurry(&mut self, limit: Boottime) {
        if let Some((_, until)) = &mut self.running {
            *until = limit.min(*until);
        }
    }

    /// Takes note of the end of a process; tells whether it was this one's.
    pub(super) fn ended(&mut self, pid: u32) -> bool {
        let is_ours = self.running.is_some_and(|(process, _)| process.pid == pid);
        if is_ours {
            self.running = None;
        }
        is_ours
    }

    fn end(&self, process: ProcessId) {
        if let Err(error) = kill_group(process) {
            eprintln!("shim: {error}");
        }
    }
}
