//! The loop of an HO, PO or IO: follow the Bus, look at everything, do what is missing.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AgentId, Resource, TaskId};
use go_bus_client::{BusClient, BusError, Feed, World};
use go_clock::Clock;
use go_rules::backoff::Backoff;
use go_runtime::WAKE_SIGNAL;
use tokio::signal::unix::{SignalKind, signal};

use super::{Next, OrchestratorError, hand, interaction, next_step, pulse};

/// What an orchestrator needs beside a client.
#[derive(Debug, Clone)]
pub struct OrchestratorConfig {
    /// Its own id.
    pub agent: AgentId,
    /// How often it says that it lives.
    pub heartbeat: Duration,
    /// What its hands run on and with.
    pub hands: hand::HandConfig,
}

/// Works until it is told to end (SIGTERM or SIGINT) or can't go on. `client` carries the agent's own token.
///
/// Its tasks and their hands are on the Bus, so it can end at any moment: its successor reads them there and goes on. A
/// step that fails is tried again with backoff, and at the latest when something changes or its keeper says that the Bus is back.
pub async fn run(
    config: OrchestratorConfig,
    client: BusClient,
    clock: Arc<dyn Clock>,
) -> Result<(), OrchestratorError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(OrchestratorError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(OrchestratorError::Signals)?;
    let mut wake = signal(SignalKind::from_raw(WAKE_SIGNAL)).map_err(OrchestratorError::Signals)?;
    pulse::ready(&client, &config.agent).await?;
    let mut feed = Feed::start(client.clone(), clock.clone()).await?;
    let beats = pulse::beat(client.clone(), config.agent.clone(), config.heartbeat, clock.clone());
    tokio::pin!(beats);
    let mut failures = 0;
    loop {
        if let Some(me) = feed.world().agent(&config.agent).filter(|me| !me.state.is_live()) {
            tracing::info!(agent = %config.agent, state = me.state.as_str(), "told to end");
            return Ok(());
        }
        failures = match tick(&config, &client, &mut feed).await {
            Ok(()) => 0,
            Err(error) => {
                tracing::warn!(agent = %config.agent, %error, "a step failed; it is tried again");
                failures + 1
            }
        };
        let again = async {
            match failures {
                0 => std::future::pending().await,
                n => clock.sleep(Backoff::REQUEST.pause(n, 0.5)).await,
            }
        };
        tokio::select! {
            changes = feed.next() => { changes?; }
            () = again => {}
            _ = wake.recv() => feed.reconnect(),
            () = &mut beats => {}
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}

/// One look at everything: each task that this agent answers for, and its inbox.
async fn tick(config: &OrchestratorConfig, client: &BusClient, feed: &mut Feed) -> Result<(), BusError> {
    for (task, next) in due(config, feed.world()) {
        if let Some(resource) = perform(config, client, feed.world(), &task, next).await? {
            feed.apply(resource);
        }
    }
    interaction::interact(&config.agent, client, feed).await
}

/// The tasks that call for a step, with it.
fn due(config: &OrchestratorConfig, world: &World) -> Vec<(TaskId, Next)> {
    let next = |task| next_step(task, world.builders(&task.id), config.hands.review.as_ref());
    let tasks = world.tasks_assigned_to(&config.agent);
    tasks.map(|task| (task.id.clone(), next(task))).filter(|(_, next)| *next != Next::Wait).collect()
}

/// Performs one step and answers the resource that it changed. A refusal that says "already so", or that the slot went to
/// somebody else, needs no retry: the event that tells why is under way.
async fn perform(
    config: &OrchestratorConfig,
    client: &BusClient,
    world: &World,
    task: &TaskId,
    next: Next,
) -> Result<Option<Resource>, BusError> {
    let done = match next {
        Next::Wait => return Ok(None),
        Next::Spawn => match hand::request(&config.hands, &config.agent, world, task) {
            Some(request) => client.spawn(&request).await.map(Resource::Agent),
            None => return Ok(None),
        },
        Next::Complete(body) => client.complete(task, &body).await.map(Resource::Task),
        Next::Fail(body) => client.fail(task, &body).await.map(Resource::Task),
    };
    match done {
        Ok(resource) => Ok(Some(resource)),
        Err(error) if error.problem().is_some_and(is_settled) => {
            tracing::info!(%task, %error, "left to the next event");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether a refusal means that the World is merely behind the Bus.
fn is_settled(problem: go_bus_api::ProblemKind) -> bool {
    use go_bus_api::ProblemKind::{
        AlreadyExists, NoSlot, NotAssignee, NotFound, NotReady, Paused, StaleAttempt, WrongState,
    };
    matches!(problem, AlreadyExists | NoSlot | NotAssignee | NotFound | NotReady | Paused | StaleAttempt | WrongState)
}
