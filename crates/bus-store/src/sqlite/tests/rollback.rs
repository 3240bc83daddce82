//! A command that is refused after it has written, in the middle of a batch.

use std::sync::Arc;

use go_bus_api::{EventKind, ResourceKind, Seq, Timestamp};

use super::super::tx::{SqliteTx, Undo, last_seq};
use super::super::{Durability, schema};
use crate::conformance::world::{World, ticket};
use crate::tx::{EventRow, Filter, Row, Tx};
use crate::{Action, Actor, Document, Lease, Policy, Reject, SqliteStore, StoreError};

fn write(tx: &mut SqliteTx<'_>, id: &str) -> Seq {
    let json = format!("{{\"id\": \"{id}\"}}");
    let document = Document {
        kind: ResourceKind::Project,
        id: id.to_owned(),
        revision: go_bus_api::Revision(1),
        json: json.into(),
    };
    tx.insert(&Row { document, columns: Vec::new(), open: true }).unwrap();
    let seq = tx.next_seq();
    let at = Timestamp::from_unix_millis(0);
    let json = format!("\"{id}\"");
    tx.append_event(&EventRow { seq, kind: &EventKind::ProjectCreated, subject: None, at, json: &json }).unwrap();
    tx.put_lease(&Lease { renewals: seq.0, ..Lease::default() }).unwrap();
    seq
}

#[test]
fn what_was_written_is_undone_with_its_event_s_place_and_its_neighbours_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let connection = schema::open(&path, Durability::Scratch).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut tx = SqliteTx::begin(&connection, Undo::Savepoints).unwrap();
    for (id, keep, place) in [("a", true, 1), ("b", false, 2), ("c", true, 2), ("d", false, 3)] {
        tx.savepoint().unwrap();
        assert_eq!(write(&mut tx, id), Seq(place));
        assert!(tx.exists(ResourceKind::Project, id).unwrap() && tx.exists(ResourceKind::Project, id).unwrap());
        if keep { tx.release().unwrap() } else { tx.rollback().unwrap() }
    }
    assert!(!tx.exists(ResourceKind::Project, "d").unwrap(), "what was undone is not remembered");
    assert_eq!(tx.lease().unwrap().renewals, 2, "the undone command's lease is gone from the cache too");
    tx.finish().unwrap();
    connection.execute_batch("COMMIT").unwrap();
    assert_eq!(last_seq(&connection).unwrap(), Seq(2));
    let events: Vec<_> = tx.into_events().into_iter().map(|event| (event.seq, event.json.to_string())).collect();
    assert_eq!(
        events,
        [(Seq(1), "\"a\"".to_owned()), (Seq(2), "\"c\"".to_owned())],
        "readers in memory hear of these alone"
    );
    let mut tx = SqliteTx::begin(&connection, Undo::Savepoints).unwrap();
    let kept = tx.find(ResourceKind::Project, &Filter::default()).unwrap();
    assert_eq!(kept.iter().map(|document| document.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn without_savepoints_a_command_that_has_written_spoils_the_transaction_and_one_that_has_not_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let connection = schema::open(&folder.path().join("bus.db"), Durability::Scratch).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut tx = SqliteTx::begin(&connection, Undo::Whole).unwrap();
    tx.savepoint().unwrap();
    write(&mut tx, "a");
    tx.release().unwrap();
    tx.savepoint().unwrap();
    tx.rollback().unwrap();
    assert!(!tx.is_spoiled(), "nothing to undo");
    tx.savepoint().unwrap();
    write(&mut tx, "b");
    tx.rollback().unwrap();
    assert!(tx.is_spoiled());
}

/// Each batch is tried without savepoints first; here the second of three commands fails after it has written its task.
#[tokio::test]
async fn a_batch_with_a_command_that_fails_after_it_has_written_is_done_again_without_that_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let world = World::over(Arc::new(SqliteStore::open(&path, Policy::default()).unwrap()));
    world.create_project("site").await;
    let trigger = "CREATE TRIGGER no BEFORE INSERT ON events WHEN NEW.subject = 'tasks/T-2' \
                   BEGIN SELECT RAISE(ABORT, 'no'); END";
    rusqlite::Connection::open(&path).unwrap().execute_batch(trigger).unwrap();
    let from = world.seq().await;
    let create = |name: &str| world.command(Actor::Operator, Action::CreateTask(ticket(name, &[])));
    let answers = world.store.commit(vec![create("T-1"), create("T-2"), create("T-3")]).await;
    let seqs: Vec<Option<Seq>> = answers.iter().map(|answer| answer.as_ref().ok().map(|receipt| receipt.seq)).collect();
    assert_eq!(seqs, [Some(Seq(from.0 + 1)), None, Some(Seq(from.0 + 2))]);
    assert!(matches!(answers[1], Err(Reject::Store(StoreError::Engine(_)))), "{:?}", answers[1]);
    assert_eq!(world.told_since(from).await, ["task.created tasks/T-1", "task.created tasks/T-3"]);
    let kept = world.store.snapshot().await.unwrap().rest().await.unwrap();
    let tasks: Vec<&str> =
        kept.iter().filter(|one| one.kind == ResourceKind::Task).map(|one| one.id.as_str()).collect();
    assert_eq!(tasks, ["T-1", "T-3"]);
}
