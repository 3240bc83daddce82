//! A GO from its start to its end: register, follow, wait for the lease, lead, hand over.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::HolderId;
use go_bus_client::{BusClient, BusError};
use go_clock::Clock;
use go_lease::{Lease, LeaseError, LeaseKeeper, Lost};
use go_sprint::improvement::ImprovementPolicy;

use crate::chronicle::LastWrites;
use crate::config::GoConfig;
use crate::error::GoError;
use crate::finish::Finished;
use crate::follow::{Follower, TokenVoid};
use crate::identity::Identity;
use crate::lead::{Ended, lead};
use crate::plan_desk::PlanDesk;
use crate::plan_view::PlanView;

/// How long to wait after a tenure that was lost before the next bid, and after a token that was revoked.
const PAUSE: Duration = Duration::from_secs(1);

/// How the service of one registered instance ended.
enum Service {
    Finished(Finished),
    /// Its token is not taken any more: register anew.
    Unauthorized,
}

/// Runs a GO: registers as an instance with the `operator`'s token, follows the Bus, waits for the lease as a warm standby where
/// another holds it, and leads. One that loses the lease is a standby again. Ends when `stop` completes, and with
/// [`GoConfig::exit_when_done`] when the plan is done or can't go on; it then has written the plan's statuses and the handoff,
/// and released the lease.
///
/// # Errors
/// A plan with mistakes, a Bus that can't be reached at the start, a lease held by another where waiting is not wanted.
pub async fn run(
    mut config: GoConfig,
    operator: BusClient,
    clock: Arc<dyn Clock>,
    stop: impl Future<Output = ()>,
) -> Result<Finished, GoError> {
    if config.exit_when_done {
        // It would make work for a fleet that is to come to its end.
        config.policy.improvement = ImprovementPolicy::off();
    }
    let mut desk = match &config.plan {
        Some(source) => {
            let (desk, plan) = PlanDesk::open(source)?;
            Some((desk, PlanView::new(plan, source.defaults.clone(), &config.policy)))
        }
        None => None,
    };
    let mut stop = std::pin::pin!(stop);
    let mut is_new = true;
    let mut left: Option<HolderId> = None;
    loop {
        let me = tokio::select! {
            biased;
            () = &mut stop, if !is_new => return Ok(Finished::Stopped),
            me = register(&operator, is_new, &clock) => me?,
        };
        if let Some(holder) = left.take() {
            give_up(&holder, &operator).await;
        }
        match serve(&config, &me, &clock, &mut desk, stop.as_mut(), std::mem::take(&mut is_new)).await {
            // A lease that it may still hold is the old token's: the operator's alone lets it go, once the Bus can be reached.
            Ok(Service::Unauthorized) => {
                left = Some(std::mem::replace(&mut config.lease.holder, HolderId::generate()));
            }
            Ok(Service::Finished(finished)) => {
                me.retire().await;
                return Ok(finished);
            }
            Err(error) => {
                me.retire().await;
                return Err(error);
            }
        }
        tokio::select! {
            biased;
            () = &mut stop => return Ok(Finished::Stopped),
            () = clock.sleep(PAUSE) => {}
        }
    }
}

/// Registers an instance. One that is new fails where the Bus is away; one that has been at work waits for it.
async fn register(operator: &BusClient, is_new: bool, clock: &Arc<dyn Clock>) -> Result<Identity, GoError> {
    loop {
        match Identity::register(operator).await {
            Err(GoError::Register(error)) if !is_new && error.is_retryable() => {
                tracing::warn!(%error, "not registered anew yet");
            }
            settled => return settled,
        }
        clock.sleep(PAUSE).await;
    }
}

/// Leads whenever the lease is to be had, until the end or until the token is not taken any more. Whoever `is_new` fails where the Bus is
/// away at its first bid; one that has been at work waits for it.
async fn serve<S: Future<Output = ()>>(
    config: &GoConfig,
    me: &Identity,
    clock: &Arc<dyn Clock>,
    desk: &mut Option<(PlanDesk, PlanView)>,
    mut stop: Pin<&mut S>,
    mut is_new: bool,
) -> Result<Service, GoError> {
    let mut beat = std::pin::pin!(me.beat(config.heartbeat, Arc::clone(clock)));
    let follower = tokio::select! {
        biased;
        () = &mut stop => return Ok(Service::Finished(Finished::Stopped)),
        () = &mut beat => return Ok(Service::Unauthorized),
        follower = Follower::start(&me.bus, clock) => follower,
    };
    let Ok(mut follower) = follower else { return Ok(Service::Unauthorized) };
    loop {
        let bid = LeaseKeeper::acquire(me.bus.clone(), config.lease.clone(), Arc::clone(clock));
        let lease = tokio::select! {
            biased;
            () = &mut stop => {
                give_up(&config.lease.holder, &me.bus).await;
                return Ok(Service::Finished(Finished::Stopped));
            }
            () = &mut beat => return Ok(Service::Unauthorized),
            lease = bid => lease,
            TokenVoid = follower.keep_up() => return Ok(Service::Unauthorized),
        };
        let lease = match lease {
            Ok(lease) => lease,
            Err(LeaseError::Bus(error)) if matches!(*error, BusError::Unauthorized(_)) => {
                return Ok(Service::Unauthorized);
            }
            Err(LeaseError::Bus(error)) if !is_new && error.is_retryable() => {
                tracing::debug!(%error, "no bid was answered; bidding goes on");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        is_new = false;
        let (ended, left) = tokio::select! {
            biased;
            () = &mut beat => (Ended::Unauthorized, LastWrites::default()),
            led = lead(config, &mut follower, &lease, clock, desk, stop.as_mut()) => led,
        };
        match ended {
            Ended::Finished(finished) => {
                release(lease).await;
                left.write(clock).await;
                return Ok(Service::Finished(finished));
            }
            Ended::Bootstrap(failed) => {
                release(lease).await;
                return Err(failed.into());
            }
            Ended::Unauthorized => return Ok(Service::Unauthorized),
            Ended::Lost(lost) => stand_back(lease, &lost),
        }
        tokio::select! {
            biased;
            () = &mut stop => return Ok(Service::Finished(Finished::Stopped)),
            TokenVoid = follower.keep_up() => return Ok(Service::Unauthorized),
            () = clock.sleep(PAUSE) => {}
        }
    }
}

/// Says that this instance leads no more, and lets the lease go: nothing of it is used from here on.
fn stand_back(lease: Lease, lost: &Lost) {
    tracing::warn!(%lost, epoch = %lease.epoch(), "standing by again");
}

async fn release(lease: Lease) {
    if let Err(error) = lease.release().await {
        tracing::warn!(%error, "the lease was not released");
    }
}

/// Gives the lease back where the bid that was given up had brought it: nobody else could have it before its time to live is over.
async fn give_up(holder: &HolderId, bus: &BusClient) {
    let Ok(view) = bus.lease().await else { return };
    if view.holder.as_ref() != Some(holder) {
        return;
    }
    let release = go_bus_api::Release { holder: holder.clone(), epoch: view.epoch };
    if let Err(error) = bus.release_lease(&release).await {
        tracing::warn!(%error, "the lease was not released");
    }
}
