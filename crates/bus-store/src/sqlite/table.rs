//! The tables of the resources: one per kind, with the columns that rules and filters look by.

use std::sync::LazyLock;

use go_bus_api::{ResourceKind, TaskKind};

use crate::tx::{Column, Filter};

/// The columns of a kind, beside `ord, id, revision, open, doc`.
pub(super) fn columns(kind: ResourceKind) -> &'static [Column] {
    match kind {
        ResourceKind::Host | ResourceKind::Project | ResourceKind::Sprint | ResourceKind::Account => &[Column::State],
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

/// The indexes of a kind in the first schema: columns, and the condition of a partial one.
pub(super) fn indexes(kind: ResourceKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        ResourceKind::Host => &[("open", "open = 1")],
        ResourceKind::Project | ResourceKind::Account => &[],
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

/// The statements that get, add and change one resource of a kind.
pub(super) struct Statements {
    /// `?1` is the id; `id, revision, doc`.
    pub(super) get: String,
    /// The columns from `?1` on: `id, revision, open, doc` and [`columns`].
    pub(super) insert: String,
    /// The same values; the row is the one with this id.
    pub(super) update: String,
}

/// The statements of `kind`, made once.
pub(super) fn statements(kind: ResourceKind) -> &'static Statements {
    macro_rules! made_once {
        ($($name:ident),+) => {
            match kind {
                $(ResourceKind::$name => {
                    static MADE: LazyLock<Statements> = LazyLock::new(|| make(ResourceKind::$name));
                    &MADE
                })+
            }
        };
    }
    made_once!(Host, Project, Session, Account, Agent, Task, Sprint, Alert, Question, Message)
}

fn make(kind: ResourceKind) -> Statements {
    let table = kind.collection();
    let (mut names, mut marks, mut sets) = (String::new(), String::new(), String::new());
    for (index, column) in columns(kind).iter().enumerate() {
        let (name, mark) = (name(*column), index + 5);
        names.push_str(&format!(", {name}"));
        marks.push_str(&format!(", ?{mark}"));
        sets.push_str(&format!(", {name} = ?{mark}"));
    }
    Statements {
        get: format!("SELECT id, revision, doc FROM {table} WHERE id = ?1"),
        insert: format!("INSERT INTO {table} (id, revision, open, doc{names}) VALUES (?1, ?2, ?3, ?4{marks})"),
        update: format!("UPDATE {table} SET revision = ?2, open = ?3, doc = ?4{sets} WHERE id = ?1"),
    }
}

/// The conditions of a filter as SQL, its values numbered from `first`. What is no value stands literally, so that partial
/// indexes fit.
pub(super) fn conditions(filter: &Filter, first: usize) -> String {
    let mut sql = String::from("1");
    for (index, (column, value)) in filter.equal.iter().enumerate() {
        sql.push_str(&format!(" AND {} = ?{}", name(*column), first.saturating_add(index)));
        if *column == Column::Kind && value != TaskKind::Ticket.as_str() {
            sql.push_str(" AND kind <> 'ticket'");
        }
    }
    if filter.open {
        sql.push_str(" AND open = 1");
    }
    if filter.with_task {
        sql.push_str(" AND task IS NOT NULL");
    }
    sql
}
