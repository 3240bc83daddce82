//! This instance on the Bus: an agent of the role `go` with a token of its own, which acts as `000` under its lease.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Agent, Heartbeat, NewAgent, Role};
use go_bus_client::{BusClient, BusError, Token};
use go_clock::Clock;

use crate::error::GoError;

/// A registered instance.
#[derive(Debug)]
pub(crate) struct Identity {
    /// Its agent.
    pub(crate) agent: Agent,
    /// A client with its own token, not fenced.
    pub(crate) bus: BusClient,
}

impl Identity {
    /// Registers a new instance with the operator's token.
    pub(crate) async fn register(operator: &BusClient) -> Result<Self, GoError> {
        let registered = operator.register(&NewAgent::of(Role::Go)).await.map_err(GoError::Register)?;
        let garbage = |error: go_bus_client::TokenError| {
            GoError::Register(BusError::Garbage { status: 201, detail: error.to_string() })
        };
        let token = Token::new(registered.token).map_err(garbage)?;
        tracing::info!(agent = %registered.agent.id, "registered as an instance of GO");
        Ok(Self { agent: registered.agent, bus: operator.with_token(token) })
    }

    /// Reports every `every` that it lives. Completes only when the Bus does not take its token any more.
    pub(crate) async fn beat(&self, every: Duration, clock: Arc<dyn Clock>) {
        loop {
            clock.sleep(every).await;
            match self.bus.heartbeat(&self.agent.id, &Heartbeat::default()).await {
                Ok(_) => {}
                Err(BusError::Unauthorized(_)) => return,
                Err(error) => tracing::debug!(%error, "a heartbeat did not arrive"),
            }
        }
    }

    /// Ends the instance's agent, so that it does not linger until it is reaped.
    pub(crate) async fn retire(&self) {
        if let Err(error) = self.bus.terminate(&self.agent.id).await {
            tracing::debug!(%error, "the instance's agent is left to be reaped");
        }
    }
}
