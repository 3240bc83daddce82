//! The loop of an HO, PO or IO: follow the Bus, look at everything, do what is missing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use go_bus_api::{AgentId, Complete, Resource, Task, TaskId, TaskKind, Text, Timestamp};
use go_bus_client::{BusClient, BusError, Feed, World};
use go_clock::Clock;
use go_rules::backoff::Backoff;
use go_rules::integration;
use tokio::sync::mpsc;

use super::arrive::arrive;
use super::judgement::resting;
use super::{Next, OrchestratorError, hand, interaction, next_step, orders, presence, pulse};

/// How many verdicts are under way at a time: the Bus writes those that wait in one commit.
const AT_ONCE: usize = 8;

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

/// What an orchestrator is told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// End now.
    End,
    /// The Bus can be reached again.
    Wake,
}

/// Works until it is told to end (SIGTERM or SIGINT) or can't go on. `client` carries the agent's own token.
pub async fn run(
    config: OrchestratorConfig,
    client: BusClient,
    clock: Arc<dyn Clock>,
) -> Result<(), OrchestratorError> {
    let orders = orders::of_signals().map_err(OrchestratorError::Signals)?;
    run_under(config, client, clock, orders).await
}

/// The same under the orders of `orders`; one that ends is an order to end.
///
/// Its tasks and their hands are on the Bus, so it can end at any moment: its successor reads them there and goes on. A
/// step that fails is tried again with backoff, and at the latest when something changes or its keeper says that the Bus is back.
pub async fn run_under(
    config: OrchestratorConfig,
    client: BusClient,
    clock: Arc<dyn Clock>,
    mut orders: mpsc::Receiver<Order>,
) -> Result<(), OrchestratorError> {
    let Some(mut feed) = arrive(&config, &client, &clock, &mut orders).await? else { return Ok(()) };
    let beats = pulse::beat(client.clone(), config.agent.clone(), config.heartbeat, clock.clone());
    tokio::pin!(beats);
    let mut failures = 0;
    loop {
        if let Some(state) = feed.world().agent_state(&config.agent).filter(|state| !state.is_live()) {
            tracing::info!(agent = %config.agent, state = state.as_str(), "told to end");
            return Ok(());
        }
        failures = match tick(&config, &client, &mut feed, clock.wall()).await {
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
            order = orders.recv() => match order {
                Some(Order::Wake) => feed.reconnect(),
                Some(Order::End) | None => return Ok(()),
            },
            () = &mut beats => {}
        }
    }
}

/// One look at everything: each task that this agent answers for, and its inbox. Verdicts go out at once and beside the
/// requests for hands; those go one after the other, as each has to see the slot that the one before took.
async fn tick(
    config: &OrchestratorConfig,
    client: &BusClient,
    feed: &mut Feed,
    now: Timestamp,
) -> Result<(), BusError> {
    let due = due(config, feed.world());
    let (spawns, verdicts): (Vec<_>, Vec<_>) = due.into_iter().partition(|(_, next)| *next == Next::Spawn);
    let told = verdicts.into_iter().map(|(task, verdict)| async move { tell(client, &task, verdict).await });
    let told = stream::iter(told).buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    let spawned = async {
        for (task, _) in spawns {
            if let Some(hand) = spawn(config, client, feed.world(), &task, now).await? {
                feed.apply(hand);
            }
        }
        Ok(())
    };
    let (told, spawned) = futures_util::join!(told, spawned);
    let mut failed = spawned.err();
    for answer in told {
        match answer {
            Ok(Some(task)) => drop(feed.apply(task)),
            Ok(None) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(()), Err)?;
    interaction::interact(&config.agent, client, feed).await
}

/// The tasks that call for a step, with it.
pub(super) fn due(config: &OrchestratorConfig, world: &World) -> Vec<(TaskId, Next)> {
    let next = |task: &Task| {
        let project = world.project(&task.project);
        match next_step(task, world.builders(&task.id), project, config.hands.review.as_ref()) {
            Next::Spawn => without_a_run(task, world).map_or(Next::Spawn, Next::Complete),
            next => next,
        }
    };
    let tasks = world.tasks_assigned_to(&config.agent);
    tasks.map(|task| (task.id.clone(), next(task))).filter(|(_, next)| *next != Next::Wait).collect()
}

/// How host work ends that there is nothing to run for: done, and it says so. This orchestrator's host is where it would run.
fn without_a_run(task: &Task, world: &World) -> Option<Complete> {
    let project = world.project(&task.project);
    let summary = match task.kind {
        TaskKind::IntegrationTest => {
            let path = std::env::var_os("PATH");
            let why = presence::what_is_missing(task, project, path.as_deref(), presence::is_program)?;
            integration::skipped(&why)
        }
        TaskKind::Push => presence::nothing_to_push(task, project, Path::exists)?,
        _ => return None,
    };
    Some(Complete::of(task.attempt, Text::clipped(&summary)))
}

/// Asks for a task's hand and answers it; `None` where there can be none just now. Where every account rests, the task goes back until
/// one takes agents again, and its slot is free.
async fn spawn(
    config: &OrchestratorConfig,
    client: &BusClient,
    world: &World,
    task: &TaskId,
    now: Timestamp,
) -> Result<Option<Resource>, BusError> {
    match hand::request(&config.hands, &config.agent, world, task, now) {
        Ok(Some(request)) => settled(task, client.spawn(&request).await.map(Resource::Agent)),
        Ok(None) => Ok(None),
        Err(rest) => match world.task(task) {
            Some(known) => tell(client, task, Next::Fail(resting(rest).of(known.attempt))).await,
            None => Ok(None),
        },
    }
}

/// Tells the Bus how a task's hand did and answers the task.
async fn tell(client: &BusClient, task: &TaskId, verdict: Next) -> Result<Option<Resource>, BusError> {
    let told = match verdict {
        Next::Complete(body) => client.complete(task, &body).await,
        Next::Fail(body) => client.fail(task, &body).await,
        Next::Spawn | Next::Wait => return Ok(None),
    };
    settled(task, told.map(Resource::Task))
}

/// A refusal that says "already so", or that the slot went to somebody else, needs no retry: the event that tells why is under
/// way.
fn settled(task: &TaskId, done: Result<Resource, BusError>) -> Result<Option<Resource>, BusError> {
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
pub(crate) fn is_settled(problem: go_bus_api::ProblemKind) -> bool {
    use go_bus_api::ProblemKind::{
        AccountParked, AlreadyExists, NoSlot, NotAssignee, NotFound, NotReady, Paused, StaleAttempt, WrongState,
    };
    matches!(
        problem,
        AccountParked | AlreadyExists | NoSlot | NotAssignee | NotFound | NotReady | Paused | StaleAttempt | WrongState
    )
}
