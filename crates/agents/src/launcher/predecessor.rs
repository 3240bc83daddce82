//! A launcher of the same folder that died: the process table proves it, so nobody has to wait for the end of its host's lease.

use go_bus_client::{BusClient, BusError};
use go_rules::backoff::Backoff;
use go_runtime::{HostFolder, ProcessId};

use super::worker::Worker;
use super::{LauncherConfig, LauncherError};
use crate::delivery::is_moot;

/// Refuses where the launcher that the folder names is alive in another process of this machine.
pub(super) fn refuse_beside_another(host: &HostFolder, config: &LauncherConfig) -> Result<(), LauncherError> {
    let runtime = &config.runtime;
    let is_another = |process: ProcessId| process != runtime.myself() && runtime.is_alive(process);
    match host.launcher() {
        Some((process, _)) if is_another(process) => {
            Err(LauncherError::Taken { host: config.host.clone(), pid: process.pid })
        }
        _ => Ok(()),
    }
}

/// Ends the registration of the launcher that the folder names where its process is dead; its agents go on. Waits for a Bus that
/// can't be reached just now. One that is alive, in this process too, is left alone.
pub(super) async fn end(worker: &Worker, operator: &BusClient) -> Result<(), LauncherError> {
    let runtime = &worker.config.runtime;
    let last = worker.host.launcher().filter(|(process, _)| !runtime.is_alive(*process));
    let Some((process, launcher)) = last else { return Ok(()) };
    let mut failures = 0_u32;
    loop {
        let error: BusError = match operator.terminate(&launcher).await {
            Ok(_) => {
                tracing::info!(%launcher, pid = process.pid, "the launcher before this one is dead; its registration is ended");
                return Ok(());
            }
            Err(error) if is_moot(&error) => return Ok(()),
            Err(error) => error,
        };
        if !error.is_retryable() {
            tracing::warn!(%launcher, %error, "the dead launcher's registration can't be ended; its host's lease runs out");
            return Ok(());
        }
        failures = failures.saturating_add(1);
        worker.clock.sleep(Backoff::REQUEST.pause(failures, 1.0)).await;
    }
}
