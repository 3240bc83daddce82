//! From one leader to the next: a warm standby, what it waits for, and how it ends wherever it is.

use std::future::{Future, pending};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use go_bus_api::{HolderId, Role, TaskState};
use go_lease::LeaseConfig;
use go_orchestrator::{Finished, GoConfig, HandoffFile};
use http::Method;
use serde_json::{Value, json};

use crate::fake::{FakeBus, Seen};
use crate::fixture::{PLAN, config, count, done, go, write};

const AT: &str = "2026-03-21T08:15:30.000Z";

/// The writes under a lease.
fn fenced(bus: &FakeBus) -> Vec<Seen> {
    bus.with(|state| state.seen().iter().filter(|seen| seen.epoch.is_some()).cloned().collect())
}

/// Completes once whoever was granted the lease looks for the events before it in vain, and has asked for them again.
fn catching_up(bus: &FakeBus) -> impl Future<Output = ()> + use<> {
    let bus = bus.clone();
    async move {
        let streams = |seen: &[Seen]| count(seen, &Method::GET, "/events/stream");
        bus.until("somebody to catch up", |state| state.holder.is_some() && streams(state.seen()) >= 2).await;
    }
}

fn plan_config(folder: &tempfile::TempDir) -> GoConfig {
    config(write(folder.path(), PLAN))
}

#[tokio::test]
async fn who_is_granted_the_lease_does_nothing_until_it_has_seen_all_that_happened_before() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| state.muted = true);
    let unmute = {
        let bus = bus.clone();
        async move {
            catching_up(&bus).await;
            assert_eq!(fenced(&bus), [], "it acts on a World that is not up to date");
            tokio::spawn(bus.clone().play_pos(done));
            bus.with(|state| state.muted = false);
        }
    };
    let (finished, ()) = tokio::join!(go(plan_config(&folder), &bus, pending()), unmute);
    assert_eq!(finished.unwrap(), Finished::Done);
}

#[tokio::test]
async fn a_bus_that_is_slow_is_caught_up_with_all_the_same() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| state.slow = Duration::from_millis(1200));
    tokio::spawn(bus.clone().play_pos(done));
    assert_eq!(go(plan_config(&folder), &bus, pending()).await.unwrap(), Finished::Done);
}

#[tokio::test]
async fn a_stop_while_it_catches_up_gives_the_lease_back_and_leaves_nothing() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| state.muted = true);
    assert_eq!(go(plan_config(&folder), &bus, catching_up(&bus)).await.unwrap(), Finished::Stopped);
    assert_eq!(fenced(&bus), []);
    bus.with(|state| {
        assert!(state.lease_is_free() && state.handoff.is_none() && state.live(Role::Go).is_empty(), "{state:?}");
    });
}

#[tokio::test]
async fn a_lease_that_is_lost_while_it_catches_up_makes_it_a_standby_again() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| state.muted = true);
    let usurp = {
        let bus = bus.clone();
        async move {
            catching_up(&bus).await;
            bus.with(|state| (state.holder, state.epoch) = (Some("another".to_owned()), 2));
            bus.until("a standby", |state| state.seen().iter().any(|seen| seen.status == 409)).await;
            tokio::spawn(bus.clone().play_pos(done));
            bus.with(|state| (state.holder, state.muted) = (None, false));
        }
    };
    let lease = LeaseConfig { heartbeat: Duration::from_millis(200), ..LeaseConfig::default() };
    let (finished, ()) = tokio::join!(go(GoConfig { lease, ..plan_config(&folder) }, &bus, pending()), usurp);
    assert_eq!(finished.unwrap(), Finished::Done);
    let epochs: Vec<_> = fenced(&bus).iter().filter_map(|seen| seen.epoch).collect();
    assert!(epochs.iter().all(|epoch| *epoch == 3), "{epochs:?}");
}

#[tokio::test]
async fn a_standby_needs_no_snapshot_to_take_over_and_does_nothing_that_is_done() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let waits = |state: &[Seen]| state.iter().any(|seen| seen.status == 409);
    let take_over = {
        let (bus, path) = (bus.clone(), path.clone());
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            go(config(path), &bus, pending()).await
        }
    };
    let stop = {
        let bus = bus.clone();
        async move {
            bus.until("a standby", |state| waits(state.seen())).await;
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
        }
    };
    let first = async {
        let finished = go(config(path), &bus, stop).await;
        bus.until("the standby to lead", |state| state.epoch == 2).await;
        tokio::spawn(bus.clone().play_pos(done));
        finished
    };
    let (first, second) = tokio::join!(first, take_over);
    assert_eq!((first.unwrap(), second.unwrap()), (Finished::Stopped, Finished::Done));
    let seen = bus.with(|state| state.seen().to_vec());
    let place = |wanted: &dyn Fn(&Seen) -> bool| seen.iter().rposition(wanted).unwrap();
    let snapshot = place(&|seen| seen.target == "/snapshot");
    let release =
        seen.iter().position(|seen| seen.method == Method::DELETE && seen.target.ends_with("/lease")).unwrap();
    assert!(
        snapshot < release && count(&seen, &Method::GET, "/snapshot") == 2,
        "a snapshot on the way of the takeover"
    );
    assert_eq!(count(&seen, &Method::POST, "/A/assign"), 1);
    assert_eq!(count(&seen, &Method::POST, "/agents"), 2 + 3, "two instances; HO, PO and IO once");
    bus.with(|state| assert_eq!(state.task("A").unwrap().attempt.0, 1));
}

#[tokio::test]
async fn a_standby_that_is_told_to_stop_ends_and_disturbs_nobody() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| (state.holder, state.epoch) = (Some("another".to_owned()), 7));
    let stop = {
        let bus = bus.clone();
        async move { bus.until("a standby", |state| state.seen().iter().any(|seen| seen.status == 409)).await }
    };
    assert_eq!(go(plan_config(&folder), &bus, stop).await.unwrap(), Finished::Stopped);
    bus.with(|state| {
        assert_eq!((state.holder.as_deref(), state.epoch), (Some("another"), 7));
        assert!(state.live(Role::Go).is_empty(), "the instance lingers");
    });
    assert_eq!(fenced(&bus), []);
}

#[tokio::test]
async fn a_grant_that_was_not_heard_of_before_the_stop_is_given_back() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| state.grants_unheard = true);
    let stop = {
        let bus = bus.clone();
        async move { bus.until("the grant", |state| state.holder.is_some()).await }
    };
    assert_eq!(go(plan_config(&folder), &bus, stop).await.unwrap(), Finished::Stopped);
    assert!(bus.with(|state| state.lease_is_free()), "nobody leads until the time to live is over");
}

#[derive(Debug)]
struct OnDisk(Mutex<Value>);

impl HandoffFile for OnDisk {
    fn read(&self) -> std::io::Result<Option<Vec<u8>>> {
        Ok(Some(self.0.lock().unwrap().to_string().into_bytes()))
    }

    fn write(&self, content: &[u8]) -> std::io::Result<()> {
        *self.0.lock().unwrap() = serde_json::from_slice(content).unwrap();
        Ok(())
    }
}

fn handed(epoch: u64, decided: &str) -> Value {
    let decided = json!([{"at": AT, "what": decided}]);
    json!({"version": 2, "epoch": epoch, "written_at": AT, "cursor": 0, "running": [], "decided": decided})
}

/// The handoff on the Bus, and the one in the file, after a tenure under epoch 5 of someone who found these.
async fn left(on_the_bus: u64, on_disk: u64) -> (Value, Value) {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let document = handed(on_the_bus, "on the Bus");
    let handoff = json!({"epoch": on_the_bus, "written_at": AT, "document": document});
    bus.with(|state| (state.epoch, state.handoff) = (4, Some(handoff)));
    let file = Arc::new(OnDisk(Mutex::new(handed(on_disk, "on disk"))));
    tokio::spawn(bus.clone().play_pos(done));
    let lease = LeaseConfig { holder: HolderId::generate(), ..LeaseConfig::default() };
    let config = GoConfig { handoff_file: Some(Arc::clone(&file) as _), lease, ..plan_config(&folder) };
    assert_eq!(go(config, &bus, pending()).await.unwrap(), Finished::Done);
    let on_disk = file.0.lock().unwrap().clone();
    (bus.with(|state| state.handoff.clone().unwrap()["document"].clone()), on_disk)
}

/// Whether a line of the log tells of a ticket's start; the pushes after a sprint are no tickets.
fn is_start(line: &Value) -> bool {
    line.as_str().is_some_and(|line| line.starts_with("assign ") && !line.contains("push-"))
}

#[tokio::test]
async fn the_later_handoff_counts_wherever_it_is_kept_and_one_of_no_predecessor_is_ignored() {
    for (on_the_bus, on_disk, expected) in [(3, 4, "on disk"), (4, 3, "on the Bus"), (4, 9, "on the Bus")] {
        let (bus, file) = left(on_the_bus, on_disk).await;
        assert_eq!(bus, file, "both have the same in the end");
        assert_eq!((&bus["version"], &bus["epoch"]), (&json!(2), &json!(5)));
        let decided: Vec<_> = bus["decided"].as_array().unwrap().iter().map(|line| line["what"].clone()).collect();
        assert_eq!(decided.first(), Some(&json!(expected)), "{on_the_bus} on the Bus, {on_disk} on disk");
        assert_eq!(decided.iter().filter(|line| is_start(line)).count(), 4);
    }
}
