//! Sprints under way, who is in them, and what they brought to its end.

use go_bus_api::{Resource, SprintId, TaskId};
use serde_json::{Value, json};

use super::{merge, read, task};
use crate::World;

fn sprint(id: &str, revision: u64, more: Value) -> Resource {
    let mut value = json!({
        "id": id, "state": "open", "tickets": ["T-1"], "started_at": "2026-03-21T08:00:00.000Z",
        "ends_at": "2026-03-21T09:00:00.000Z", "closed_at": null, "summary": null, "pace": null, "revision": revision,
    });
    merge(&mut value, more);
    Resource::Sprint(read(value))
}

fn ticket(id: &str, revision: u64, more: Value) -> Resource {
    Resource::Task(task(id, revision, more))
}

fn finished(world: &World, sprint: &str) -> Vec<String> {
    world.finished_in(&SprintId::new(sprint).unwrap()).map(|task| task.id.to_string()).collect()
}

#[test]
fn the_one_that_began_last_is_the_open_sprint_whatever_its_id() {
    let later = json!({"started_at": "2026-03-21T08:30:00.000Z"});
    let mut world: World = [sprint("S-9", 1, json!({})), sprint("S-10", 1, later.clone())].into_iter().collect();
    let open = |world: &World| world.open_sprints().map(|sprint| sprint.id.to_string()).collect::<Vec<_>>();
    assert_eq!(open(&world), ["S-9", "S-10"]);
    assert_eq!(world.open_sprint().map(|sprint| sprint.id.as_str()), Some("S-10"));
    let mut closed = later;
    merge(&mut closed, json!({"state": "closed"}));
    world.apply(sprint("S-10", 2, closed));
    assert_eq!(open(&world), ["S-9"]);
}

#[test]
fn a_ticket_is_in_the_open_sprint_that_lists_it_or_that_it_names() {
    let mut world: World = [sprint("S-1", 1, json!({}))].into_iter().collect();
    let of = |world: &World, task: &go_bus_api::Task| world.open_sprint_of(task).map(|sprint| sprint.id.to_string());
    let (listed, other) = (task("T-1", 1, json!({})), task("T-2", 1, json!({})));
    assert_eq!((of(&world, &listed), of(&world, &other)), (Some("S-1".to_owned()), None));
    assert_eq!(of(&world, &task("T-2", 1, json!({"sprint": "S-1"}))), Some("S-1".to_owned()));
    world.apply(sprint("S-1", 2, json!({"tickets": ["T-1", "T-2"]})));
    assert_eq!(of(&world, &other), Some("S-1".to_owned()));
    world.apply(sprint("S-1", 3, json!({"tickets": ["T-1", "T-2"], "state": "closed"})));
    assert_eq!((of(&world, &listed), of(&world, &task("T-2", 1, json!({"sprint": "S-1"})))), (None, None));
}

#[test]
fn what_a_sprint_brought_to_its_end_is_whole_until_it_is_over_however_it_comes() {
    let done = || ticket("T-1", 2, json!({"sprint": "S-1", "state": "done", "title": "An index"}));
    let over = || sprint("S-1", 2, json!({"state": "closed"}));
    let mut world: World = [sprint("S-1", 1, json!({})), done()].into_iter().collect();
    assert_eq!(finished(&world, "S-1"), ["T-1"]);
    world.apply(over());
    assert_eq!(finished(&world, "S-1"), [""; 0]);
    assert!(world.past_task(&TaskId::new("T-1").unwrap()).is_some());
    assert_eq!(world, [done(), over()].into_iter().collect());
    assert_eq!(world, [over(), done()].into_iter().collect());
}

#[test]
fn one_that_ends_in_a_later_sprint_is_that_one_s() {
    let mut world: World = [sprint("S-1", 1, json!({})), sprint("S-2", 1, json!({}))].into_iter().collect();
    world.apply(ticket("T-1", 2, json!({"sprint": "S-1", "state": "done"})));
    world.apply(ticket("T-1", 3, json!({"sprint": "S-2", "state": "done"})));
    assert_eq!((finished(&world, "S-1"), finished(&world, "S-2")), (vec![], vec!["T-1".to_owned()]));
    world.apply(ticket("T-2", 1, json!({"state": "done"})));
    assert_eq!(finished(&world, "S-2"), ["T-1"], "what is in no sprint is nobody's");
}

#[test]
fn what_is_unblocked_is_known_by_kind_and_urgency() {
    let ids = |tasks: Vec<&go_bus_api::Task>| tasks.iter().map(|task| task.id.to_string()).collect::<Vec<_>>();
    let mut world = World::default();
    world.apply(ticket("T-1", 1, json!({"priority": "p0"})));
    world.apply(ticket("T-2", 1, json!({})));
    world.apply(ticket("P-1", 1, json!({"kind": "push", "priority": "p0"})));
    world.apply(ticket("T-3", 1, json!({"priority": "p0", "depends_on": ["T-2"]})));
    assert_eq!(ids(world.unblocked_urgent().collect()), ["T-1"]);
    assert_eq!(ids(world.unblocked_others().collect()), ["P-1"]);
    assert!(world.is_unblocked(&TaskId::new("T-2").unwrap()) && !world.is_unblocked(&TaskId::new("T-3").unwrap()));
    world.apply(ticket("T-2", 2, json!({"priority": "p0"})));
    world.apply(ticket("T-1", 2, json!({"priority": "p0", "state": "done"})));
    assert_eq!(ids(world.unblocked_urgent().collect()), ["T-2"]);
    world.apply(ticket("T-4", 1, json!({"capabilities": ["browser"]})));
    world.apply(ticket("T-5", 1, json!({"capabilities": ["browser"], "depends_on": ["T-4"]})));
    assert_eq!(ids(world.unblocked_asking().collect()), ["T-4"]);
    world.apply(ticket("T-4", 2, json!({"capabilities": ["browser"], "state": "done"})));
    assert_eq!(ids(world.unblocked_asking().collect()), ["T-5"]);
}
