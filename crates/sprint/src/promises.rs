//! What sprints and shares promise, tried on fleets of any kind; each promise is seen to fail under a rule that breaks it (R6, R27, R29).
//!
//! A small fleet lives here: what is dispatched runs for some steps and ends, sprints open and close as they are decided, new tickets come.

mod fleet;
mod rules;

use std::collections::BTreeSet;

use go_bus_api::{Priority, TaskKind, TaskState};
use proptest::prelude::*;

use fleet::{Fleet, Given, Shape};
use rules::{Begin, Rules, WrongOrder};

use crate::policy::claim;

/// How long a fleet is watched, in steps.
const STEPS: usize = 100;

/// The most starts that a project with something ready and nothing at work may have to watch: the batch that is under way, and of each
/// other project what its claim is worth more than the least one, where of eight starts seven may be urgent ones.
fn patience(shape: &Shape) -> usize {
    let claims = shape
        .projects
        .iter()
        .map(|(priority, weight)| shape.project(*priority, *weight))
        .map(|project| claim(&project));
    let claims: Vec<usize> = claims.map(|claim| usize::try_from(claim).unwrap()).collect();
    let least = claims.iter().min().copied().unwrap_or(1);
    let turns: usize = claims.iter().map(|claim| claim / least + 1).sum();
    (turns + shape.most as usize) * 8
}

/// The longest that a project with something ready and nothing at work had to watch others start, in starts.
fn longest_wait(shape: &Shape, rules: &Rules) -> usize {
    let mut fleet = Fleet::new(shape);
    let mut waits = vec![0_usize; shape.projects.len()];
    let mut longest = 0;
    for _ in 0..STEPS {
        for Given { project, .. } in fleet.step(rules) {
            for (other, wait) in waits.iter_mut().enumerate() {
                let is_idle = fleet.running_of(other) == 0 && fleet.has_ready(other);
                *wait = if other == project || !is_idle { 0 } else { *wait + 1 };
                longest = longest.max(*wait);
            }
        }
    }
    longest
}

/// Of what was started, what broke a cap: at most so many at once, and no host over its slots.
fn over_a_cap(shape: &Shape, rules: &Rules) -> usize {
    let mut fleet = Fleet::new(shape);
    (0..STEPS)
        .filter(|_| {
            fleet.step(rules);
            fleet.at_work() > shape.most_at_once()
        })
        .count()
}

/// The steps after which fewer than `min` were at work though more was ready and there was room.
fn below_min(shape: &Shape, rules: &Rules, min: usize) -> usize {
    let mut fleet = Fleet::new(shape);
    (0..STEPS)
        .filter(|_| {
            fleet.step(rules);
            fleet.at_work() < min.min(shape.most_at_once()) && fleet.ready() > 0
        })
        .count()
}

/// How often something that is not urgent was started, out of the others' turn, while something urgent was ready.
fn urgent_passed_over(shape: &Shape, rules: &Rules) -> usize {
    let mut fleet = Fleet::new(shape);
    let mut in_a_row = 0;
    let mut passed_over = 0;
    for _ in 0..STEPS {
        for Given { urgent, urgent_left, .. } in fleet.step(rules) {
            if !urgent && urgent_left && in_a_row < 7 {
                passed_over += 1;
            }
            in_a_row = if urgent { in_a_row + 1 } else { 0 };
        }
    }
    passed_over
}

fn shapes() -> impl Strategy<Value = Shape> {
    let priority = prop::sample::select(vec![Priority::P0, Priority::P1, Priority::P2, Priority::P3]);
    let projects = prop::collection::vec((priority, 1_u32..6), 2..5);
    let length = (1_usize..4, 1_u32..4);
    (1_u32..5, projects, length, 1_u32..9, 0_usize..4, prop::option::of(1_u32..6)).prop_map(
        |(slots, projects, (lasts, comes), most, urgent, max)| Shape {
            slots,
            projects,
            lasts,
            comes,
            most,
            urgent,
            max,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_project_starves(shape in shapes()) {
        let longest = longest_wait(&shape, &Rules::right());
        prop_assert!(longest <= patience(&shape), "{longest} starts");
    }

    #[test]
    fn caps_are_never_broken(shape in shapes()) {
        prop_assert_eq!(over_a_cap(&shape, &Rules::right()), 0);
    }

    #[test]
    fn at_least_the_min_work_while_there_is_work_and_room(shape in shapes()) {
        prop_assert_eq!(below_min(&shape, &Rules::right(), 3), 0);
    }

    #[test]
    fn what_is_urgent_starts_first(shape in shapes()) {
        prop_assert_eq!(urgent_passed_over(&shape, &Rules::right()), 0);
    }

    #[test]
    fn a_ticket_ends_in_one_sprint_and_every_sprint_ends(shape in shapes()) {
        let mut fleet = Fleet::new(&shape);
        (0..STEPS).for_each(|_| drop(fleet.step(&Rules::right())));
        fleet.drain(&Rules::right());
        let done: Vec<_> = fleet.reported().collect();
        let once: BTreeSet<_> = done.iter().collect();
        prop_assert_eq!(done.len(), once.len(), "a ticket is reported as done once: {:?}", fleet.twice());
        prop_assert_eq!(fleet.world.open_sprints().count(), 0);
        prop_assert_eq!(fleet.world.count_in(TaskState::Done), once.len());
        prop_assert!(fleet.world.tasks().all(|task| task.kind != TaskKind::Ticket));
    }
}

/// Two projects of unequal priority on two slots, with more to do than they can.
fn unequal() -> Shape {
    let projects = vec![(Priority::P1, 1), (Priority::P3, 1)];
    Shape { slots: 2, projects, lasts: 1, comes: 2, most: 4, urgent: 0, max: None }
}

#[test]
fn strict_priority_would_starve_a_project() {
    let strict = Rules { order: WrongOrder::StrictPriority, ..Rules::right() };
    assert!(longest_wait(&unequal(), &strict) > patience(&unequal()));
}

#[test]
fn urgent_work_without_end_would_starve_everybody_without_the_others_turn() {
    let endless = Shape { projects: vec![(Priority::P0, 1), (Priority::P2, 1)], slots: 1, comes: 3, ..unequal() };
    assert!(longest_wait(&endless, &Rules::right()) <= patience(&endless));
    let no_turns = Rules { forgets_turns: true, ..Rules::right() };
    assert!(longest_wait(&endless, &no_turns) > patience(&endless));
}

#[test]
fn a_cap_that_dispatch_does_not_know_is_broken() {
    let capped = Shape { slots: 4, max: Some(1), ..unequal() };
    let blind = Rules { knows_cap: false, ..Rules::right() };
    assert!(over_a_cap(&capped, &blind) > 0);
}

#[test]
fn a_sprint_that_waits_for_the_last_one_s_tail_leaves_slots_empty() {
    let long = Shape { slots: 4, lasts: 9, most: 2, ..unequal() };
    let patient = Rules { begin: Begin::AfterTheLast, ..Rules::right() };
    assert!(below_min(&long, &patient, 3) > 0);
}

#[test]
fn an_order_without_urgency_passes_urgent_work_over() {
    let mixed = Shape { urgent: 2, slots: 1, ..unequal() };
    assert_eq!(urgent_passed_over(&mixed, &Rules::right()), 0);
    let calm = Rules { order: WrongOrder::NothingIsUrgent, ..Rules::right() };
    assert!(urgent_passed_over(&mixed, &calm) > 0);
}
