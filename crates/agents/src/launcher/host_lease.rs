//! The host's lease: renewed at the Bus, and written down for the shims.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AgentId, Heartbeat, HostHeartbeat, ProblemKind};
use go_bus_client::{BusClient, BusError, RetryPolicy};
use go_clock::{Boottime, Clock};
use go_rules::lease::retry_after;
use tokio::sync::watch;

use super::worker::Worker;

/// What the renewals came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holding {
    /// None has succeeded yet.
    NotYet,
    /// Agents may run until then.
    Until(Boottime),
    /// The same, after renewals that failed: the Bus may have been away, and agents may be waiting for it.
    Again(Boottime),
    /// The Bus does not know this launcher as one any more: it has to register anew.
    Unregistered,
}

/// What a failed renewal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// It may well succeed a little later; so it is where another launcher holds the host, as that one may end.
    Passing,
    /// It never will with this registration.
    Final,
}

fn failure(error: &BusError) -> Failure {
    let is_final = matches!(error, BusError::Unauthorized(_))
        || matches!(
            error.problem(),
            Some(ProblemKind::WrongState | ProblemKind::NotFound | ProblemKind::Forbidden | ProblemKind::Invalid)
        );
    if is_final { Failure::Final } else { Failure::Passing }
}

/// Renews the host's lease until the Bus refuses this launcher for good. Each renewal counts from when it was sent, and is
/// in the host's lease file before anyone here hears of it.
pub(super) async fn keep(worker: Worker, me: AgentId, clock: Arc<dyn Clock>, tell: watch::Sender<Holding>) {
    let client = worker.client.with_retry(RetryPolicy::Never);
    let (ttl, beat) = (worker.config.host_ttl, worker.config.host_beat);
    let mut failed = false;
    loop {
        let sent = clock.boottime();
        let pause = match renew(&worker, &client, &me).await {
            Ok(()) => {
                let until = sent + worker.config.trust();
                if let Err(error) = worker.host.lease().renew(until) {
                    tracing::error!(%error, "the shims can't be told of the host's lease");
                }
                tell.send_replace(if failed { Holding::Again(until) } else { Holding::Until(until) });
                failed = false;
                beat
            }
            Err(error) if failure(&error) == Failure::Final => {
                tracing::warn!(%error, launcher = %me, "the Bus does not take this launcher's heartbeat");
                tell.send_replace(Holding::Unregistered);
                return;
            }
            Err(error) => {
                tracing::warn!(%error, launcher = %me, "the host's lease was not renewed");
                failed = true;
                retry_pause(ttl)
            }
        };
        clock.sleep(pause).await;
    }
}

/// Says that the launcher lives, as any agent has to and as often, and tells where the Bus does not know it any more. It is no part of
/// [`keep`]: what becomes of it holds no renewal up.
pub(super) async fn beat(worker: Worker, me: AgentId, clock: Arc<dyn Clock>, tell: watch::Sender<Holding>) {
    let client = worker.client.with_retry(RetryPolicy::Never);
    let interval = worker.config.heartbeat.min(worker.config.host_beat);
    loop {
        let beat = Heartbeat::default();
        // One that hangs is given up for the next.
        let beaten = tokio::select! {
            beaten = client.heartbeat(&me, &beat) => beaten,
            () = clock.sleep(interval) => continue,
        };
        match beaten {
            Err(BusError::Unauthorized(_)) => {
                tracing::warn!(launcher = %me, "the Bus does not know this launcher any more");
                tell.send_replace(Holding::Unregistered);
                return;
            }
            Err(error) => tracing::debug!(%error, "the launcher's own heartbeat failed"),
            Ok(_) => {}
        }
        clock.sleep(interval).await;
    }
}

/// A tenth of the lease, at most two seconds.
fn retry_pause(ttl: Duration) -> Duration {
    retry_after(ttl, 1.0)
}

/// The host's heartbeat.
async fn renew(worker: &Worker, client: &BusClient, me: &AgentId) -> Result<(), BusError> {
    let body = HostHeartbeat { boot_id: worker.boot.clone(), launcher: me.clone() };
    client.heartbeat_host(&worker.config.host, &body).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::Problem;

    #[test]
    fn another_launcher_may_end_and_an_outage_pass_but_a_void_registration_is_over() {
        let refused = |kind| BusError::Refused(Box::new(Problem::new(kind, "")));
        for passing in
            [refused(ProblemKind::HostHeld), BusError::Unreachable(String::new()), refused(ProblemKind::Internal)]
        {
            assert_eq!(failure(&passing), Failure::Passing, "{passing}");
        }
        let void = BusError::Unauthorized(Box::new(Problem::new(ProblemKind::Unauthorized, "")));
        for over in [void, refused(ProblemKind::WrongState), refused(ProblemKind::NotFound)] {
            assert_eq!(failure(&over), Failure::Final, "{over}");
        }
    }
}
