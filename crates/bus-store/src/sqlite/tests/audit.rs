//! The audit log: what is noted, and that each entry carries the hash of the one before it.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use go_bus_api::{AuditEntry, NewAgent, ProblemKind, Role, Seq};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::conformance::world::{World, actor, host, new_agent, project, refused};
use crate::{Action, Policy, Query, QueryAnswer, SqliteStore};

fn entries(path: &std::path::Path) -> Vec<AuditEntry> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT json FROM audit ORDER BY seq").unwrap();
    let lines = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn a_refused_spawn_leaves_its_entry_though_nothing_else_of_it_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let world = World::over(Arc::new(SqliteStore::open(&path, Policy::default()).unwrap()));
    world.create_host("forge", 4).await;
    world.create_project("site").await;
    let po = world.po("site").await;
    let from = world.seq().await;
    let second = NewAgent { project: Some(project()), host: Some(host()), ..new_agent(Role::Po) };
    assert_eq!(refused(world.act(actor(&po), Action::Spawn(second)).await), ProblemKind::TierViolation);
    world.done(Action::Terminate { agent: po.id.clone(), hold: false }).await;
    assert_eq!(world.told_since(from).await, [format!("agent.terminated agents/{}", po.id)]);

    let entries = entries(&path);
    let noted: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.actor.as_str())).collect();
    assert_eq!(noted, [("spawn", "000"), ("spawn.refused", po.id.as_str()), ("terminate", "operator")]);
    assert!(!entries.iter().any(|entry| entry.detail.to_string().contains("Verification")), "a prompt was logged");
}

#[tokio::test]
async fn every_entry_carries_the_hash_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let world = World::over(Arc::new(SqliteStore::open(&path, Policy::default()).unwrap()));
    for action in ["a", "b", "c"] {
        let entry = serde_json::from_value(serde_json::json!({"action": action, "detail": {"z": 1, "a": [action]}}));
        world.done(Action::AppendAudit(entry.unwrap())).await;
    }
    let mut before = "0".repeat(64);
    for (entry, seq) in entries(&path).into_iter().zip(1..) {
        assert_eq!((entry.seq.0, entry.prev_hash.as_str()), (seq, before.as_str()));
        let fields = (entry.seq, entry.at, &entry.actor, entry.epoch, &entry.action, &entry.subject, &entry.detail);
        let fields = serde_json::to_vec(&fields).unwrap();
        let digest = Sha256::new().chain_update(&before).chain_update(fields).finalize();
        assert_eq!(entry.hash.as_str(), HEXLOWER.encode(&digest), "it verifies after a round trip");
        before = entry.hash.to_string();
    }
}

#[tokio::test]
async fn a_row_that_was_tampered_with_is_the_first_bad_one() {
    let tampering = [
        "UPDATE audit SET json = replace(json, '\"b\"', '\"x\"') WHERE seq = 2",
        "UPDATE audit SET actor = 'somebody' WHERE seq = 2",
        "UPDATE audit SET at = at + 1 WHERE seq = 2",
        "UPDATE audit SET json = 'no json' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
    ];
    for statement in tampering {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        let world = World::over(Arc::new(SqliteStore::open(&path, Policy::default()).unwrap()));
        for action in ["a", "b", "c"] {
            let entry = serde_json::from_value(serde_json::json!({ "action": action }));
            world.done(Action::AppendAudit(entry.unwrap())).await;
        }
        assert_eq!(Connection::open(&path).unwrap().execute(statement, []), Ok(1), "{statement}");
        let Ok(QueryAnswer::AuditVerification(found)) = world.store.read(Query::AuditVerification).await else {
            panic!("{statement}: no answer");
        };
        assert_eq!((found.ok, found.first_bad), (false, Some(Seq(2))), "{statement}");
    }
}
