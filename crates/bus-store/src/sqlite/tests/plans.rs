//! Rules and lists find what they need by an index, so that they stay fast with a hundred thousand tasks.

use go_bus_api::ResourceKind;
use rusqlite::{Connection, params_from_iter};

use super::super::{Durability, schema, table};
use crate::tx::{Column, Filter};

fn plan(connection: &Connection, kind: ResourceKind, filter: &Filter, tail: &str) -> String {
    let table = kind.collection();
    let conditions = table::conditions(filter, 1);
    let sql = format!("EXPLAIN QUERY PLAN SELECT id, revision, doc FROM {table} WHERE {conditions} {tail}");
    let mut statement = connection.prepare(&sql).unwrap();
    let values = filter.equal.iter().map(|(_, value)| value);
    let lines = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
    lines.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

#[test]
fn no_rule_scans_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let connection = schema::open(&folder.path().join("bus.db"), Durability::Scratch).unwrap();
    let by = |column| Filter::by(column, "x");
    let rules = [
        (ResourceKind::Agent, by(Column::Role).and(Column::Project, "x").open()),
        (ResourceKind::Agent, by(Column::Role).and(Column::Host, "x")),
        (ResourceKind::Agent, by(Column::Role).and(Column::User, "x").open()),
        (ResourceKind::Agent, by(Column::Task).open()),
        (ResourceKind::Agent, by(Column::Host).open()),
        (ResourceKind::Agent, by(Column::Host).open().with_task()),
        (ResourceKind::Agent, Filter::default().open().with_task()),
        (ResourceKind::Task, by(Column::Assignee).open()),
        (ResourceKind::Task, by(Column::ReviewOf)),
        (ResourceKind::Task, by(Column::State)),
        (ResourceKind::Task, by(Column::Project)),
        (ResourceKind::Task, by(Column::Project).and(Column::State, "x")),
        (ResourceKind::Task, by(Column::Sprint)),
        (ResourceKind::Task, by(Column::Kind)),
        (ResourceKind::Alert, by(Column::DedupeKey).open()),
        (ResourceKind::Session, by(Column::User).open()),
        (ResourceKind::Message, by(Column::Addressee).open()),
        (ResourceKind::Question, by(Column::State)),
    ];
    for (kind, filter) in rules {
        let plan = plan(&connection, kind, &filter, "ORDER BY ord");
        assert!(plan.contains("USING") && plan.contains("INDEX"), "{kind:?} {filter:?}: {plan}");
    }
}

#[test]
fn the_digest_counts_in_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let connection = schema::open(&folder.path().join("bus.db"), Durability::Scratch).unwrap();
    let sql = "EXPLAIN QUERY PLAN SELECT project, state, count(*) FROM tasks WHERE kind IN ('ticket', 'improvement') \
               GROUP BY project, state";
    let plan: String = connection.query_row(sql, [], |row| row.get(3)).unwrap();
    assert!(plan.contains("COVERING INDEX"), "{plan}");
}

#[test]
fn governance_reads_by_index_or_key() {
    let folder = tempfile::tempdir().unwrap();
    let connection = schema::open(&folder.path().join("bus.db"), Durability::Scratch).unwrap();
    for (sql, used) in [
        ("SELECT * FROM cost_sums WHERE axis = 'agent'", "PRIMARY KEY"),
        ("SELECT json FROM costs WHERE at >= 7", "costs_at"),
        ("SELECT json FROM audit WHERE seq > 7 AND actor = 'x' ORDER BY seq LIMIT 5", "audit_actor"),
        ("SELECT json FROM audit WHERE seq > 7 AND action = 'x' ORDER BY seq LIMIT 5", "audit_action"),
        ("SELECT state, count(*) FROM tasks GROUP BY state", "COVERING INDEX"),
        ("SELECT state, count(*) FROM agents GROUP BY state", "COVERING INDEX"),
    ] {
        let plan: String = connection.query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| row.get(3)).unwrap();
        assert!(plan.contains(used), "{sql}: {plan}");
    }
}
