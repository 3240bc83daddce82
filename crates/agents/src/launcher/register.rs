//! Registration: the launcher of a host that is there.

use std::sync::Arc;

use go_bus_api::{AgentId, HostId, NewAgent, ProblemKind, Role};
use go_bus_client::{BusClient, BusError, Feed, Token};
use go_clock::Clock;
use go_rules::backoff::Backoff;

use super::LauncherError;

/// Registers as the launcher of `host` and answers its id and a client with its own token. Waits for the host where the Bus
/// has none of that name yet, and for a Bus that can't be reached just now.
pub(super) async fn register(
    host: &HostId,
    operator: &BusClient,
    feed: &mut Feed,
    clock: &Arc<dyn Clock>,
) -> Result<(AgentId, BusClient), LauncherError> {
    let mut failures = 0_u32;
    loop {
        while feed.world().host(host).is_none() {
            tracing::info!(%host, "the Bus has no such host yet; waiting for it");
            feed.next().await?;
        }
        match operator.register(&request(host)).await {
            Ok(registered) => {
                let token = Token::new(&registered.token)?;
                tracing::info!(launcher = %registered.agent.id, %host, "registered");
                return Ok((registered.agent.id, operator.with_token(token)));
            }
            Err(error) if may_pass(&error) => {
                failures = failures.saturating_add(1);
                tracing::warn!(%error, "not registered yet");
                clock.sleep(Backoff::REQUEST.pause(failures, 1.0)).await;
            }
            Err(error) => return Err(LauncherError::Register(error)),
        }
    }
}

/// An outage passes; so does the want of a host, where the World was ahead of a restored Bus.
fn may_pass(error: &BusError) -> bool {
    error.is_retryable() || error.is(ProblemKind::Invalid)
}

fn request(host: &HostId) -> NewAgent {
    NewAgent { host: Some(host.clone()), ..NewAgent::of(Role::Launcher) }
}
