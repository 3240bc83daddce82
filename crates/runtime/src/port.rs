//! The port through which a launcher starts, watches and ends agents.

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use go_bus_api::{AgentId, BootId};

use crate::{AgentFolder, ProcessId, RuntimeError, Space, platform};

/// Runs agents on one machine. The launcher decides what has to run; a runtime knows how.
///
/// *Flow*: the launcher prepares an [`AgentFolder`], calls [`start`](Self::start), and waits for [`ended`](Self::ended) of
/// the keeper it got. To stop an agent it calls [`stop`](Self::stop) and goes on waiting. After the end it reads the folder's
/// [`Stage`](crate::Stage): `Ended` means that the keeper could not report, `Started` that it died, and then the launcher
/// calls [`end_strays`](Self::end_strays).
///
/// *Guarantees*: an agent that was started is kept by one process, the keeper, that outlives the launcher, ends the agent
/// with everything it forked, and writes the exit durably into the folder before it reports it. Two keepers on one folder
/// are one too many: the second ends at once and starts nothing. A keeper never starts an agent a second time.
///
/// *Assumptions*: the folder lies on a local file system, keeps its path, and belongs to this machine and boot.
///
/// *Errors*: a failed `start` has started nothing; it may be tried again. A failed `stop` of a keeper that has ended is no
/// error.
///
/// *Crash semantics*: after a crash of the launcher a new one finds each living keeper by [`keeper`](Self::keeper) and
/// goes on with it as if it had started it. After a crash of a keeper, `end_strays` finds its agent's processes by
/// `XIO_AGENT_ID`. After a crash of the machine nothing is alive, and the folders tell how far each agent had come.
#[async_trait]
pub trait AgentRuntime: Debug + Send + Sync + 'static {
    /// Which boot of the machine this is.
    fn boot(&self) -> Result<BootId, RuntimeError> {
        platform::boot_id()
    }

    /// The process that calls.
    fn myself(&self) -> ProcessId {
        platform::myself()
    }

    /// Whether a process of this boot is alive.
    fn is_alive(&self, process: ProcessId) -> bool {
        platform::is_alive(process)
    }

    /// How much room the file system has that `path` lies on.
    fn space(&self, path: &Path) -> Result<Space, RuntimeError> {
        Space::of(path)
    }

    /// Whether each agent is to have a window in which people see it and type to it.
    fn has_windows(&self) -> bool {
        false
    }

    /// Ends what it holds for people to look at, where every agent has ended; completes when it has.
    async fn close(&self) -> Result<(), RuntimeError> {
        Ok(())
    }

    /// Starts the keeper of a prepared folder and answers which process it is.
    async fn start(&self, folder: &AgentFolder) -> Result<ProcessId, RuntimeError>;

    /// The living keeper of this folder.
    fn keeper(&self, folder: &AgentFolder) -> Option<ProcessId>;

    /// Completes when this keeper has ended; at once where it has already.
    async fn ended(&self, keeper: ProcessId) -> Result<(), RuntimeError>;

    /// Tells this keeper to stop its agent in order: no verification, reported as stopped. Returns at once.
    fn stop(&self, keeper: ProcessId) -> Result<(), RuntimeError>;

    /// Tells this keeper, and through it an orchestrator that it keeps, that the Bus can be reached again: what waits for its
    /// next try is tried now. A hint, which may be lost; returns at once.
    fn wake(&self, keeper: ProcessId) -> Result<(), RuntimeError>;

    /// Ends what is left of an agent whose keeper is dead, and completes when it has ended; answers how many processes
    /// there were. Each has `grace` to end by itself.
    async fn end_strays(&self, agent: &AgentId, grace: Duration) -> Result<usize, RuntimeError>;
}
