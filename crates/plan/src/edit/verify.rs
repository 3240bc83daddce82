//! The proof of an edit: the new text, read again, says what the old one said but for what was wanted.

use super::document::{Document, Field, Value};
use super::wanted::{Target, Wanted};
use crate::yaml::{Entry, Kind, Node};

/// Compares the documents before and after an edit. None where anything changed that is no field of a ticket, or a field is not
/// as wanted; else the fields that changed by the way, with the values they should have kept.
pub(super) fn compare(before: &Document, after: &Document, wanted: &Wanted) -> Option<Vec<(Target, Option<String>)>> {
    let same_rest = match (&before.root, &after.root) {
        (Some(before), Some(after)) => same(before, after, Level::Plan),
        (None, None) => true,
        _ => false,
    };
    if !same_rest || before.tickets.len() != after.tickets.len() {
        return None;
    }
    let mut drifted = Vec::new();
    for (number, (old, new)) in before.tickets.iter().zip(&after.tickets).enumerate() {
        for field in Field::ALL {
            let (old_value, new_value) = (old.value(field), new.value(field));
            match wanted.get((number, field)) {
                Some(value) if new_value == value.clone().map_or(Value::Absent, Value::Text) => {}
                Some(_) => return None,
                None if old_value == new_value => {}
                None if old.aliased => return None,
                None => drifted.push(((number, field), kept(old_value)?)),
            }
        }
    }
    Some(drifted)
}

/// How a value is kept as a ticket's own; none where it can't be.
fn kept(value: Value) -> Option<Option<String>> {
    match value {
        Value::Absent => Some(None),
        Value::Text(text) => Some(Some(text)),
        Value::Other => None,
    }
}

/// Where in a plan a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Plan,
    Projects,
    Project,
    Tickets,
    Ticket,
    Elsewhere,
}

impl Level {
    fn item(self) -> Self {
        match self {
            Self::Projects => Self::Project,
            Self::Tickets => Self::Ticket,
            _ => Self::Elsewhere,
        }
    }

    fn under(self, key: &str) -> Self {
        match (self, key) {
            (Self::Plan, "projects") => Self::Projects,
            (Self::Project, "tickets") => Self::Tickets,
            _ => Self::Elsewhere,
        }
    }
}

/// Whether two nodes are written with the same meaning, a ticket's own fields aside. Aliases are compared by their anchor.
fn same(before: &Node, after: &Node, level: Level) -> bool {
    if before.anchor != after.anchor {
        return false;
    }
    match (&before.kind, &after.kind) {
        (Kind::Scalar(before), Kind::Scalar(after)) => before.text == after.text && before.is_text() == after.is_text(),
        (Kind::Alias(before, _), Kind::Alias(after, _)) => before == after,
        (Kind::Sequence(before, _), Kind::Sequence(after, _)) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| same(before, after, level.item()))
        }
        (Kind::Mapping(before, _), Kind::Mapping(after, _)) => {
            let (before, after) = (compared(before, level), compared(after, level));
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| same_entry(before, after, level))
        }
        _ => false,
    }
}

fn same_entry(before: &Entry, after: &Entry, level: Level) -> bool {
    let under = before.key.scalar().map_or(Level::Elsewhere, |key| level.under(&key.text));
    same(&before.key, &after.key, Level::Elsewhere) && same(&before.value, &after.value, under)
}

/// The entries of a mapping that an edit may not touch.
fn compared(entries: &[Entry], level: Level) -> Vec<&Entry> {
    let is_field = |entry: &Entry| {
        level == Level::Ticket
            && entry.key.scalar().is_some_and(|key| Field::ALL.iter().any(|field| field.key() == key.text))
    };
    entries.iter().filter(|entry| !is_field(entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "x: [a]\nprojects: [{id: p, tickets: [{id: A, status: done, title: t}]}]";

    /// The drift between [`PLAN`] and the plan with `from` replaced by `to`.
    fn drift(from: &str, to: &str) -> Option<usize> {
        let (before, after) = (Document::load(PLAN).unwrap(), Document::load(&PLAN.replace(from, to)).unwrap());
        compare(&before, &after, &Wanted::default()).map(|drifted| drifted.len())
    }

    #[test]
    fn a_change_of_anything_else_is_found() {
        for (from, to) in [
            ("[a]", "[b]"),
            ("title: t", "title: u"),
            ("id: p", "id: q"),
            ("{id: A", "{x: 1, id: A"),
            ("[a]", "&a [a]"),
            (": t", ": !!str 1"),
        ] {
            assert_eq!(drift(from, to), None, "{from} became {to}");
        }
        assert_eq!(drift("title: t", "title: 't'"), None);
    }

    #[test]
    fn a_change_of_a_field_that_was_not_wanted_is_drift() {
        assert_eq!(drift("done", "failed"), Some(1));
        assert_eq!(drift("done,", "done, sprint: s,"), Some(1));
        assert_eq!(drift("[a]", "[a]"), Some(0));
    }
}
