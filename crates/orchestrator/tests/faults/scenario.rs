//! A plan from its start to its end, with an edit on the way that takes every kind of step.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AgentId, AgentState, DriverKind, Millis, NewAccount, Provider, Role, Slots, TaskState, Text};
use go_bus_client::{BusClient, Feed, HttpTransport, Token, World};
use go_bus_server::{Config, Server};
use go_bus_store::{Policy, SqliteStore};
use go_clock::SystemClock;
use go_orchestrator::{Chronicle, Finished, GoConfig, PlanSource};
use go_plan::reconcile::Defaults;
use go_rules::backoff::Backoff;
use tokio::sync::{oneshot, watch};

use crate::outcome::Outcome;
use crate::player::{Act, Player};
use crate::transport::{Faulty, Numbered, Target};

/// The longest that a run may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pause of M0's ticket after its first attempt: long enough for a busy machine to have the plan read again that gives the second one time.
const PAUSE: Backoff = Backoff { first: Duration::from_secs(6), ..Backoff::TASK };

const BEFORE: &str = "\
version: 1
projects:
  - id: site
    tickets:
      - {id: A, title: A, kind: chore, run: 'true'}
      - {id: B, title: B, kind: chore, run: 'true', depends_on: [A]}
      - {id: C, title: C, kind: chore, run: 'true', status: held}
hosts:
  - {id: h1, slots: 1}
  - {id: h2, slots: 1}
";

const AFTER: &str = "\
version: 1
projects:
  - id: site
    name: The site
    tickets:
      - {id: A, title: A, kind: chore, run: 'true'}
      - {id: B, title: Bee, kind: chore, run: 'true', depends_on: [A]}
      - {id: E, title: E, kind: chore, run: 'true', depends_on: [B]}
      - {id: M, title: M, kind: chore, run: 'true', capabilities: [browser], timeout: 2s}
      - {id: P, title: P, kind: chore, run: 'true', priority: p0}
hosts:
  - {id: h1, slots: 2}
  - {id: h2, slots: 1, state: inactive}
";

/// A run.
pub(crate) struct Run {
    /// The writes that GO made, in order.
    pub(crate) writes: Vec<Numbered>,
    /// Whether the fault came about.
    pub(crate) struck: bool,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// Runs the plan to its end on a Bus of its own; `target` goes wrong.
pub(crate) async fn run(target: Option<Target>) -> Run {
    let when = format!("{target:?}");
    match tokio::time::timeout(PATIENCE, play(target)).await {
        Ok(run) => run,
        Err(_) => panic!("no end with {when}"),
    }
}

async fn play(target: Option<Target>) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::in_memory(Policy { task_backoff: PAUSE, ..Policy::default() }).unwrap());
    let server = Server::bind(Config::loopback(folder.path()), store, Arc::new(SystemClock)).await.unwrap();
    let url = format!("http://{}", server.local_addr());
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(server.run(async { drop(stopped.await) }));
    let token = std::fs::read_to_string(folder.path().join("operator.token")).unwrap();
    let operator = || BusClient::new(Arc::new(HttpTransport::new(&url).unwrap()), Token::new(token.trim()).unwrap());
    let faulty = Arc::new(Faulty::new(Arc::new(HttpTransport::new(&url).unwrap()), target));
    let go = BusClient::new(Arc::clone(&faulty) as _, Token::new(token.trim()).unwrap());
    // One that the settings do not have: it is to retire.
    operator().create_account(&account("old")).await.unwrap();
    let plan = folder.path().join("plan.yaml");
    std::fs::write(&plan, BEFORE).unwrap();
    let (act, acts) = watch::channel(Act::Begin);
    let player = tokio::spawn(Player::play(operator(), acts));
    let edit = edit(operator(), plan.clone(), act);
    let running = go_orchestrator::run(config(&plan), go, Arc::new(SystemClock), std::future::pending());
    let (finished, ()) = tokio::join!(running, edit);
    assert_eq!(finished.unwrap(), Finished::Done);
    let outcome = Outcome::read(&operator(), folder.path()).await;
    player.abort();
    stop.send(()).unwrap();
    served.abort();
    let (writes, struck) = faulty.record();
    Run { writes, struck, outcome }
}

/// Saves the plan anew once the first one is under way, wakes M0 and fills a context once the Bus has what it says, and lets the work end
/// once M0 has lost an attempt and the context is a fresh one.
async fn edit(operator: BusClient, plan: PathBuf, act: watch::Sender<Act>) {
    let mut feed = Feed::start(operator.clone(), Arc::new(SystemClock)).await.unwrap();
    let state = |world: &World, id: &str| world.task_state(&id.parse().unwrap());
    until(&mut feed, |world| {
        let seats = world.agents().filter(|agent| agent.parent.is_some()).count();
        state(world, "A") == Some(TaskState::InProgress) && state(world, "C") == Some(TaskState::Held) && seats == 4
    })
    .await;
    // The first handoff is on its way by now, or soon will be: the settled tenure's.
    let mut handoff = operator.handoff().await.unwrap();
    while handoff.is_none() {
        feed.next().await.unwrap();
        handoff = operator.handoff().await.unwrap();
    }
    std::fs::write(&plan, AFTER).unwrap();
    until(&mut feed, |world| {
        let bee = world.task(&"B".parse().unwrap()).is_some_and(|task| task.title.as_str() == "Bee");
        let named = world.project(&"site".parse().unwrap()).is_some_and(|site| site.name.as_str() == "The site");
        let wide = world.host(&"h1".parse().unwrap()).is_some_and(|host| host.slots.get() == 2);
        let ended = world.agents().filter(|agent| agent.parent.is_some() && agent.state.is_live()).count() == 3;
        let joined = state(world, "P") == Some(TaskState::InProgress) && state(world, "E").is_some();
        let missed = world
            .open_alerts()
            .any(|alert| alert.dedupe_key.as_ref().is_some_and(|key| key.as_str().starts_with("m0-away:")));
        bee && named && wide && ended && joined && missed && state(world, "C") == Some(TaskState::Cancelled)
    })
    .await;
    act.send_replace(Act::Awake);
    let m = "M".parse().unwrap();
    until(&mut feed, |world| world.task(&m).is_some_and(|task| task.failures > 0)).await;
    // From now on M0 has time: its second attempt is not to end as the first did.
    std::fs::write(&plan, AFTER.replace("timeout: 2s", "timeout: 30m")).unwrap();
    let long = Some(Millis::from(Duration::from_secs(1800)));
    until(&mut feed, |world| world.task(&m).is_some_and(|task| task.deadline_ms == long)).await;
    until(&mut feed, |world| {
        let mut ios = world.agents_of(Role::Io);
        let has_served = world.messages_to(&AgentId::go()).next().is_none();
        has_served && ios.all(|io| io.replaces.is_some() && io.state == AgentState::Ready)
    })
    .await;
    act.send_replace(Act::Finish);
}

async fn until(feed: &mut Feed, holds: impl Fn(&World) -> bool) {
    while !holds(feed.world()) {
        feed.next().await.unwrap();
    }
}

fn account(id: &str) -> NewAccount {
    NewAccount { id: id.parse().unwrap(), provider: Provider::Anthropic, weekly_limit: None }
}

fn config(plan: &Path) -> GoConfig {
    let defaults = Defaults {
        repo: Text::clipped("/work"),
        slots: Slots::new(4).unwrap(),
        driver: DriverKind::Shell,
        timeout: None,
        idle_timeout: None,
    };
    let policy = go_orchestrator::Policy { accounts: Some(vec![account("new")]), ..go_orchestrator::Policy::default() };
    GoConfig {
        policy,
        plan: Some(PlanSource { path: plan.to_path_buf(), defaults }),
        chronicle: Some(Chronicle::new(plan.with_file_name("log.md"), plan.with_file_name("sprints"))),
        exit_when_done: true,
        ..GoConfig::default()
    }
}
