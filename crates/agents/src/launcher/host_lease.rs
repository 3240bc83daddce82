//! The host's lease: renewed at the Bus, and written down for the shims.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::FusedFuture;
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
        // What becomes of the launcher's own heartbeat holds no renewal up, neither this one nor the next.
        let mut own = std::pin::pin!(beat_as_agent(&client, &me).fuse());
        let pause = match beside(&mut own, renew(&worker, &client, &me)).await {
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
        beside(&mut own, clock.sleep(pause)).await;
    }
}

/// Waits for `main`, and works on `other` as long as that takes.
async fn beside<T>(mut other: &mut (impl FusedFuture<Output = ()> + Unpin), main: impl Future<Output = T>) -> T {
    let mut main = std::pin::pin!(main.fuse());
    loop {
        futures_util::select_biased! {
            done = main => return done,
            () = other => {}
        }
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

/// The launcher's own heartbeat: it is an agent like others to the Bus.
async fn beat_as_agent(client: &BusClient, me: &AgentId) {
    if let Err(error) = client.heartbeat(me, &Heartbeat::default()).await {
        tracing::debug!(%error, "the launcher's own heartbeat failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::Problem;

    #[tokio::test]
    async fn a_heartbeat_that_hangs_holds_no_renewal_up() {
        let mut hangs = std::pin::pin!(std::future::pending::<()>().fuse());
        assert_eq!(beside(&mut hangs, async { 7 }).await, 7);
        let mut over = std::pin::pin!(async {}.fuse());
        let (told, heard) = tokio::sync::oneshot::channel();
        beside(&mut over, async { told.send(()).unwrap_or_default() }).await;
        assert_eq!(beside(&mut over, heard).await, Ok(()));
    }

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
