//! A write of the plan that fails, one that is done twice, and one that a person's save overtakes.

use std::path::PathBuf;

use go_bus_api::{Resource, Task, TaskState};

use super::*;
use crate::samples;

fn at(millis: u64) -> Boottime {
    Boottime(Duration::from_millis(millis))
}

fn done() -> World {
    let task = Task { state: TaskState::Done, ..samples::task("T-1", "site") };
    [Resource::Task(task)].into_iter().collect()
}

fn open(folder: &tempfile::TempDir) -> (PlanDesk, Plan, PathBuf) {
    let path = folder.path().join("plan.yaml");
    std::fs::write(&path, samples::ONE_TICKET).unwrap();
    let (desk, plan) = PlanDesk::open(&PlanSource { path: path.clone(), defaults: samples::defaults() }).unwrap();
    (desk, plan, path)
}

/// Waits for the write under way; the plan that came of it.
async fn ended(desk: &mut PlanDesk) -> Option<Plan> {
    let mut newest = None;
    while desk.writing.is_some() {
        newest = desk.changed().await.or(newest);
    }
    newest
}

fn status(path: &PathBuf) -> TaskState {
    let text = std::fs::read_to_string(path).unwrap();
    samples::plan(&text).tickets().next().unwrap().1.status
}

#[tokio::test]
async fn a_write_that_failed_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut desk, plan, path) = open(&folder);
    let aside = folder.path().join("aside");
    std::fs::rename(&path, &aside).unwrap();
    desk.touch(at(0));
    desk.write_if_due(&plan, &done(), at(0));
    ended(&mut desk).await;
    std::fs::rename(&aside, &path).unwrap();
    assert_eq!((status(&path), desk.next_write()), (TaskState::Pending, Some(at(1000))));
    desk.write_if_due(&plan, &done(), at(1000));
    ended(&mut desk).await;
    assert_eq!((status(&path), desk.next_write()), (TaskState::Done, None));
}

#[tokio::test]
async fn a_write_that_is_made_twice_changes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let (mut desk, plan, path) = open(&folder);
    let mut texts = Vec::new();
    for millis in [0, 200] {
        desk.touch(at(millis));
        desk.write_if_due(&plan, &done(), at(millis));
        ended(&mut desk).await;
        texts.push(std::fs::read_to_string(&path).unwrap());
    }
    assert_eq!((&texts[0], status(&path)), (&texts[1], TaskState::Done));
}

#[tokio::test]
async fn a_save_right_after_a_write_is_not_taken_back_by_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (mut desk, plan, path) = open(&folder);
    desk.touch(at(0));
    desk.write_if_due(&plan, &done(), at(0));
    while !desk.writing.as_ref().unwrap().is_finished() {
        tokio::task::yield_now().await;
    }
    std::fs::write(&path, samples::ONE_TICKET.replace("An index", "A page")).unwrap();
    // Both have happened now: whichever of them is looked at first, the save is the latest.
    let plan = ended(&mut desk).await.unwrap();
    assert_eq!(plan.tickets().next().unwrap().1.title.as_str(), "A page");
    assert!(desk.text.contains("A page"));
}
