//! What the end of something changes.

use std::path::Path;
use std::time::Duration;

use super::*;
use go_bus_api::HostId;
use go_bus_client::BusError;

const ONE: ProcessId = ProcessId { pid: 1, started: 1 };
const TWO: ProcessId = ProcessId { pid: 2, started: 2 };

fn id() -> AgentId {
    AgentId::new("a").unwrap()
}

fn with(local: Local) -> LocalState {
    LocalState { agents: [(id(), local)].into(), ..LocalState::default() }
}

fn noted(local: &mut LocalState, done: Done, living: Option<ProcessId>) -> Sequel {
    let host = HostFolder::of(Path::new("/no/such/data"), &HostId::new("h1").unwrap());
    note(local, done, &host, |_| living, Boottime(Duration::from_secs(9)))
}

#[test]
fn a_started_keeper_is_watched_and_a_failure_backs_off() {
    let mut local = with(Local { busy: true, ..Local::new(Keeper::Gone(Stage::Empty)) });
    let failed = Err(Failed::Bus(BusError::Unreachable(String::new())));
    noted(&mut local, Done::Step(id(), Step::Start, failed), None);
    let mine = &local.agents[&id()];
    assert!(!mine.busy && mine.failures == 1 && mine.not_before > Some(Boottime(Duration::from_secs(9))));
    let sequel = noted(&mut local, Done::Step(id(), Step::Start, Ok(Outcome::Kept(ONE))), None);
    assert_eq!(sequel.watch, Some((id(), ONE)));
    let mine = &local.agents[&id()];
    assert_eq!((mine.keeper, mine.failures, mine.not_before, mine.starts), (Keeper::Alive(ONE), 0, None, 1));
}

#[test]
fn after_a_keeper_s_end_its_folder_counts_unless_another_shim_was_quicker() {
    let mut local = with(Local::new(Keeper::Alive(ONE)));
    let sequel = noted(&mut local, Done::KeeperEnded(id(), ONE), Some(TWO));
    assert_eq!((local.agents[&id()].keeper, sequel.watch), (Keeper::Alive(TWO), Some((id(), TWO))));
    noted(&mut local, Done::KeeperEnded(id(), ONE), None);
    assert_eq!(local.agents[&id()].keeper, Keeper::Alive(TWO), "the end of an earlier keeper is old news");
    noted(&mut local, Done::KeeperEnded(id(), TWO), None);
    assert_eq!(local.agents[&id()].keeper, Keeper::Gone(Stage::Empty));
}

#[test]
fn a_removed_folder_is_forgotten_and_a_failed_rotation_is_not_done() {
    let mut local = with(Local::new(Keeper::Gone(Stage::Reported)));
    let order = MessageId::new("m-1").unwrap();
    local.rotating.insert(order.clone());
    noted(&mut local, Done::Step(id(), Step::Remove, Ok(Outcome::Forgotten)), None);
    noted(&mut local, Done::Rotation(order, Err(Failed::Interrupted(String::new()))), None);
    assert!(local.agents.is_empty() && local.rotating.is_empty());
}

#[test]
fn a_stop_leaves_what_else_is_under_way_alone_and_is_ordered_again_where_it_failed() {
    let mut local = with(Local { busy: true, stopped: true, ..Local::new(Keeper::Alive(ONE)) });
    noted(&mut local, Done::Step(id(), Step::Stop(ONE), Ok(Outcome::StopOrdered)), None);
    assert!(local.agents[&id()].busy && local.agents[&id()].stopped);
    noted(&mut local, Done::Step(id(), Step::Stop(ONE), Err(Failed::Interrupted(String::new()))), None);
    assert!(local.agents[&id()].busy && !local.agents[&id()].stopped);
    noted(&mut local, Done::Step(id(), Step::Announce, Ok(Outcome::Announced(None))), None);
    assert!(!local.agents[&id()].busy && local.agents[&id()].announced);
}
