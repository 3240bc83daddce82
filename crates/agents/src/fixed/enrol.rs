//! Taking one's place: a token of one's own by the operator's, a sign of life, and what one offers.

use std::sync::Arc;

use go_bus_api::AgentPatch;
use go_bus_client::{BusClient, BusError, Token};
use go_clock::Clock;
use go_rules::backoff::Backoff;
use tokio::sync::mpsc;

use super::{Duty, FixedConfig, FixedError};
use crate::orchestrators::{Order, pulse};

/// A client with its own token; `None` where it is told to end before. A Bus that can't answer is waited for.
pub(super) async fn enrol(
    config: &FixedConfig,
    operator: &BusClient,
    clock: &Arc<dyn Clock>,
    orders: &mut mpsc::Receiver<Order>,
) -> Result<Option<BusClient>, FixedError> {
    let mut failures = 0_u32;
    loop {
        let error = match once(config, operator).await {
            Ok(client) => return Ok(Some(client)),
            Err(FixedError::Bus(error)) if error.is_retryable() => error,
            Err(error) => return Err(error),
        };
        failures = failures.saturating_add(1);
        tracing::info!(agent = %config.agent(), %error, "not on the Bus yet; it is tried again");
        tokio::select! {
            () = clock.sleep(Backoff::REQUEST.pause(failures, 0.5)) => {}
            order = orders.recv() => if order != Some(Order::Wake) { return Ok(None) },
        }
    }
}

async fn once(config: &FixedConfig, operator: &BusClient) -> Result<BusClient, FixedError> {
    let me = config.agent();
    let issued = operator.rotate_token(&me).await?;
    let client = operator.with_token(Token::new(issued.token)?);
    pulse::ready(&client, &me).await?;
    offer(config, &client).await?;
    Ok(client)
}

async fn offer(config: &FixedConfig, client: &BusClient) -> Result<(), BusError> {
    let Duty::M0(mac) = &config.duty else { return Ok(()) };
    let patch = AgentPatch { capabilities: Some(mac.offers.clone()), ..AgentPatch::default() };
    client.patch_agent(&config.agent(), &patch).await.map(drop)
}
