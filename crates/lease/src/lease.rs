//! A held lease: the only way to a client that may write as GO.

use std::future::Future;
use std::sync::Arc;

use go_bus_api::Epoch;
use go_bus_client::{BusClient, Deadline};
use go_clock::{Boottime, Clock};
use go_rules::mutation::{Mutation, is_on};
use tokio::sync::{oneshot, watch};

use crate::{LeaseError, Lost, Phase, Returns};

/// How the keeper tells whether the release was confirmed.
pub(crate) type Reply = oneshot::Sender<Result<(), LeaseError>>;

/// The lease, held under one epoch and renewed in the background.
///
/// *Guarantees*: a client that it hands out sends nothing after the local trust is over, by the boottime clock, so also after
/// a suspend; and every write of it carries the epoch, which the Bus checks.
/// *Crash semantics*: dropping it (or the process's end) stops the renewals; the lease then ends with its TTL.
#[derive(Debug)]
pub struct Lease {
    client: BusClient,
    clock: Arc<dyn Clock>,
    epoch: Epoch,
    phase: watch::Receiver<Phase>,
    returns: Returns,
    release: oneshot::Sender<Reply>,
}

impl Lease {
    /// `client` writes under `epoch`, and is held to `deadline`, which the keeper moves.
    pub(crate) fn new(
        client: &BusClient,
        deadline: &Deadline,
        clock: Arc<dyn Clock>,
        epoch: Epoch,
        (phase, returns): (watch::Receiver<Phase>, Returns),
        release: oneshot::Sender<Reply>,
    ) -> Self {
        Self { client: client.fenced(epoch).held_to(deadline), clock, epoch, phase, returns, release }
    }

    /// The fencing token of this tenure. It never changes: a new epoch is a new lease.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// A fenced client, where something may be begun now. Each of its requests is held to the trust as it stands when it is sent, and is
    /// abandoned where that ends before the answer.
    pub fn client(&self) -> Result<BusClient, Lost> {
        self.trusted_until()?;
        Ok(self.client.clone())
    }

    /// Until when something may be begun, where it may be now.
    pub fn trusted_until(&self) -> Result<Boottime, Lost> {
        trust(&self.phase.borrow(), self.clock.boottime())
    }

    /// Tells each time that the Bus is back after an outage; the keeper knows it first.
    pub fn returns(&self) -> Returns {
        self.returns.clone()
    }

    /// Waits, where the trust is over, until the lease has been renewed under the same epoch after all, or is lost for good.
    pub async fn trusted(&self) -> Result<BusClient, Lost> {
        let mut phase = self.phase.clone();
        loop {
            match self.client() {
                Err(Lost::TrustOver) => {}
                settled => return settled,
            }
            if phase.changed().await.is_err() {
                return Err(Lost::Released);
            }
        }
    }

    /// Completes when the lease is lost for good, and tells why. Trust that is over may come back and is not yet that.
    pub fn lost(&self) -> impl Future<Output = Lost> + Send + 'static {
        let mut phase = self.phase.clone();
        async move {
            match phase.wait_for(|phase| matches!(phase, Phase::Ended(_))).await.as_deref() {
                Ok(Phase::Ended(lost)) => lost.clone(),
                Ok(_) | Err(_) => Lost::Released,
            }
        }
    }

    /// Completes once nothing more will come of what is being ended under this lease: it is lost, or was not renewed for its whole trust.
    /// A session that is silent for a moment is not yet that.
    pub async fn overrun(&self) {
        let mut phase = self.phase.clone();
        loop {
            let left = match &*phase.borrow_and_update() {
                Phase::Leading(tenure) => tenure.renewed_until.since(self.clock.boottime()),
                Phase::Bidding | Phase::Standby(_) | Phase::Ended(_) => return,
            };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = self.clock.sleep(left) => {}
                moved = phase.changed() => if moved.is_err() { return },
            }
        }
    }

    /// What it is at, now and later.
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.clone()
    }

    /// Gives the lease back (R4), so that a standby takes over at once. From the call on no client is handed out.
    pub async fn release(self) -> Result<(), LeaseError> {
        let lost = self.lost();
        let (reply, answer) = oneshot::channel();
        if self.release.send(reply).is_err() {
            return Err(LeaseError::Lost(lost.await));
        }
        match answer.await {
            Ok(released) => released,
            Err(_) => Err(LeaseError::Lost(lost.await)),
        }
    }
}

fn trust(phase: &Phase, now: Boottime) -> Result<Boottime, Lost> {
    match phase {
        Phase::Leading(tenure) if tenure.is_trusted(now) || is_on(Mutation::DeadlineUnchecked) => {
            Ok(tenure.trusted_until())
        }
        Phase::Ended(lost) => Err(lost.clone()),
        Phase::Leading(_) | Phase::Bidding | Phase::Standby(_) => Err(Lost::TrustOver),
    }
}
