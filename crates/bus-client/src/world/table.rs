//! Rows by id, each with its newest revision only.

use std::collections::BTreeMap;
use std::sync::Arc;

use go_bus_api::{
    Account, AccountId, Agent, AgentId, Alert, AlertId, Host, HostId, Project, ProjectId, Question, QuestionId,
    Revision, Session, SessionId, Sprint, SprintId, Task, TaskId,
};

/// A resource with an id and a version.
pub(super) trait Row {
    type Id: Ord + Clone;
    fn id(&self) -> &Self::Id;
    fn revision(&self) -> Revision;
}

macro_rules! rows {
    ($($row:ty => $id:ty),* $(,)?) => {$(
        impl Row for $row {
            type Id = $id;
            fn id(&self) -> &$id {
                &self.id
            }
            fn revision(&self) -> Revision {
                self.revision
            }
        }
    )*};
}

rows! {
    Account => AccountId, Agent => AgentId, Alert => AlertId, Host => HostId, Project => ProjectId, Question => QuestionId, Session => SessionId,
    Sprint => SprintId, Task => TaskId,
}

/// Rows in the order of their ids. Clones share the rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table<R: Row> {
    rows: BTreeMap<R::Id, Arc<R>>,
}

/// What a row that was put replaced.
pub(super) struct Put<R> {
    pub(super) old: Option<Arc<R>>,
    pub(super) new: Arc<R>,
}

impl<R: Row> Default for Table<R> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<R: Row> Table<R> {
    /// Puts `row`; `None` where a revision as new is there already.
    pub(super) fn put(&mut self, row: R) -> Option<Put<R>> {
        if self.rows.get(row.id()).is_some_and(|known| known.revision() >= row.revision()) {
            return None;
        }
        let new = Arc::new(row);
        let old = self.rows.insert(new.id().clone(), Arc::clone(&new));
        Some(Put { old, new })
    }

    /// Takes the row out.
    pub(super) fn remove(&mut self, id: &R::Id) -> Option<Arc<R>> {
        self.rows.remove(id)
    }

    pub(super) fn get(&self, id: &R::Id) -> Option<&R> {
        self.rows.get(id).map(Arc::as_ref)
    }

    pub(super) fn shared(&self, id: &R::Id) -> Option<Arc<R>> {
        self.rows.get(id).map(Arc::clone)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &R> {
        self.rows.values().map(Arc::as_ref)
    }
}
