//! Machines: clocks, a disk, a boot, and which processes of it are alive.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use go_bus_api::BootId;
use go_runtime::ProcessId;

use crate::clock::MachineClock;
use crate::{Machine, SimError};

/// One machine.
#[derive(Debug)]
pub(crate) struct MachineState {
    name: Machine,
    pub(crate) clock: MachineClock,
    /// Its disk.
    pub(crate) folder: PathBuf,
    boots: AtomicU32,
    started: AtomicU32,
    alive: Mutex<BTreeSet<ProcessId>>,
}

impl MachineState {
    /// A machine that has just been found running, with an empty disk at `folder`.
    pub(crate) fn new(name: Machine, clock: MachineClock, folder: PathBuf) -> Result<Self, SimError> {
        std::fs::create_dir_all(&folder)?;
        let (boots, started, alive) = (AtomicU32::new(1), AtomicU32::new(100), Mutex::default());
        Ok(Self { name, clock, folder, boots, started, alive })
    }

    /// Which boot this is.
    pub(crate) fn boot_id(&self) -> Result<BootId, SimError> {
        let id = format!("{:?}-boot-{}", self.name, self.boots.load(Ordering::Relaxed)).replace(['(', ')'], "-");
        BootId::new(id).map_err(|error| SimError::Broken(error.to_string()))
    }

    /// It boots anew.
    pub(crate) fn boot(&self) {
        self.boots.fetch_add(1, Ordering::Relaxed);
        self.clock.boot();
    }

    /// A process starts here; it is alive for as long as what is answered.
    pub(crate) fn start_process(self: &Arc<Self>) -> Process {
        let pid = self.started.fetch_add(1, Ordering::Relaxed);
        let id = ProcessId { pid, started: u64::from(pid) };
        self.lock().insert(id);
        Process { machine: Arc::clone(self), id }
    }

    /// Whether a process is alive.
    pub(crate) fn is_alive(&self, process: ProcessId) -> bool {
        self.lock().contains(&process)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<ProcessId>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A living process; dropping it is its end.
#[derive(Debug)]
pub(crate) struct Process {
    machine: Arc<MachineState>,
    /// Its number.
    pub(crate) id: ProcessId,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.machine.lock().remove(&self.id);
    }
}
