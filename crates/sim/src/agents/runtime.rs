//! The launcher's runtime: its keepers are tasks of the node beside it.

use std::io::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use go_bus_api::{AgentId, BootId};
use go_runtime::{AgentFolder, AgentRuntime, ProcessId, RuntimeError};

use super::hub::Hub;
use crate::ground::Ground;
use crate::machine::MachineState;
use crate::{HostNo, Machine};

/// Runs agents on one simulated host, for the launcher that is this process.
#[derive(Debug)]
pub(crate) struct SimRuntime {
    ground: Arc<Ground>,
    host: HostNo,
    myself: ProcessId,
}

impl SimRuntime {
    pub(crate) fn new(ground: Arc<Ground>, host: HostNo, myself: ProcessId) -> Self {
        Self { ground, host, myself }
    }

    fn machine(&self) -> &Arc<MachineState> {
        self.ground.machine(Machine::Host(self.host))
    }

    fn hub(&self) -> &Arc<Hub> {
        self.ground.hub(self.host)
    }
}

#[async_trait]
impl AgentRuntime for SimRuntime {
    /// All the room there is: a run does not depend on this machine's disk.
    fn space(&self, _path: &std::path::Path) -> Result<go_runtime::Space, RuntimeError> {
        Ok(go_runtime::Space { free: u64::MAX, total: u64::MAX })
    }

    fn boot(&self) -> Result<BootId, RuntimeError> {
        let failed = |error: crate::SimError| RuntimeError::Process {
            doing: "tell the boot",
            source: Error::other(error.to_string()),
        };
        self.machine().boot_id().map_err(failed)
    }

    fn myself(&self) -> ProcessId {
        self.myself
    }

    fn is_alive(&self, process: ProcessId) -> bool {
        self.machine().is_alive(process)
    }

    async fn start(&self, folder: &AgentFolder) -> Result<ProcessId, RuntimeError> {
        let process = self.machine().start_process();
        let started = self.hub().start(folder, process);
        started.ok_or_else(|| RuntimeError::Process {
            doing: "start a keeper",
            source: Error::from(ErrorKind::ResourceBusy),
        })
    }

    fn keeper(&self, folder: &AgentFolder) -> Option<ProcessId> {
        self.hub().keeper(folder.path())
    }

    async fn ended(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        if let Some(mut life) = self.hub().life(keeper) {
            // An error means that the keeper is forgotten, and so has ended.
            let _ = life.wait_for(|alive| !alive).await;
        }
        Ok(())
    }

    fn stop(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.hub().tell(keeper, |told| told.stops = told.stops.wrapping_add(1));
        Ok(())
    }

    fn wake(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.hub().tell(keeper, |told| told.wakes = told.wakes.wrapping_add(1));
        Ok(())
    }

    async fn end_strays(&self, _agent: &AgentId, _grace: Duration) -> Result<usize, RuntimeError> {
        // Agents die with their keepers here.
        Ok(0)
    }
}
