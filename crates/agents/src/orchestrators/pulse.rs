//! An orchestrator's heartbeat: it says that it lives, so that silence means something.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AgentId, AgentState, Heartbeat};
use go_bus_client::{BusClient, BusError};
use go_clock::Clock;

/// Says once that the agent is ready.
pub(crate) async fn ready(client: &BusClient, agent: &AgentId) -> Result<(), BusError> {
    let body = Heartbeat { state: Some(AgentState::Ready), context_used: None };
    client.heartbeat(agent, &body).await.map(drop)
}

/// Says every `interval` that the agent lives, until dropped. A beat that fails is only noted: the next one may pass, and
/// three missed ones are the Bus's to judge.
pub(crate) async fn beat(client: BusClient, agent: AgentId, interval: Duration, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep(interval).await;
        if let Err(error) = client.heartbeat(&agent, &Heartbeat::default()).await {
            tracing::warn!(%agent, %error, "heartbeat failed");
        }
    }
}
