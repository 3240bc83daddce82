//! Ending what a dead keeper left behind.

use std::time::Duration;

use go_bus_api::AgentId;
use rustix::process::Signal;

use crate::{ProcessId, RuntimeError, platform, tree};

/// How often the table is looked at again for what was forked while the others were ended.
const SWEEPS: u32 = 20;

/// Ends every process that carries this agent's id in its environment, with the rest of their groups and their descendants:
/// SIGINT and SIGTERM, `grace`, SIGKILL. Blocks until they have ended; answers how many there were. It must not be called by
/// a process that itself carries the id.
pub fn end_strays(agent: &AgentId, grace: Duration) -> Result<usize, RuntimeError> {
    let failed = || crate::error::process("end a stray process");
    let strays = find(agent);
    for id in &strays {
        platform::send(*id, Signal::INT).map_err(failed())?;
        platform::send(*id, Signal::TERM).map_err(failed())?;
    }
    platform::wait_ends(&strays, grace).map_err(failed())?;
    let mut count = strays.len();
    for _ in 0..SWEEPS {
        let left = find(agent);
        if left.is_empty() {
            return Ok(count);
        }
        count = count.max(left.len());
        for id in &left {
            platform::send(*id, Signal::KILL).map_err(failed())?;
        }
        platform::wait_ends(&left, Duration::from_secs(1)).map_err(failed())?;
    }
    Err(failed()(std::io::Error::other("it does not end")))
}

/// The living processes of this agent, this process not among them.
fn find(agent: &AgentId) -> Vec<ProcessId> {
    let table = platform::table();
    let mut found = tree::related(&table, &platform::carrying(agent, &table));
    found.retain(|id| id.pid != std::process::id());
    found
}
