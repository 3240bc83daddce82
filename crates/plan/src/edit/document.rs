//! The tickets of a text, as they stand in it.

use std::rc::Rc;

use go_bus_api::TaskId;

use super::EditError;
use crate::position::Lines;
use crate::yaml::{self, Kind, Node, lookup};

/// What GO writes into a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Status,
    Result,
    Sprint,
}

impl Field {
    pub(super) const ALL: [Self; 3] = [Self::Status, Self::Result, Self::Sprint];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Result => "result",
            Self::Sprint => "sprint",
        }
    }
}

/// What a ticket has for a field, merges and aliases resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing, or null.
    Absent,
    Text(String),
    /// A list or a mapping, which is a mistake that is not ours to change.
    Other,
}

/// A ticket in the text.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: Option<TaskId>,
    pub(super) node: Rc<Node>,
    /// Whether it is written somewhere else and stands here by an alias or a merge key.
    pub(super) aliased: bool,
}

impl Place {
    pub(super) fn value(&self, field: Field) -> Value {
        match lookup(&self.node, field.key()) {
            None => Value::Absent,
            Some(node) if node.is_null() => Value::Absent,
            Some(node) => node.scalar().map_or(Value::Other, |scalar| Value::Text(scalar.text.clone())),
        }
    }
}

/// A text's tree and its tickets in their order.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Option<Rc<Node>>,
    pub(super) tickets: Vec<Place>,
}

impl Document {
    pub(super) fn load(text: &str) -> Result<Self, EditError> {
        let loaded =
            yaml::load(text).map_err(|problem| EditError::Unreadable(problem.diagnostic("", &Lines::new(text))))?;
        let mut tickets = Vec::new();
        if let Some(root) = &loaded.root {
            for (project, aliased) in items(root, "projects", false) {
                tickets.extend(items(&project, "tickets", aliased).map(|(node, aliased)| {
                    let id = lookup(&node, "id").and_then(Node::scalar).and_then(|id| TaskId::new(&*id.text).ok());
                    Place { id, node, aliased }
                }));
            }
        }
        Ok(Self { root: loaded.root, tickets })
    }

    pub(super) fn id(&self, ticket: usize) -> Option<TaskId> {
        self.tickets.get(ticket)?.id.clone()
    }
}

/// The items of the list under `key`, and whether each is reached through an alias or a merge.
fn items(node: &Node, key: &str, aliased: bool) -> impl Iterator<Item = (Rc<Node>, bool)> {
    let list = lookup(node, key);
    let aliased = aliased || list.is_some_and(Node::is_alias) || !has_own(node, key);
    let items = list.and_then(Node::items).unwrap_or_default().to_vec();
    items.into_iter().map(move |item| {
        let through = aliased || item.is_alias();
        (item, through)
    })
}

fn has_own(node: &Node, key: &str) -> bool {
    let Kind::Mapping(entries, _) = &node.resolved().kind else { return false };
    entries.iter().any(|entry| entry.key.scalar().is_some_and(|scalar| scalar.text == key))
}
