//! The seed's order.

use go_bus_api::{Priority, TaskId, Weight};

use super::*;
use crate::ranking::Planned;
use crate::samples;

fn first_of(mut tasks: Vec<Task>, policy: &SeedDispatch) -> Vec<String> {
    tasks.sort_by(|a, b| policy.tasks(a, b));
    tasks.iter().map(|task| task.id.to_string()).collect()
}

#[test]
fn reviews_then_priority_then_the_longest_chain_then_the_plan_s_order() {
    let ids: Vec<TaskId> = ["plain", "long", "after"].into_iter().map(samples::id).collect();
    let before = [ids[1].clone()];
    let ranking = Ranking::new([
        Planned { id: &ids[0], estimate_minutes: None, depends_on: &[] },
        Planned { id: &ids[1], estimate_minutes: None, depends_on: &[] },
        Planned { id: &ids[2], estimate_minutes: None, depends_on: &before },
    ]);
    let tasks = vec![
        samples::task("stranger", "site"),
        samples::task("plain", "site"),
        samples::task("long", "site"),
        Task { priority: Priority::P0, ..samples::task("urgent", "site") },
        Task { kind: TaskKind::Review, priority: Priority::P3, ..samples::task("review", "site") },
        Task { state: TaskState::ChangesRequested, priority: Priority::P3, ..samples::task("sent-back", "site") },
    ];
    let order = first_of(tasks, &SeedDispatch::new(ranking));
    assert_eq!(order, ["review", "sent-back", "urgent", "long", "plain", "stranger"]);
}

#[test]
fn without_a_plan_ids_go_by_their_numbers() {
    let tasks = ["T-10", "T-9", "S-100", "T-09"].map(|id| samples::task(id, "site")).to_vec();
    assert_eq!(first_of(tasks, &SeedDispatch::default()), ["S-100", "T-09", "T-9", "T-10"]);
}

fn project(weight: u32, priority: Priority) -> Project {
    Project { weight: Weight::new(weight).unwrap(), priority, ..samples::project("site") }
}

#[test]
fn projects_go_by_what_they_run_for_their_weight() {
    let (light, heavy) = (project(1, Priority::P1), project(3, Priority::P1));
    let share = |project, running| Share { project, running };
    let order = |a, b| SeedDispatch::default().projects(&a, &b);
    assert_eq!(order(share(&light, 1), share(&heavy, 2)), Ordering::Greater);
    assert_eq!(order(share(&light, 1), share(&heavy, 3)), Ordering::Equal);
    assert_eq!(order(share(&light, 1), share(&heavy, 4)), Ordering::Less);
}

#[test]
fn a_step_of_priority_doubles_a_weight() {
    let claims = [Priority::P0, Priority::P1, Priority::P2, Priority::P3].map(|priority| claim(&project(5, priority)));
    assert_eq!(claims, [40, 20, 10, 5]);
    let (p1, p3) = (project(1, Priority::P1), project(1, Priority::P3));
    let order = |a, b| {
        SeedDispatch::default().projects(&Share { project: &p1, running: a }, &Share { project: &p3, running: b })
    };
    assert_eq!([order(3, 1), order(4, 1), order(5, 1)], [Ordering::Less, Ordering::Equal, Ordering::Greater]);
}

#[test]
fn what_is_p0_or_of_a_p0_project_is_urgent() {
    let (usual, urgent) = (project(1, Priority::P1), project(1, Priority::P0));
    let task = |priority| Task { priority, ..samples::task("T-1", "site") };
    let is_urgent = |project, priority| SeedDispatch::default().is_urgent(project, &task(priority));
    assert!(is_urgent(&usual, Priority::P0) && is_urgent(&urgent, Priority::P3) && !is_urgent(&usual, Priority::P1));
}
