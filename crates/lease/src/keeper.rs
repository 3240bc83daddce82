//! Acquires the lease and keeps it renewed in the background.

mod keep;

use std::sync::Arc;

use go_bus_api::Epoch;
use go_bus_client::{BusClient, Deadline, Entropy, SystemEntropy};
use go_clock::{Boottime, Clock};
use tokio::sync::watch;

use crate::holder::{Action, End, Holder, Input, State, Tenure};
use crate::perform::Performer;
use crate::presence::Presence;
use crate::{Lease, LeaseConfig, LeaseError, Lost, Returns};

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
    /// What every client of the lease is held to.
    deadline: Deadline,
    presence: Presence,
}

impl LeaseKeeper {
    /// A keeper that has not begun. `client` carries the token that the lease will belong to.
    pub fn new(client: BusClient, config: LeaseConfig, clock: Arc<dyn Clock>) -> Self {
        let holder = Holder::new(&config);
        // One clock for all: the client holds itself to the instant until which the lease is trusted.
        let client = client.with_clock(Arc::clone(&clock));
        let performer = Performer::new(&client, config, Arc::clone(&clock));
        let (entropy, phase) = (Arc::new(SystemEntropy), watch::Sender::new(Phase::Bidding));
        let (deadline, presence) = (Deadline::new(Boottime::default()), Presence::new());
        Self { holder, performer, client, clock, entropy, phase, deadline, presence }
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

    /// Tells each time that the Bus is back after an outage.
    pub fn returns(&self) -> Returns {
        self.presence.returns()
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
            let input = self.performer.clone().perform(action).await;
            action = self.step(input);
        }
    }

    fn step(&mut self, input: Input) -> Action {
        self.presence.note(&input);
        let action = self.holder.step(input, self.clock.boottime(), self.entropy.share());
        self.publish();
        action
    }

    /// Moves what depends on the state: first what holds the clients back.
    fn publish(&self) {
        let phase = phase(self.holder.state());
        self.deadline.set(match &phase {
            Phase::Leading(tenure) => tenure.trusted_until(),
            _ => Boottime::default(),
        });
        self.phase.send_if_modified(|known| {
            let news = *known != phase;
            if news && std::mem::discriminant(known) != std::mem::discriminant(&phase) {
                tracing::info!(?phase, "the lease");
            }
            *known = phase;
            news
        });
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
