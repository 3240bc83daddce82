//! What is tried against what, and what of it is news.

use go_bus_api::Resource;
use serde_json::{Value, json};

use super::super::local::LocalWorkplace;
use super::*;

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(seconds))
}

fn id(task: &str) -> TaskId {
    TaskId::new(task).unwrap()
}

fn project(name: &str, repo: &str, deliver: &str) -> Resource {
    let workplace = json!({"deliver": deliver, "onto": "main"});
    resource(
        "project",
        json!({"id": name, "name": name, "state": "active", "priority": "p2", "weight": 1, "repo": repo, "workplace": workplace}),
    )
}

fn task(name: &str, project: &str, state: &str, attempt: u32, collides: Value) -> Resource {
    resource(
        "task",
        json!({
            "id": name, "project": project, "title": "t", "kind": "ticket", "priority": "p2", "state": state,
            "attempt": attempt, "max_attempts": 3, "failures": 0, "losses": 0, "collides_with": collides,
        }),
    )
}

fn resource(kind: &str, mut body: Value) -> Resource {
    body["created_at"] = json!("2026-03-21T08:15:30.250Z");
    body["revision"] = json!(1);
    serde_json::from_value(json!({"type": kind, "resource": body})).unwrap()
}

fn local(folders: &[&str]) -> LocalState {
    let workplaces = folders.iter().map(|task| (id(task), LocalWorkplace::default())).collect();
    LocalState { workplaces, ..LocalState::default() }
}

fn trial(one: &str, other: &str, files: &[&str]) -> MergeTrial {
    MergeTrial { one: id(one), other: id(other), files: files.iter().map(|file| Text::clipped(file)).collect() }
}

#[test]
fn all_that_is_in_flight_in_a_repo_is_tried_where_something_of_it_is_here() {
    let world = World::from_iter([
        project("site", "/srv/one", "merge"),
        project("docs", "/srv/one", "branch"),
        project("app", "/srv/two", "merge"),
        project("shell", "/srv/one", "none"),
        task("T-1", "site", "in_progress", 1, json!([])),
        task("T-2", "docs", "in_review", 1, json!([])),
        task("T-3", "site", "pending", 0, json!([])),
        task("T-4", "site", "failed", 2, json!([])),
        task("T-5", "shell", "in_progress", 1, json!([])),
        task("A-1", "app", "in_progress", 1, json!([])),
    ]);
    let found = rounds(&local(&["T-1", "T-4", "A-1"]), &world);
    let [round] = &found[..] else { panic!("{found:?}") };
    assert_eq!((&round.here, &round.away), (&vec![id("T-1")], &vec![id("T-2")]));
    assert_eq!(round.arguments().join(" "), "repo collide --repo /srv/one --onto=main --away=T-2 -- T-1");
    assert_eq!(rounds(&local(&["T-9"]), &world), [], "nothing of it is here");
    assert_eq!(rounds(&local(&["A-1"]), &world), [], "it is alone in its repo");
}

#[test]
fn only_what_the_bus_does_not_have_yet_is_news() {
    let known = |other: &str| json!([{"task": other, "files": ["a.rs"]}]);
    let world = World::from_iter([
        project("site", "/srv/one", "merge"),
        task("T-1", "site", "in_progress", 1, known("T-2")),
        task("T-2", "site", "in_progress", 1, known("T-1")),
        task("T-3", "site", "in_progress", 1, known("T-1")),
    ]);
    let round = rounds(&local(&["T-1"]), &world).remove(0);
    let news = |trials: &[MergeTrial]| round.news(trials.to_vec()).len();
    assert_eq!(news(&[trial("T-1", "T-2", &["a.rs"]), trial("T-2", "T-3", &[])]), 0);
    for changed in [trial("T-2", "T-1", &[]), trial("T-1", "T-2", &["b.rs"]), trial("T-2", "T-3", &["a.rs"])] {
        assert_eq!(news(std::slice::from_ref(&changed)), 1, "{changed:?}");
    }
    assert_eq!(news(&[trial("T-1", "T-3", &["a.rs"])]), 1, "one of them lacks it");
}

#[test]
fn it_is_tried_in_time_at_once_after_an_end_and_one_at_a_time() {
    let mut trials = Trials { due: at(60), ..Trials::default() };
    let here = local(&["T-1"]);
    assert_eq!((trials.next(&here), trials.next(&local(&[]))), (Some(at(60)), None));
    trials.hurry(at(7));
    trials.hurry(at(9));
    assert_eq!(trials.next(&here), Some(at(7)));
    assert_eq!(trials.next(&LocalState { stopping: true, ..here.clone() }), None);
    let under_way = trials.running.clone();
    assert_eq!(trials.next(&here), None);
    drop(under_way);
    assert!(trials.next(&here).is_some());
}
