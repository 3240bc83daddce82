//! A launcher's life: find what is there, register, work, register again where that is needed, end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::AgentId;
use go_bus_client::{BusClient, Feed, Scope};
use go_clock::Clock;

use super::session::{Over, Session};
use super::worker::Worker;
use super::{LauncherConfig, LauncherError, Shutdown, predecessor, register};

/// How long the Bus has for a launcher's goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Runs the agents of one host until `shutdown` tells how to end. `client` carries the operator's token, with which the
/// launcher registers; it waits where the Bus has no such host yet.
///
/// *Guarantees*: an agent is started at most once; one whose stop the Bus orders is stopped; every end is reported until the
/// Bus has it; no agent runs beyond the host's lease. *Crash semantics*: see the module; a launcher that is dropped or killed
/// leaves its agents to the next one, as [`Shutdown::LeaveRunning`] does.
pub async fn run(
    config: LauncherConfig,
    client: BusClient,
    clock: Arc<dyn Clock>,
    shutdown: impl Future<Output = Shutdown>,
) -> Result<(), LauncherError> {
    let mut shutdown = std::pin::pin!(shutdown);
    let config = Arc::new(config.absolute()?);
    let (host, boot) = (config.folder(), config.runtime.boot()?);
    host.create()?;
    predecessor::refuse_beside_another(&host, &config)?;
    let mut feed = tokio::select! {
        feed = Feed::start_with(client.clone(), clock.clone(), Scope::Assigned) => feed?,
        _ = &mut shutdown => return Ok(()),
    };
    let mut worker = Worker { config: config.clone(), host, boot, clock: clock.clone(), client: client.clone() };
    let mut session = Session::found(&worker, &feed)?;
    tokio::select! {
        ended = predecessor::end(&worker, &client) => ended?,
        how = &mut shutdown => {
            end_unregistered(&mut session, &worker, &mut feed, how).await;
            return Ok(());
        }
    }
    loop {
        let (me, own) = tokio::select! {
            registered = register::register(&config.host, &client, &mut feed, &clock) => registered?,
            how = &mut shutdown => {
                end_unregistered(&mut session, &worker, &mut feed, how).await;
                return Ok(());
            }
        };
        // Before it takes the host's lease: a successor has to know whose death frees it.
        worker.host.note_launcher(config.runtime.myself(), &me)?;
        worker.client = own;
        match session.work(&worker, &me, &mut feed, shutdown.as_mut()).await? {
            Over::Ended => {
                if session.is_stopping() {
                    close(&worker).await;
                }
                goodbye(&worker.client, &me, &clock).await;
                return Ok(());
            }
            Over::Unregistered if session.is_stopping() => {
                end_unregistered(&mut session, &worker, &mut feed, Shutdown::StopAgents).await;
                return Ok(());
            }
            Over::Unregistered => {}
        }
    }
}

async fn end_unregistered(session: &mut Session, worker: &Worker, feed: &mut Feed, how: Shutdown) {
    session.end_unregistered(worker, feed, how).await;
    if how == Shutdown::StopAgents {
        close(worker).await;
    }
}

/// Nobody is left to look at.
async fn close(worker: &Worker) {
    if let Err(error) = worker.config.runtime.close().await {
        tracing::warn!(host = %worker.config.host, %error, "the agents' windows were not ended");
    }
}

/// Frees the host for the next launcher. One that can't say goodbye is succeeded all the same, a lease later.
async fn goodbye(client: &BusClient, me: &AgentId, clock: &Arc<dyn Clock>) {
    tokio::select! {
        ended = client.terminate(me) => {
            if let Err(error) = ended {
                tracing::debug!(%error, "the launcher could not say goodbye");
            }
        }
        () = clock.sleep(GOODBYE) => {}
    }
}
