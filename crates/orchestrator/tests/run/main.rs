//! GO against a Bus in memory: a plan from its start to its end, tenures that begin and end, whatever the Bus answers.

#[cfg(test)]
mod chronicle;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod takeover;

use std::future::pending;
use std::time::Duration;

use fake::{FakeBus, Seen};
use fixture::{PLAN, config, count, done, go, statuses, write};
use go_bus_api::{HolderId, ProblemKind, Role, Task, TaskState};
use go_lease::LeaseConfig;
use go_orchestrator::{Finished, GoConfig, GoError};
use http::Method;
use tokio::sync::oneshot;

#[tokio::test]
async fn a_plan_runs_to_its_end_and_the_file_says_so() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    tokio::spawn(bus.clone().play_pos(done));
    assert_eq!(go(config(path.clone()), &bus, pending()).await.unwrap(), Finished::Done);
    assert_eq!(statuses(&path), ["D done", "B done", "C done", "A done"]);
    let seen = bus.with(|state| state.seen().to_vec());
    for id in ["A", "B", "C", "D"] {
        assert_eq!(count(&seen, &Method::POST, &format!("/{id}/assign")), 1, "{id}");
    }
    assert_eq!(
        bus.with(|state| (state.live(Role::Ho).len(), state.live(Role::Po).len(), state.live(Role::Io).len())),
        (1, 1, 1)
    );
    let refused: Vec<_> = seen.iter().filter(|seen| seen.status >= 400).map(|seen| seen.target.as_str()).collect();
    assert_eq!(refused, ["/agents/000/handoff"], "nobody has left a handoff; everything else is taken at once");
}

#[tokio::test]
async fn a_tick_makes_no_get() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let tickets: String = (0..50).map(|n| format!("      - {{id: T-{n}, title: T, run: 'true'}}\n")).collect();
    let plan = format!("version: 1\nprojects:\n  - id: site\n    tickets:\n{tickets}");
    tokio::spawn(bus.clone().play_pos(done));
    assert_eq!(go(config(write(folder.path(), &plan)), &bus, pending()).await.unwrap(), Finished::Done);
    let seen = bus.with(|state| state.seen().to_vec());
    let gets = seen.iter().filter(|seen| seen.method == Method::GET && !seen.target.contains("lease"));
    let mut gets: Vec<_> = gets.map(|seen| seen.target.as_str()).collect();
    gets.sort_unstable();
    assert_eq!(gets, ["/agents/000/handoff", "/events/stream", "/snapshot"]);
    let starts = seen.iter().filter(|seen| seen.target.starts_with("/tasks/T-") && seen.target.ends_with("/assign"));
    assert_eq!(starts.count(), 50);
}

#[tokio::test]
async fn every_write_of_the_leader_is_fenced() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    tokio::spawn(bus.clone().play_pos(done));
    go(config(write(folder.path(), PLAN)), &bus, pending()).await.unwrap();
    let seen = bus.with(|state| state.seen().to_vec());
    let own = |seen: &&Seen| seen.target.contains("lease") || seen.method == Method::GET;
    let (mut unfenced, mut fenced) = (Vec::new(), 0);
    for seen in seen.iter().filter(|seen| !own(seen)) {
        match seen.epoch {
            Some(1) => fenced += 1,
            _ => unfenced.push((seen.method.as_str(), seen.target.as_str())),
        }
    }
    assert_eq!(unfenced, [("POST", "/agents"), ("DELETE", "/agents/a-1")], "its own registration and end alone");
    assert!(fenced > 10);
}

#[tokio::test]
async fn what_can_t_go_on_ends_with_the_reasons() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let fail_b = |task: &Task| if task.id.as_str() == "B" { TaskState::Failed } else { TaskState::Done };
    tokio::spawn(bus.clone().play_pos(fail_b));
    let Finished::Stuck(why) = go(config(path.clone()), &bus, pending()).await.unwrap() else { panic!("not stuck") };
    let why: Vec<_> = why.iter().map(ToString::to_string).collect();
    assert_eq!(why, ["D is pending: blocked behind B, which failed", "B is failed: 1 of 3 attempts failed"]);
    assert_eq!(statuses(&path), ["D pending", "B failed", "C done", "A done"]);
}

#[tokio::test]
async fn a_stop_writes_the_handoff_then_releases_and_starts_nothing_more() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let (stop, stopped) = oneshot::channel::<()>();
    let stopping = {
        let bus = bus.clone();
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            drop(stop);
        }
    };
    let running = go(config(path.clone()), &bus, async { drop(stopped.await) });
    let (finished, ()) = tokio::join!(running, stopping);
    assert_eq!(finished.unwrap(), Finished::Stopped);
    assert_eq!(statuses(&path), ["D pending", "B pending", "C pending", "A in_progress"]);
    let handoff = bus.with(|state| state.handoff.clone().unwrap());
    assert_eq!(handoff["document"]["running"][0]["task"], "A");
    let last: Vec<_> = bus.with(|state| state.seen().iter().rev().take(3).map(|seen| seen.target.clone()).collect());
    assert_eq!(last, ["/agents/a-1", "/agents/000/lease", "/agents/000/handoff"]);
}

#[tokio::test]
async fn a_successor_adopts_what_runs_and_starts_nothing_twice() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let stop = {
        let bus = bus.clone();
        async move { bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await }
    };
    assert_eq!(go(config(path.clone()), &bus, stop).await.unwrap(), Finished::Stopped);
    tokio::spawn(bus.clone().play_pos(done));
    assert_eq!(go(config(path), &bus, pending()).await.unwrap(), Finished::Done);
    let seen = bus.with(|state| state.seen().to_vec());
    assert_eq!(count(&seen, &Method::POST, "/A/assign"), 1);
    assert_eq!(count(&seen, &Method::POST, "/projects"), 1);
    assert_eq!(count(&seen, &Method::POST, "/agents"), 2 + 3, "two instances; HO, PO and IO once");
    assert_eq!(bus.with(|state| state.epoch), 2);
}

#[tokio::test]
async fn a_leader_that_was_superseded_stands_by_and_leads_again_under_a_new_epoch() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let usurp = {
        let bus = bus.clone();
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            bus.with(|state| {
                (state.holder, state.epoch) = (Some("another".to_owned()), 2);
                state.end(&"A".parse().unwrap(), TaskState::Done);
            });
            bus.until("a refused write", |state| state.seen().iter().any(|seen| seen.status == 412)).await;
            bus.until("a standby", |state| state.seen().iter().any(|seen| seen.status == 409)).await;
            assert!(bus.with(|state| state.tasks_in(TaskState::InProgress)).is_empty(), "written under an old epoch");
            bus.with(|state| state.holder = None);
            tokio::spawn(bus.clone().play_pos(done));
        }
    };
    let (finished, ()) = tokio::join!(go(config(path), &bus, pending()), usurp);
    assert_eq!(finished.unwrap(), Finished::Done);
    let epochs =
        bus.with(|state| state.seen().iter().filter(|seen| seen.status < 300).filter_map(|seen| seen.epoch).max());
    assert_eq!(epochs, Some(3));
}

#[tokio::test]
async fn a_lease_that_another_holds_is_an_error_where_waiting_is_not_wanted() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| (state.holder, state.epoch) = (Some("another".to_owned()), 7));
    let lease = LeaseConfig { standby_ok: false, holder: HolderId::generate(), ..LeaseConfig::default() };
    let config = GoConfig { lease, ..config(write(folder.path(), PLAN)) };
    let error = go(config, &bus, pending()).await.unwrap_err();
    assert!(error.is_held(), "{error}");
    assert!(bus.with(|state| state.live(Role::Go)).is_empty(), "the instance lingers");
}

#[tokio::test]
async fn a_refused_assignment_is_tried_again_and_never_in_a_hot_loop() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    bus.with(|state| state.refusals = vec![("/A/assign", ProblemKind::NotReady); 3]);
    tokio::spawn(bus.clone().play_pos(done));
    assert_eq!(go(config(write(folder.path(), PLAN)), &bus, pending()).await.unwrap(), Finished::Done);
    let tries = bus.with(|state| state.seen().iter().filter(|seen| seen.target == "/tasks/A/assign").count());
    assert_eq!(tries, 4);
}

#[tokio::test]
async fn an_instance_whose_token_is_void_registers_anew() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let revoke = {
        let bus = bus.clone();
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            bus.with(|state| {
                // Its agent was reaped: the token is void, and its lease is over.
                state.revoked.push("token-a-1".to_owned());
                state.holder = None;
            });
            tokio::spawn(bus.clone().play_pos(done));
        }
    };
    let (finished, ()) = tokio::join!(go(config(path), &bus, pending()), revoke);
    assert_eq!(finished.unwrap(), Finished::Done);
}

#[tokio::test]
async fn who_has_led_bids_on_through_an_outage_of_the_bus_however_long() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let lease = LeaseConfig { heartbeat: Duration::from_secs(1), ..LeaseConfig::default() };
    let config = GoConfig { lease, ..config(write(folder.path(), PLAN)) };
    let outage = {
        let bus = bus.clone();
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            bus.with(|state| {
                (state.holder, state.epoch) = (None, 2);
                state.end(&"A".parse().unwrap(), TaskState::Done);
            });
            bus.until("a refused write", |state| state.seen().iter().any(|seen| seen.status == 412)).await;
            bus.with(|state| state.away = true);
            let in_vain = |seen: &&Seen| seen.target == "/agents/000/lease" && seen.status == 0;
            bus.until("many bids in vain", |state| state.seen().iter().filter(in_vain).count() > 7).await;
            tokio::spawn(bus.clone().play_pos(done));
            bus.with(|state| state.away = false);
        }
    };
    let (finished, ()) = tokio::join!(go(config, &bus, pending()), outage);
    assert_eq!(finished.unwrap(), Finished::Done);
}

#[tokio::test]
async fn a_lease_that_its_void_token_left_behind_is_let_go_by_the_operator_s() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let revoke = {
        let bus = bus.clone();
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            bus.with(|state| state.revoked.push("token-a-1".to_owned()));
            tokio::spawn(bus.clone().play_pos(done));
        }
    };
    let (finished, ()) = tokio::join!(go(config(path), &bus, pending()), revoke);
    assert_eq!(finished.unwrap(), Finished::Done);
    let waited = |seen: &Seen| seen.target.starts_with("/agents/000/lease") && seen.status == 409;
    assert!(!bus.with(|state| state.seen().iter().any(waited)), "its own old lease stood in its way");
}

#[tokio::test]
async fn an_orchestrator_that_ends_is_succeeded() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let end_po = {
        let bus = bus.clone();
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            let first = bus.with(|state| state.live(Role::Po));
            bus.with(|state| state.terminate(&first[0]));
            bus.until("a successor", |state| state.live(Role::Po).len() == 1).await;
            assert_ne!(bus.with(|state| state.live(Role::Po)), first);
            tokio::spawn(bus.clone().play_pos(done));
        }
    };
    let (finished, ()) = tokio::join!(go(config(path), &bus, pending()), end_po);
    assert_eq!(finished.unwrap(), Finished::Done);
}

#[tokio::test]
async fn an_edit_of_the_plan_is_taken_up_at_once_and_kept_through_go_s_own_writes() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), PLAN);
    let edit = {
        let (bus, path) = (bus.clone(), path.clone());
        async move {
            bus.until("A to run", |state| state.tasks_in(TaskState::InProgress).len() == 1).await;
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text
                .replace("title: B,", "title: Bee,")
                .replace("hosts:", "      - {id: E, title: E, run: 'true'}\nhosts:");
            std::fs::write(&path, text).unwrap();
            bus.until("the new ticket", |state| state.task("E").is_some()).await;
            bus.until("the new title", |state| state.task("B").is_some_and(|b| b.title.as_str() == "Bee")).await;
            tokio::spawn(bus.clone().play_pos(done));
        }
    };
    let (finished, ()) = tokio::join!(go(config(path.clone()), &bus, pending()), edit);
    assert_eq!(finished.unwrap(), Finished::Done);
    assert_eq!(statuses(&path), ["D done", "B done", "C done", "A done", "E done"]);
    assert!(std::fs::read_to_string(&path).unwrap().contains("title: Bee"));
}

#[tokio::test]
async fn a_plan_with_mistakes_names_them_all_before_anything_is_done() {
    let (folder, bus) = (tempfile::tempdir().unwrap(), FakeBus::new());
    let path = write(folder.path(), &PLAN.replace("[A]", "[ghost]").replace("slots: 2", "slots: many"));
    let error = go(config(path), &bus, pending()).await.unwrap_err();
    assert!(matches!(&error, GoError::Plan(mistakes) if mistakes.len() == 3), "{error}");
    assert!(bus.with(|state| state.seen().is_empty()));
}
