//! Acquires the lease and keeps it renewed in the background.

use std::sync::Arc;

use go_bus_api::Epoch;
use go_bus_client::{BusClient, Entropy, SystemEntropy};
use go_clock::Clock;
use tokio::sync::{oneshot, watch};

use crate::holder::{Action, End, Holder, Input, State, Tenure};
use crate::lease::Reply;
use crate::perform::Performer;
use crate::{Lease, LeaseConfig, LeaseError, Lost};

/// What a bidder is at, for whoever shows or awaits it.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// It bids.
    Bidding,
    /// Another instance leads under this epoch; this one is the warm standby (R3).
    Standby(Epoch),
    /// It leads; trusted until the tenure says.
    Leading(Tenure),
    /// It is over.
    Ended(Lost),
}

/// Acquires the lease, as a warm standby where another holds it.
#[derive(Debug)]
pub struct LeaseKeeper {
    holder: Holder,
    performer: Performer,
    client: BusClient,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    phase: watch::Sender<Phase>,
}

impl LeaseKeeper {
    /// A keeper that has not begun. `client` carries the token that the lease will belong to.
    pub fn new(client: BusClient, config: LeaseConfig, clock: Arc<dyn Clock>) -> Self {
        let holder = Holder::new(&config);
        // One clock for all: the client holds itself to the instant until which the lease is trusted.
        let client = client.with_clock(Arc::clone(&clock));
        let performer = Performer::new(&client, config, Arc::clone(&clock));
        let (entropy, phase) = (Arc::new(SystemEntropy), watch::Sender::new(Phase::Bidding));
        Self { holder, performer, client, clock, entropy, phase }
    }

    /// The same with other randomness.
    #[must_use]
    pub fn with_entropy(self, entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, ..self }
    }

    /// What it is at, now and later.
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// [`Self::new`] and [`Self::lead`] in one.
    pub async fn acquire(client: BusClient, config: LeaseConfig, clock: Arc<dyn Clock>) -> Result<Lease, LeaseError> {
        Self::new(client, config, clock).lead().await
    }

    /// Waits until this instance leads. From then on a background task renews the lease until the [`Lease`] is released or
    /// dropped. Dropping this future gives up; a lease that was granted meanwhile ends with its TTL.
    pub async fn lead(mut self) -> Result<Lease, LeaseError> {
        let mut action = self.step(Input::Start);
        loop {
            match self.holder.state() {
                State::Leading(tenure) => {
                    let epoch = tenure.epoch;
                    return Ok(self.hand_out(epoch, action));
                }
                State::Ended(end) => return Err(failure(end)),
                _ => {}
            }
            let input = self.performer.perform(action).await;
            action = self.step(input);
        }
    }

    fn hand_out(self, epoch: Epoch, action: Action) -> Lease {
        let (release, order) = oneshot::channel();
        let (client, clock, phase) = (self.client.clone(), Arc::clone(&self.clock), self.phase.subscribe());
        tokio::spawn(self.keep(action, order));
        Lease::new(client, clock, epoch, phase, release)
    }

    /// Renews until it is over, or until the lease's owner releases or drops it.
    async fn keep(mut self, mut action: Action, mut order: oneshot::Receiver<Reply>) {
        let mut reply = None;
        while action != Action::Stop {
            // A renewal under way is never cut short: one that reaches the Bus after the release would take the lease again.
            let may_end = reply.is_none() && matches!(action, Action::Sleep(_));
            let input = tokio::select! {
                biased;
                owner = &mut order, if may_end => match owner {
                    Ok(owner) => {
                        reply = Some(owner);
                        Input::Release
                    }
                    // Dropped without a release: renewing on would keep a lease that nobody uses.
                    Err(_) => break,
                },
                input = self.performer.perform(action) => input,
            };
            action = self.step(input);
        }
        let State::Ended(end) = self.holder.state() else {
            self.phase.send_replace(Phase::Ended(Lost::Released));
            return;
        };
        if let Some(reply) = reply {
            // The owner may have stopped waiting.
            let _ = reply.send(released(end));
        }
    }

    fn step(&mut self, input: Input) -> Action {
        let action = self.holder.step(input, self.clock.boottime(), self.entropy.share());
        let phase = phase(self.holder.state());
        self.phase.send_if_modified(|known| {
            let news = *known != phase;
            if news && std::mem::discriminant(known) != std::mem::discriminant(&phase) {
                tracing::info!(?phase, "the lease");
            }
            *known = phase;
            news
        });
        action
    }
}

fn phase(state: &State) -> Phase {
    match state {
        State::Idle | State::Bidding { .. } => Phase::Bidding,
        State::Standby { epoch, .. } => Phase::Standby(*epoch),
        State::Leading(tenure) => Phase::Leading(*tenure),
        // Nothing may be begun once the lease is on its way back.
        State::Releasing { end: End::Lost(lost), .. } | State::Ended(End::Lost(lost)) => Phase::Ended(lost.clone()),
        State::Releasing { .. } | State::Ended(_) => Phase::Ended(Lost::Released),
    }
}

fn released(end: &End) -> Result<(), LeaseError> {
    match end {
        End::Released => Ok(()),
        End::Unconfirmed => Err(LeaseError::Unconfirmed),
        other => Err(failure(other)),
    }
}

fn failure(end: &End) -> LeaseError {
    match end {
        End::Held(held) => LeaseError::Held(held.clone()),
        End::Failed(error) => LeaseError::Bus(error.clone()),
        End::Lost(lost) => LeaseError::Lost(lost.clone()),
        End::Released | End::Unconfirmed => LeaseError::Lost(Lost::Released),
    }
}

#[cfg(test)]
mod tests;
