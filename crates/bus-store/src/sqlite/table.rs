//! The tables of the resources: one per kind, with the columns that rules and filters look by.

use go_bus_api::ResourceKind;

use crate::tx::{Column, Filter};

/// The columns of a kind, beside `ord, id, revision, open, doc`.
pub(super) fn columns(kind: ResourceKind) -> &'static [Column] {
    match kind {
        ResourceKind::Host | ResourceKind::Project | ResourceKind::Sprint => &[Column::State],
        ResourceKind::Session => &[Column::State, Column::User],
        ResourceKind::Agent => {
            &[Column::State, Column::Role, Column::Host, Column::Project, Column::User, Column::Task]
        }
        ResourceKind::Task => {
            &[Column::State, Column::Project, Column::Assignee, Column::Kind, Column::Sprint, Column::ReviewOf]
        }
        ResourceKind::Alert => &[Column::State, Column::Level, Column::Project, Column::DedupeKey],
        ResourceKind::Question => &[Column::State, Column::Task],
        ResourceKind::Message => &[Column::Addressee],
    }
}

/// The column's name.
pub(super) fn name(column: Column) -> &'static str {
    match column {
        Column::State => "state",
        Column::Project => "project",
        Column::Host => "host",
        Column::Role => "role",
        Column::User => "user",
        Column::Task => "task",
        Column::Kind => "kind",
        Column::Assignee => "assignee",
        Column::Sprint => "sprint",
        Column::ReviewOf => "review_of",
        Column::Level => "level",
        Column::DedupeKey => "dedupe_key",
        Column::Addressee => "addressee",
    }
}

/// The indexes of a kind: columns, and the condition of a partial one.
pub(super) fn indexes(kind: ResourceKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        ResourceKind::Host => &[("open", "open = 1")],
        ResourceKind::Project => &[],
        ResourceKind::Session => &[("user", "open = 1")],
        ResourceKind::Sprint => &[("state", "")],
        ResourceKind::Agent => &[
            ("state", ""),
            ("role, project", "project IS NOT NULL"),
            ("role, host", "host IS NOT NULL"),
            ("role, user", "user IS NOT NULL"),
            ("host", "open = 1"),
            ("task", "task IS NOT NULL"),
            ("open", "open = 1 AND task IS NOT NULL"),
        ],
        ResourceKind::Task => &[
            ("state", ""),
            ("project, state", ""),
            ("assignee, state", "assignee IS NOT NULL"),
            ("sprint", "sprint IS NOT NULL"),
            ("kind, project, state", ""),
            ("review_of", "review_of IS NOT NULL"),
        ],
        ResourceKind::Alert => &[("state", ""), ("dedupe_key", "dedupe_key IS NOT NULL")],
        ResourceKind::Question => &[("state", ""), ("task", "task IS NOT NULL")],
        ResourceKind::Message => &[("addressee, open", "")],
    }
}

/// The statements that make a kind's table and its indexes.
pub(super) fn create(kind: ResourceKind) -> String {
    let table = kind.collection();
    let mut sql = format!(
        "CREATE TABLE {table} (ord INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, \
         open INTEGER NOT NULL"
    );
    for column in columns(kind) {
        sql.push_str(&format!(", {} TEXT", name(*column)));
    }
    sql.push_str(", doc TEXT NOT NULL) STRICT;\n");
    for (number, (columns, condition)) in indexes(kind).iter().enumerate() {
        let condition = if condition.is_empty() { String::new() } else { format!(" WHERE {condition}") };
        sql.push_str(&format!("CREATE INDEX {table}_{number} ON {table} ({columns}){condition};\n"));
    }
    sql
}

/// The conditions of a filter as SQL, its values numbered from `first`. What is no value stands literally, so that partial
/// indexes fit.
pub(super) fn conditions(filter: &Filter, first: usize) -> String {
    let mut sql = String::from("1");
    for (index, (column, _)) in filter.equal.iter().enumerate() {
        sql.push_str(&format!(" AND {} = ?{}", name(*column), first.saturating_add(index)));
    }
    if filter.open {
        sql.push_str(" AND open = 1");
    }
    if filter.with_task {
        sql.push_str(" AND task IS NOT NULL");
    }
    sql
}
