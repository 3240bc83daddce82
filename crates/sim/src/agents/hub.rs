//! What keeps the agents of a host: takes them from the launcher, and knows which keeper lives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use go_runtime::{AgentFolder, ProcessId};
use tokio::sync::{mpsc, watch};

use super::keeper;
use crate::HostNo;
use crate::ground::Ground;
use crate::machine::Process;

/// What a keeper was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Told {
    /// So often to stop its agent.
    pub(super) stops: u32,
    /// So often that the Bus is back.
    pub(super) wakes: u32,
}

/// The keepers of a host.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
    /// Whether hands that start now are turned away by their model's provider.
    pub(crate) is_rate_limited: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    jobs: Option<mpsc::UnboundedSender<Job>>,
    keepers: BTreeMap<ProcessId, Entry>,
}

#[derive(Debug)]
struct Entry {
    folder: PathBuf,
    told: watch::Sender<Told>,
    alive: watch::Sender<bool>,
}

/// A keeper that is to be.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) folder: AgentFolder,
    pub(super) told: watch::Receiver<Told>,
    pub(super) alive: Alive,
}

/// A keeper's life: with it its process ends, and whoever waits for that hears of it.
#[derive(Debug)]
pub(super) struct Alive {
    hub: Arc<Hub>,
    process: Process,
}

impl Drop for Alive {
    fn drop(&mut self) {
        if let Some(entry) = self.hub.lock().keepers.remove(&self.process.id) {
            entry.alive.send_replace(false);
        }
    }
}

impl Hub {
    /// Keeps whatever the launcher hands over, for as long as this runs.
    pub(crate) async fn serve(&self, ground: &Arc<Ground>, host: HostNo) {
        let (jobs, mut handed_over) = mpsc::unbounded_channel();
        self.lock().jobs = Some(jobs);
        while let Some(job) = handed_over.recv().await {
            tokio::spawn(keeper::keep(Arc::clone(ground), host, job));
        }
    }

    /// Starts a keeper; `None` where nothing of this host's agents can run now.
    pub(super) fn start(self: &Arc<Self>, folder: &AgentFolder, process: Process) -> Option<ProcessId> {
        let id = process.id;
        let (told, alive) = (watch::Sender::new(Told::default()), watch::Sender::new(true));
        let job =
            Job { folder: folder.clone(), told: told.subscribe(), alive: Alive { hub: Arc::clone(self), process } };
        let jobs = {
            let mut state = self.lock();
            state.keepers.insert(id, Entry { folder: folder.path().to_owned(), told, alive });
            state.jobs.clone()
        };
        // One that is not taken drops the keeper's life, and with it its entry.
        jobs?.send(job).ok()?;
        Some(id)
    }

    /// The living keeper of a folder.
    pub(super) fn keeper(&self, folder: &Path) -> Option<ProcessId> {
        self.lock().keepers.iter().find(|(_, entry)| entry.folder == folder).map(|(id, _)| *id)
    }

    /// Tells a keeper, where it lives.
    pub(super) fn tell(&self, keeper: ProcessId, what: impl FnOnce(&mut Told)) {
        if let Some(entry) = self.lock().keepers.get(&keeper) {
            entry.told.send_modify(what);
        }
    }

    /// Whether a keeper lives, now and later; `None` where it has ended.
    pub(super) fn life(&self, keeper: ProcessId) -> Option<watch::Receiver<bool>> {
        self.lock().keepers.get(&keeper).map(|entry| entry.alive.subscribe())
    }

    pub(super) fn is_rate_limited(&self) -> bool {
        self.is_rate_limited.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
