//! A runtime without processes, for tests: its keepers end when the test says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use go_bus_api::AgentId;
use tokio::sync::watch;

use crate::{AgentFolder, AgentRuntime, ProcessId, RuntimeError, Space};

/// Keepers as entries of a map. A keeper lives until [`MemoryRuntime::end`] is called for it; what a real one would write
/// into its folder, the test writes before that call. Clones share their keepers.
#[derive(Debug, Clone, Default)]
pub struct MemoryRuntime {
    state: Arc<Mutex<State>>,
    windows: bool,
}

#[derive(Debug, Default)]
struct State {
    keepers: BTreeMap<ProcessId, Keeper>,
    strays_ended: Vec<AgentId>,
}

#[derive(Debug)]
struct Keeper {
    folder: PathBuf,
    stopped: bool,
    wakes: usize,
    alive: watch::Sender<bool>,
}

impl MemoryRuntime {
    /// One whose agents are to have windows.
    pub fn with_windows() -> Self {
        Self { windows: true, ..Self::default() }
    }

    /// The folders that keepers were started on, in order.
    pub fn started(&self) -> Vec<AgentFolder> {
        self.lock().keepers.values().map(|k| AgentFolder::at(&k.folder)).collect()
    }

    /// Whether a keeper of this folder was told to stop.
    pub fn is_stopped(&self, folder: &AgentFolder) -> bool {
        self.lock().keepers.values().any(|k| k.folder == folder.path() && k.stopped)
    }

    /// How often the keepers of this folder were told that the Bus is back.
    pub fn wakes(&self, folder: &AgentFolder) -> usize {
        self.lock().keepers.values().filter(|k| k.folder == folder.path()).map(|k| k.wakes).sum()
    }

    /// Ends every keeper of this folder.
    pub fn end(&self, folder: &AgentFolder) {
        for keeper in self.lock().keepers.values().filter(|k| k.folder == folder.path()) {
            keeper.alive.send_replace(false);
        }
    }

    /// The agents whose strays were ended, in order.
    pub fn strays_ended(&self) -> Vec<AgentId> {
        self.lock().strays_ended.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AgentRuntime for MemoryRuntime {
    /// All the room there is: what is simulated does not depend on this machine's disk.
    fn space(&self, _path: &Path) -> Result<Space, RuntimeError> {
        Ok(Space { free: u64::MAX, total: u64::MAX })
    }

    fn has_windows(&self) -> bool {
        self.windows
    }

    async fn start(&self, folder: &AgentFolder) -> Result<ProcessId, RuntimeError> {
        let mut state = self.lock();
        let number = u32::try_from(state.keepers.len()).unwrap_or(u32::MAX - 1).saturating_add(1);
        let id = ProcessId { pid: number, started: u64::from(number) };
        let keeper =
            Keeper { folder: folder.path().to_path_buf(), stopped: false, wakes: 0, alive: watch::Sender::new(true) };
        state.keepers.insert(id, keeper);
        Ok(id)
    }

    fn keeper(&self, folder: &AgentFolder) -> Option<ProcessId> {
        let state = self.lock();
        state.keepers.iter().find(|(_, k)| k.folder == folder.path() && *k.alive.borrow()).map(|(id, _)| *id)
    }

    async fn ended(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        let alive = self.lock().keepers.get(&keeper).map(|k| k.alive.subscribe());
        if let Some(mut alive) = alive {
            // An error means that the keeper is forgotten, and so has ended.
            let _ = alive.wait_for(|alive| !alive).await;
        }
        Ok(())
    }

    fn stop(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        if let Some(keeper) = self.lock().keepers.get_mut(&keeper) {
            keeper.stopped = true;
        }
        Ok(())
    }

    fn wake(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        if let Some(keeper) = self.lock().keepers.get_mut(&keeper) {
            keeper.wakes = keeper.wakes.saturating_add(1);
        }
        Ok(())
    }

    async fn end_strays(&self, agent: &AgentId, _grace: Duration) -> Result<usize, RuntimeError> {
        self.lock().strays_ended.push(agent.clone());
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_keeper_lives_until_it_is_ended_and_one_that_is_not_there_has_ended() {
        let (runtime, folder) = (MemoryRuntime::default(), AgentFolder::at("/a-1"));
        let keeper = runtime.start(&folder).await.unwrap();
        assert_eq!(runtime.keeper(&folder), Some(keeper));
        runtime.stop(keeper).unwrap();
        assert!(runtime.is_stopped(&folder) && runtime.keeper(&folder).is_some());
        let other = runtime.clone();
        let ended = tokio::spawn(async move { other.ended(keeper).await });
        runtime.end(&folder);
        ended.await.unwrap().unwrap();
        assert_eq!(runtime.keeper(&folder), None);
        runtime.ended(ProcessId { pid: 99, started: 0 }).await.unwrap();
    }
}
