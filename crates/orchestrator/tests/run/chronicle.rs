//! What closed sprints leave in files (R8, R28), whatever the disk and the successors do.

use std::future::pending;
use std::path::{Path, PathBuf};

use go_bus_api::HolderId;
use go_lease::LeaseConfig;
use go_orchestrator::{Chronicle, Finished, GoConfig};
use http::Method;
use serde_json::{Value, json};

use crate::fake::FakeBus;
use crate::fixture::{PLAN, config, count, done, go, write};

/// A sprint that is closed.
fn closed(id: &str) -> Value {
    json!({
        "id": id, "state": "closed", "tickets": ["T-1"], "started_at": "2026-03-21T06:15:30.000Z",
        "ends_at": "2026-03-21T08:15:30.000Z", "closed_at": "2026-03-21T07:15:30.250Z", "summary": "All done.", "pace": null,
        "revision": 2, "report": {"sprint": id}, "carried": [],
    })
}

fn close(bus: &FakeBus, id: &str) {
    bus.with(|state| state.put_other(&format!("sprints/{id}"), "sprint", &closed(id)));
}

/// A GO on a plan whose chronicle lies in `folder`.
fn keeping(folder: &Path) -> GoConfig {
    let chronicle = Chronicle::new(log(folder), folder.join("sprints"));
    let lease = LeaseConfig { holder: HolderId::generate(), ..LeaseConfig::default() };
    GoConfig { chronicle: Some(chronicle), lease, ..config(write(folder, PLAN)) }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("blueprint/11_EXECUTION_LOG.md")
}

/// How many entries of the sprint the log has.
fn entries(folder: &Path, id: &str) -> usize {
    let text = std::fs::read_to_string(log(folder)).unwrap_or_default();
    assert_eq!(
        text.matches(&format!("<!-- sprint {id} ")).count(),
        text.matches(&format!("<!-- end of sprint {id} ")).count()
    );
    text.matches(&format!("<!-- end of sprint {id} ")).count()
}

fn place() -> (tempfile::TempDir, FakeBus) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("blueprint")).unwrap();
    (folder, FakeBus::new())
}

#[tokio::test]
async fn a_sprint_that_closes_is_in_the_log_and_in_files_of_its_own_before_go_ends() {
    let (folder, bus) = place();
    close(&bus, "E-1");
    let late = {
        let bus = bus.clone();
        async move {
            bus.until("A to run", |state| state.task("A").is_some_and(|a| a.assignee.is_some())).await;
            close(&bus, "E-2");
            tokio::spawn(bus.clone().play_pos(done));
        }
    };
    let (finished, ()) = tokio::join!(go(keeping(folder.path()), &bus, pending()), late);
    assert_eq!(finished.unwrap(), Finished::Done);
    for id in ["E-1", "E-2"] {
        assert_eq!(entries(folder.path(), id), 1, "{id}");
        let read = |kind: &str| std::fs::read_to_string(folder.path().join(format!("sprints/{id}.{kind}"))).unwrap();
        assert!(read("md").ends_with("All done.\n"), "{}", read("md"));
        assert_eq!(serde_json::from_str::<Value>(&read("json")).unwrap(), json!({"sprint": id}));
    }
    // Another tenure finds all of it there.
    let before = std::fs::read(log(folder.path())).unwrap();
    assert_eq!(go(keeping(folder.path()), &bus, pending()).await.unwrap(), Finished::Done);
    assert_eq!(std::fs::read(log(folder.path())).unwrap(), before);
}

#[tokio::test]
async fn an_entry_that_was_cut_off_is_completed_by_the_next_go() {
    let (folder, bus) = place();
    close(&bus, "E-1");
    tokio::spawn(bus.clone().play_pos(done));
    go(keeping(folder.path()), &bus, pending()).await.unwrap();
    let whole = std::fs::read(log(folder.path())).unwrap();
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        std::fs::write(log(folder.path()), &whole[..cut]).unwrap();
        go(keeping(folder.path()), &bus, pending()).await.unwrap();
        assert_eq!(std::fs::read(log(folder.path())).unwrap(), whole, "cut off at {cut}");
    }
}

#[tokio::test]
async fn a_log_that_can_t_be_written_raises_an_alert_and_is_written_once_it_can_be() {
    let (folder, bus) = place();
    std::fs::remove_dir(folder.path().join("blueprint")).unwrap();
    std::fs::write(folder.path().join("blueprint"), "in the way").unwrap();
    close(&bus, "E-1");
    let mend = {
        let (bus, folder) = (bus.clone(), folder.path().to_path_buf());
        async move {
            bus.until("the alert", |state| count(state.seen(), &Method::POST, "/io/alerts") == 1).await;
            bus.until("A to run", |state| state.task("A").is_some_and(|a| a.assignee.is_some())).await;
            std::fs::remove_file(folder.join("blueprint")).unwrap();
            std::fs::create_dir(folder.join("blueprint")).unwrap();
            bus.until("the alert's end", |state| count(state.seen(), &Method::POST, "/ack") == 1).await;
            assert_eq!(entries(&folder, "E-1"), 1);
            tokio::spawn(bus.clone().play_pos(done));
        }
    };
    let (finished, ()) = tokio::join!(go(keeping(folder.path()), &bus, pending()), mend);
    assert_eq!(finished.unwrap(), Finished::Done);
    let alerts = bus
        .with(|state| state.seen().iter().filter(|seen| seen.target.contains("/alerts")).cloned().collect::<Vec<_>>());
    assert!(alerts.iter().all(|seen| seen.epoch == Some(1)), "not under the lease: {alerts:?}");
}

#[tokio::test]
async fn a_log_that_can_t_be_written_at_all_keeps_go_from_ending_neither_for_ever_nor_silently() {
    let (folder, bus) = place();
    std::fs::remove_dir(folder.path().join("blueprint")).unwrap();
    close(&bus, "E-1");
    tokio::spawn(bus.clone().play_pos(done));
    assert_eq!(go(keeping(folder.path()), &bus, pending()).await.unwrap(), Finished::Done);
    assert_eq!(bus.with(|state| count(state.seen(), &Method::POST, "/io/alerts")), 1);
    assert!(!folder.path().join("blueprint").exists(), "a tree of others was made");
    assert!(folder.path().join("sprints/E-1.md").exists(), "one that can't be written keeps the others from nothing");
}
