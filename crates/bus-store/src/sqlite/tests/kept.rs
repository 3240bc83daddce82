//! A kept database of each schema opens, reads whole, and becomes like a new one.
//!
//! After a change of the schema: add a step to `migrations`, then run the ignored test
//! `keep_a_database_of_this_schema`, which writes the file that the others ask for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use go_bus_api::ResourceKind;
use rusqlite::Connection;

use super::super::{Durability, migrations, schema};
use crate::conformance::whole_way;
use crate::conformance::world::World;
use crate::{Policy, SqliteStore, Store};

fn kept(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fixtures/databases/v{version}.db"))
}

/// What a database consists of: every table and index as SQL.
fn shape(connection: &Connection) -> BTreeSet<String> {
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn new_shape(folder: &Path) -> BTreeSet<String> {
    shape(&schema::open(&folder.join("new.db"), Durability::Scratch).unwrap())
}

#[test]
fn the_last_kept_database_has_the_schema_of_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let known = migrations::known();
    let newest =
        Connection::open_with_flags(kept(known), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|connection| {
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map(|found: u32| (found, connection))
        });
    let (found, newest) = newest.unwrap_or_else(|error| panic!("keep a database of schema {known}: {error}"));
    assert_eq!(found, known);
    let (kept, new) = (shape(&newest), new_shape(folder.path()));
    let differ: Vec<_> = kept.symmetric_difference(&new).collect();
    assert!(differ.is_empty(), "the schema has changed without a step of its own in `migrations`: {differ:#?}");
}

#[tokio::test]
async fn every_kept_database_is_read_whole_and_goes_on() {
    for version in 1..=migrations::known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        std::fs::copy(kept(version), &path)
            .unwrap_or_else(|error| panic!("keep a database of schema {version}: {error}"));
        let world = World::over(Arc::new(SqliteStore::open(&path, Policy::default()).unwrap()));
        let snapshot = world.store.snapshot().await.unwrap();
        let seq = snapshot.seq();
        let documents = snapshot.rest().await.unwrap();
        for kind in [ResourceKind::Agent, ResourceKind::Task, ResourceKind::Host, ResourceKind::Project] {
            assert!(documents.iter().any(|document| document.kind == kind), "{kind:?} of schema {version} are gone");
        }
        for document in &documents {
            let line = format!("{{\"type\": \"{}\", \"resource\": {}}}", document.kind.as_str(), document.json);
            let read = serde_json::from_str::<go_bus_api::Resource>(&line);
            assert!(read.is_ok(), "{} of schema {version}: {read:?}", document.id);
        }
        let seqs: Vec<u64> = world.events().await.iter().map(|event| event.seq.0).collect();
        assert_eq!(seqs, (1..=seq.0).collect::<Vec<_>>(), "schema {version}");
        let epoch = world.lease().await.epoch;
        assert!(epoch.0 > 0, "the lease of schema {version} is gone");
        world.ticket("T-new", &[]).await;
        assert_eq!(world.seq().await, seq.next());
        drop(world);
        assert_eq!(shape(&Connection::open(&path).unwrap()), new_shape(folder.path()), "schema {version}");
    }
}

/// Writes what the tests above ask for; an older file is never touched.
#[tokio::test]
#[ignore = "it writes into fixtures/, once for each schema"]
async fn keep_a_database_of_this_schema() {
    let target = kept(migrations::known());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path, Policy::default()).unwrap());
    whole_way::a_ticket_gets_done(&|_| store.clone()).await;
    drop(store);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = delete; PRAGMA page_size = 512; VACUUM").unwrap();
    drop(connection);
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    let mut new = std::fs::File::create_new(&target).unwrap();
    std::io::copy(&mut std::fs::File::open(&path).unwrap(), &mut new).unwrap();
}
