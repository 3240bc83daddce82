//! A PO of one's own, for projects that deliver without landing: one hand at a time, so that none of its tickets is built beside
//! another. It links the Bus's client, the spawner and the review policy, and nothing else of GO.
//!
//! It is started as any PO is, with `XIO_BUS_URL`, `XIO_AGENT_ID` and `XIO_TOKEN_FILE`, and keeps nothing: what it has to know is on the Bus,
//! so that it can end at any moment and its successor goes on.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{
    Agent, AgentId, AgentState, Complete, DriverKind, Fail, Heartbeat, NewAgent, Remedy, Resource, Task, TaskId,
    TaskKind, TaskState, Text, Timestamp,
};
use go_bus_client::{BusClient, BusError, Feed, HttpTransport, Scope, TokenSource, World};
use go_clock::{Clock, SystemClock};
use go_review::{Delivery, ReviewPolicy, SeedPolicy};
use go_spawn::{Desk, Handbook, builder_for, reviewer_for};

/// How often it says that it lives.
const BEAT: Duration = Duration::from_secs(10);

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Ask for a hand.
    Spawn(Box<NewAgent>),
    /// A hand did well.
    Complete(TaskId, Complete),
    /// A hand did not.
    Fail(TaskId, Fail),
}

/// Decides the next step of the PO `me` from what is on the Bus, and nothing else: so it can be tested, printed and repeated.
pub(crate) fn next(me: &AgentId, world: &World, now: Timestamp) -> Option<Step> {
    let mine = || world.tasks_assigned_to(me).filter(|task| task.state == TaskState::InProgress);
    let hand = |task: &Task| world.builders(&task.id).filter(|hand| hand.attempt == Some(task.attempt)).last();
    if let Some(judged) = mine().find_map(|task| judge(task, hand(task)?)) {
        return Some(judged);
    }
    if mine().any(|task| hand(task).is_some()) {
        return None;
    }
    mine().find_map(|task| spawn(me, task, world, now))
}

/// What an ended hand's report says of its task; `None` while it works, and where its end is the Bus's to judge.
fn judge(task: &Task, hand: &Agent) -> Option<Step> {
    let report = hand.exit.as_ref().map(|exit| &exit.report).filter(|report| report.bears_result())?;
    let (id, attempt) = (task.id.clone(), task.attempt);
    if report.succeeded() && task.kind != TaskKind::Review {
        let deliverable = SeedPolicy.deliverable(task, report);
        let summary = Text::clipped(report.tail.as_str());
        return Some(Step::Complete(id, Complete { deliverable, ..Complete::of(attempt, summary) }));
    }
    let remedy = report.failure.as_ref().map(|failure| failure.remedy.clone());
    let retryable = !matches!(remedy, Some(Remedy::Escalate | Remedy::Fatal));
    Some(Step::Fail(id, Fail { attempt, error: Text::clipped(report.tail.as_str()), retryable, remedy }))
}

/// The request for the task's hand; `None` where no host has room now: the change that mends it wakes us.
fn spawn(me: &AgentId, task: &Task, world: &World, now: Timestamp) -> Option<Step> {
    let Handbook { router, prompts, .. } = Handbook::default();
    let (router, prompts) = (router.as_ref(), prompts.as_ref());
    let desk = Desk { world, router, parent: me, driver: DriverKind::Shell, prompts, now };
    let request = match &task.review_of {
        Some(delivered) => {
            let delivered = world.task(delivered)?;
            let brief = SeedPolicy.brief(&Delivery::in_world(delivered, world));
            reviewer_for(task, delivered, &brief.mission, &brief.checks, &desk)
        }
        None => builder_for(task, &desk),
    };
    request.ok().map(|request| Step::Spawn(Box::new(request)))
}

/// Performs a step; the answer brings our view of the Bus up to date before the event comes.
async fn perform(client: &BusClient, step: Step) -> Result<Resource, BusError> {
    Ok(match step {
        Step::Spawn(request) => Resource::Agent(client.spawn(&request).await?),
        Step::Complete(task, body) => Resource::Task(client.complete(&task, &body).await?),
        Step::Fail(task, body) => Resource::Task(client.fail(&task, &body).await?),
    })
}

/// Works until the Bus says that this agent ends.
pub(crate) async fn run(me: &AgentId, client: BusClient, clock: Arc<dyn Clock>) -> Result<(), Box<dyn Error>> {
    client.heartbeat(me, &Heartbeat { state: Some(AgentState::Ready), context_used: None }).await?;
    let mut feed = Feed::start_with(client.clone(), clock.clone(), Scope::Assigned).await?;
    loop {
        if feed.world().agent_state(me).is_some_and(|state| !state.is_live()) {
            return Ok(());
        }
        if let Some(step) = next(me, feed.world(), clock.wall()) {
            match perform(&client, step).await {
                Ok(changed) => {
                    if feed.apply(changed) {
                        continue;
                    }
                }
                // What was refused or got lost is seen again with the next event or beat.
                Err(error) => eprintln!("left to the next look: {error}"),
            }
        }
        tokio::select! {
            changed = feed.next() => drop(changed?),
            () = clock.sleep(BEAT) => drop(client.heartbeat(me, &Heartbeat::default()).await),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &'static str| std::env::var(name).map_err(|error| format!("{name}: {error}"));
    let me = AgentId::new(variable("XIO_AGENT_ID")?)?;
    let transport = HttpTransport::new(&variable("XIO_BUS_URL")?)?;
    let client = BusClient::new(Arc::new(transport), TokenSource::file(variable("XIO_TOKEN_FILE")?)?);
    run(&me, client, Arc::new(SystemClock)).await
}
