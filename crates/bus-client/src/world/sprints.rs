//! Sprints, and which of those under way a ticket is in.

use std::collections::BTreeSet;

use go_bus_api::{Sprint, SprintId, SprintState, TaskId, Timestamp};

use super::index::Index;
use super::table::{Put, Table};

/// Every sprint, those under way by when they began, and by their tickets.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sprints {
    rows: Table<Sprint>,
    open: BTreeSet<(Timestamp, SprintId)>,
    by_ticket: Index<TaskId, SprintId>,
}

fn is_open(sprint: &Sprint) -> bool {
    sprint.state == SprintState::Open
}

/// The tickets of a sprint under way; nobody looks up those of another.
fn open_tickets(sprint: Option<&Sprint>) -> &[TaskId] {
    sprint.filter(|sprint| is_open(sprint)).map(|sprint| sprint.tickets.as_slice()).unwrap_or_default()
}

impl Sprints {
    /// Takes `sprint` where it is newer than what is known of it.
    pub(super) fn put(&mut self, sprint: Sprint) -> bool {
        let Some(Put { old, new }) = self.rows.put(sprint) else { return false };
        if let Some(old) = &old {
            self.open.remove(&(old.started_at, old.id.clone()));
        }
        if is_open(&new) {
            self.open.insert((new.started_at, new.id.clone()));
        }
        self.by_ticket.shift(&new.id, open_tickets(old.as_deref()), open_tickets(Some(&new)));
        true
    }

    pub(super) fn get(&self, id: &SprintId) -> Option<&Sprint> {
        self.rows.get(id)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Sprint> {
        self.rows.iter()
    }

    /// Those under way, the one that began first first.
    pub(super) fn open(&self) -> impl DoubleEndedIterator<Item = &Sprint> {
        self.open.iter().filter_map(|(_, id)| self.get(id))
    }

    /// The sprint under way that has `ticket` in its batch.
    pub(super) fn open_with(&self, ticket: &TaskId) -> Option<&Sprint> {
        self.by_ticket.get(ticket).find_map(|id| self.get(id))
    }

    /// Whether this one is known to be over.
    pub(super) fn is_over(&self, id: &SprintId) -> bool {
        self.get(id).is_some_and(|sprint| !is_open(sprint))
    }
}
