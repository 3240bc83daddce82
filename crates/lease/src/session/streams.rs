//! The session's streams at work. No choices are made here.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use go_bus_api::{Epoch, HolderId, LeaseTick, ProblemKind};
use go_bus_client::{BusClient, BusError, SessionStream};
use go_clock::{Boottime, Clock, Sleep};

use super::{SessionAction, SessionInput};

type Opening = Pin<Box<dyn Future<Output = (Boottime, Result<SessionStream, BusError>)> + Send>>;

/// The streams of one epoch's session: the one in use, the one before it until the new one ticks, and the one that is being opened.
pub(crate) struct Streams {
    client: BusClient,
    holder: HolderId,
    epoch: Epoch,
    clock: Arc<dyn Clock>,
    opening: Option<Opening>,
    newest: Option<Stream>,
    older: Option<Stream>,
    wake: Option<Sleep>,
}

struct Stream {
    sent: Boottime,
    ticks: SessionStream,
}

impl Streams {
    /// None yet.
    pub(crate) fn new(client: BusClient, holder: HolderId, epoch: Epoch, clock: Arc<dyn Clock>) -> Self {
        Self { client, holder, epoch, clock, opening: None, newest: None, older: None, wake: None }
    }

    /// Begins `action`.
    pub(crate) fn begin(&mut self, action: SessionAction) {
        self.wake = None;
        match action {
            SessionAction::Open { sent, grace, timeout } => {
                let (client, holder, epoch) = (self.client.clone(), self.holder.clone(), self.epoch);
                self.opening =
                    Some(Box::pin(
                        async move { (sent, client.open_lease_session(&holder, epoch, grace, timeout).await) },
                    ));
            }
            SessionAction::Wait(until) => self.wake = Some(self.clock.sleep(until.since(self.clock.boottime()))),
            SessionAction::Close => (self.opening, self.newest, self.older) = (None, None, None),
        }
    }

    /// What happens next; never anything where there is nothing to wait for. May be dropped and called again at any time.
    pub(crate) async fn next(&mut self) -> SessionInput {
        tokio::select! {
            (sent, opened) = awaited(&mut self.opening) => {
                self.opening = None;
                match opened {
                    Ok(ticks) => {
                        self.older = self.newest.replace(Stream { sent, ticks });
                        SessionInput::Opened { sent }
                    }
                    Err(error) => failed(&error),
                }
            }
            (sent, tick) = tick_of(&mut self.newest) => {
                if tick.is_ok() {
                    self.older = None;
                } else {
                    self.newest = None;
                }
                told(sent, tick)
            }
            (sent, tick) = tick_of(&mut self.older) => {
                if tick.is_err() {
                    self.older = None;
                }
                told(sent, tick)
            }
            () = awaited(&mut self.wake) => {
                self.wake = None;
                SessionInput::Due
            }
        }
    }
}

fn told(sent: Boottime, tick: Result<LeaseTick, BusError>) -> SessionInput {
    match tick {
        Ok(tick) => SessionInput::Tick { sent, tick },
        Err(error) => {
            tracing::debug!(%error, "a stream of the lease's session broke");
            SessionInput::Broke { sent }
        }
    }
}

fn failed(error: &BusError) -> SessionInput {
    tracing::debug!(%error, "the lease's session could not be opened");
    match error.problem() {
        Some(ProblemKind::NotFound) => SessionInput::Off,
        Some(ProblemKind::StaleEpoch | ProblemKind::NotHolder | ProblemKind::Unauthorized) => SessionInput::Refused,
        _ => SessionInput::Failed,
    }
}

async fn awaited<T>(future: &mut Option<Pin<Box<dyn Future<Output = T> + Send>>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

async fn tick_of(stream: &mut Option<Stream>) -> (Boottime, Result<LeaseTick, BusError>) {
    match stream {
        Some(stream) => (stream.sent, stream.ticks.tick().await),
        None => std::future::pending().await,
    }
}
