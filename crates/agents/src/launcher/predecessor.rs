//! A launcher of the same folder that died: the process table proves it, so nobody has to wait for the end of its host's lease.

use std::sync::Arc;

use go_bus_client::{BusClient, BusError};
use go_clock::Clock;
use go_rules::backoff::Backoff;
use go_runtime::{HostFolder, is_alive};

use super::LauncherError;
use crate::delivery::is_moot;

/// Ends the registration of the launcher that the folder names where its process is dead; its agents go on. Waits for a Bus that
/// can't be reached just now. One that is alive, in this process too, is left alone.
pub(super) async fn end(host: &HostFolder, operator: &BusClient, clock: &Arc<dyn Clock>) -> Result<(), LauncherError> {
    let Some((process, launcher)) = host.launcher().filter(|(process, _)| !is_alive(*process)) else { return Ok(()) };
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
        clock.sleep(Backoff::REQUEST.pause(failures, 1.0)).await;
    }
}
