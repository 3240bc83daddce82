//! A snapshot and the events after it make the same World as all events do.

use go_bus_api::Resource;
use proptest::prelude::{Just, Strategy, prop, prop_oneof, proptest};
use proptest::test_runner::Config;
use serde_json::json;

use super::{agent, event_of, message, task};
use crate::{Scope, World};

/// One change of one resource, before it has a revision.
#[derive(Debug, Clone)]
enum Step {
    Task { id: usize, state: &'static str, assignee: Option<usize>, depends_on: Option<usize> },
    Agent { id: usize, state: &'static str, task: Option<usize>, attempt: Option<u32> },
    Message { id: usize, read: bool },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let task_state = prop::sample::select(vec!["pending", "in_progress", "in_review", "done", "cancelled", "failed"]);
    let agent_state = prop::sample::select(vec!["requested", "ready", "draining", "terminated", "lost"]);
    let maybe = || prop_oneof![Just(None), (0..4_usize).prop_map(Some)];
    let step = prop_oneof![
        (0..5_usize, task_state, maybe(), maybe()).prop_map(|(id, state, assignee, depends_on)| Step::Task {
            id,
            state,
            assignee,
            depends_on
        }),
        (0..4_usize, agent_state, maybe(), prop::option::of(0..4_u32))
            .prop_map(|(id, state, task, attempt)| Step::Agent { id, state, task, attempt }),
        (0..3_usize, prop::bool::ANY).prop_map(|(id, read)| Step::Message { id, read }),
    ];
    prop::collection::vec(step, 0..60)
}

/// The tasks from here on are runs of the integration test.
const TICKETS: usize = 3;

fn name(id: usize) -> String {
    if id < TICKETS { format!("T-{id}") } else { format!("integration-{id}") }
}

fn scope() -> impl Strategy<Value = Scope> {
    prop::sample::select(vec![Scope::Open, Scope::Assigned])
}

/// The changes as the Bus commits them: revisions and attempts grow, what is final stays so, and so does a message that was read.
fn commit(steps: &[Step]) -> Vec<Resource> {
    let mut read = [false; 3];
    let mut tasks = [(0, "pending"); 5];
    let mut committed = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let revision = index as u64 + 1;
        committed.push(match step {
            Step::Task { id, state, assignee, depends_on } => Resource::Task(task(
                &name(*id),
                revision,
                json!({
                    "kind": if *id < TICKETS { "ticket" } else { "integration_test" }, "state": advance(&mut tasks[*id], state), "attempt": tasks[*id].0, "assignee": assignee.map(|a| format!("a-{a}")),
                    "depends_on": depends_on.iter().map(|d| name(*d)).collect::<Vec<_>>(),
                }),
            )),
            Step::Agent { id, state, task, attempt } => Resource::Agent(agent(
                &format!("a-{id}"),
                revision,
                json!({
                    "role": if *id == 0 { "po" } else { "worker" }, "state": state, "attempt": attempt,
                    "task": task.map(name),
                }),
            )),
            Step::Message { id, read: now } => {
                read[*id] |= now;
                Resource::Message(message(&format!("m-{id}"), "a-0", read[*id]))
            }
        });
    }
    committed
}

/// Moves a task, its attempt and state, to this state where it may.
fn advance(task: &mut (u32, &'static str), state: &'static str) -> &'static str {
    if !["done", "cancelled"].contains(&task.1) {
        *task = (task.0 + u32::from(state == "in_progress"), state);
    }
    task.1
}

/// What a snapshot after these changes holds: the last of each resource.
fn snapshot(committed: &[Resource]) -> Vec<Resource> {
    let mut last = std::collections::BTreeMap::new();
    for resource in committed {
        let event = event_of(1, resource);
        last.insert(event.subject, resource.clone());
    }
    last.into_values().collect()
}

fn play(world: &mut World, from: usize, committed: &[Resource]) {
    for (index, resource) in committed.iter().enumerate().skip(from) {
        world.apply_event(&event_of(index as u64 + 1, resource));
    }
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_snapshot_and_the_events_from_any_moment_before_its_end_make_the_same_world(
        steps in steps(), taken in 0.0..=1.0_f64, overlap in 0.0..=1.0_f64, scope in scope(),
    ) {
        let committed = commit(&steps);
        let taken = (committed.len() as f64 * taken) as usize;
        let from = (taken as f64 * overlap) as usize;
        let mut all = World::new(scope);
        play(&mut all, 0, &committed);
        let mut resumed = World::new(scope);
        resumed.extend(snapshot(&committed[..taken]));
        play(&mut resumed, from, &committed);
        assert_eq!(resumed, all);
    }

    #[test]
    fn one_s_own_answers_may_come_before_their_events(
        steps in steps(), early in prop::collection::vec(prop::bool::ANY, 60), scope in scope(),
    ) {
        let committed = commit(&steps);
        let mut plain = World::new(scope);
        play(&mut plain, 0, &committed);
        let mut eager = World::new(scope);
        for (resource, early) in committed.iter().zip(&early) {
            if *early {
                eager.apply(resource.clone());
            }
        }
        play(&mut eager, 0, &committed);
        assert_eq!(eager, plain);
    }
}

#[test]
fn a_hundred_thousand_tasks_are_applied_in_seconds_even_unoptimized() {
    let clock = go_clock::SystemClock;
    let began = go_clock::Clock::boottime(&clock);
    let mut world = World::default();
    let first = task("T-0", 1, json!({"depends_on": ["T-0"]}));
    for n in 0..100_000 {
        let mut next = first.clone();
        next.id = go_bus_api::TaskId::new(format!("T-{n}")).unwrap();
        world.apply(Resource::Task(next));
    }
    assert_eq!(world.tasks().len(), 100_000);
    assert!(go_clock::Clock::boottime(&clock).since(began).as_secs() < 10, "an apply is no longer O(log n)");
}
