//! Whatever is done to a ticket, in whatever order: it is never done without having landed, and no landing is left without its ticket.

use go_bus_api::{Agent, Complete, ListQuery, ResourceKind, Review, Task, TaskId, TaskPatch, TaskState, Text, Verdict};

use super::MakeStore;
use super::landing::{LANDED, WORK, failure, scene, with_landing};
use super::world::{World, actor, completion, id};
use crate::{Action, Actor, Policy, Query, QueryAnswer};

/// How many steps each course has.
const STEPS: usize = 60;

/// Random courses of a ticket: each step is tried, whether the Bus takes it or not, and all holds after it.
pub async fn whatever_happens_nothing_is_done_unlanded(make: MakeStore<'_>) {
    let often = |policy| make(Policy { review_rounds: 4, ..policy });
    let mut landed = 0;
    for seed in 1..=12 {
        let (world, po, ho) = scene(&often).await;
        let mut dice = Dice(seed);
        for step in 0..STEPS {
            let tried = one_step(&world, &po, &ho, &mut dice).await;
            world.pass(std::time::Duration::from_secs(400));
            landed += usize::from(holds(&world, &format!("seed {seed}, step {step}: {tried}")).await);
        }
    }
    assert!(landed > 0, "no course came to a landing");
}

/// A linear congruential generator (Knuth, MMIX): the same courses on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Tries one step and says which.
async fn one_step(world: &World, po: &Agent, ho: &Agent, dice: &mut Dice) -> &'static str {
    let task = world.task("T-1").await;
    let push = last_landing(world).await;
    let (name, actor, action) = match dice.below(10) {
        0 | 1 => ("assign", Actor::Operator, assign(&task.id, po)),
        2 | 3 => {
            let kind = if dice.below(2) == 0 { "chore" } else { "feature" };
            ("deliver", actor(po), Action::CompleteTask(task.id.clone(), with_landing(&task, Some(kind))))
        }
        4 => ("judge", Actor::Operator, judge(dice)),
        5 => ("patch", Actor::Operator, patch(&task.id, dice)),
        other => {
            let Some(push) = push else { return "no landing yet" };
            match other {
                6 => ("assign the landing", Actor::Operator, assign(&push.id, ho)),
                7 | 8 => {
                    let body = Complete { landed: Some(Text::clipped(LANDED)), ..completion(&push, None) };
                    ("land", actor(ho), Action::CompleteTask(push.id, body))
                }
                _ if dice.below(3) == 0 => ("patch the landing", Actor::Operator, patch(&push.id, dice)),
                _ => {
                    let body = go_bus_api::Fail { retryable: dice.below(2) == 0, ..failure(&push) };
                    ("fail the landing", actor(ho), Action::FailTask { task: push.id, body, jitter: 0 })
                }
            }
        }
    };
    // What the Bus refuses is no step; the invariants hold either way.
    drop(world.act(actor, action).await);
    name
}

fn assign(task: &TaskId, to: &Agent) -> Action {
    Action::AssignTask(task.clone(), go_bus_api::Assign { agent: to.id.clone() })
}

fn judge(dice: &mut Dice) -> Action {
    let verdict = if dice.below(3) == 0 { Verdict::RequestChanges } else { Verdict::Approve };
    Action::ReviewTask(id("T-1"), Review { verdict, notes: Text::default() })
}

fn patch(task: &TaskId, dice: &mut Dice) -> Action {
    let states = [TaskState::Held, TaskState::Pending, TaskState::Pending, TaskState::Cancelled];
    let state = states.get(usize::try_from(dice.below(40)).unwrap_or(0) % 13).copied().unwrap_or(TaskState::Pending);
    Action::PatchTask(task.clone(), TaskPatch { state: Some(state), ..TaskPatch::default() })
}

async fn landings(world: &World) -> Vec<Task> {
    let query = ListQuery { kind: Some("push".to_owned()), ..ListQuery::default() };
    match world.store.read(Query::List(ResourceKind::Task, query)).await {
        Ok(QueryAnswer::List(listing)) => {
            listing.items.iter().map(|document| serde_json::from_str(&document.json).expect("a task")).collect()
        }
        other => panic!("no list: {other:?}"),
    }
}

async fn last_landing(world: &World) -> Option<Task> {
    landings(world).await.into_iter().max_by_key(|push| push.created_at)
}

/// The invariants; answers whether the ticket has landed.
async fn holds(world: &World, after: &str) -> bool {
    let ticket = world.task("T-1").await;
    let landings = landings(world).await;
    let own = landings.iter().find(|push| Some(&push.id) == ticket.landing_task.as_ref());
    if ticket.state == TaskState::Done {
        assert_eq!(ticket.landing.as_ref().map(|landing| landing.commit.as_str()), Some(WORK), "{after}");
        assert_eq!(own.map(|push| push.state), Some(TaskState::Done), "{after}");
        assert_eq!(own.and_then(|push| push.landed.as_ref()), ticket.landed.as_ref(), "{after}");
    }
    assert_eq!(ticket.landed.is_some(), ticket.state == TaskState::Done, "{after}");
    for push in landings.iter().filter(|push| push.state.is_open()) {
        assert_eq!(ticket.state, TaskState::InReview, "{after}: {} is open", push.id);
        assert_eq!(ticket.landing_task.as_ref(), Some(&push.id), "{after}");
    }
    if let (Some(push), TaskState::InReview) = (own, ticket.state) {
        assert!(push.state.is_open(), "{after}: the ticket waits for nothing");
    }
    ticket.landed.is_some()
}
