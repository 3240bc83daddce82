//! What has to change in which ticket.

use std::collections::{BTreeMap, HashMap};

use go_bus_api::{TaskId, TaskState};

use super::document::{Document, Field, Place, Value};
use super::{SkipReason, Skipped, TicketUpdate};

/// A field of a ticket, by the ticket's number in the file.
pub(super) type Target = (usize, Field);

/// The values that fields shall have; none is null. What is not in it keeps its value.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted(BTreeMap<Target, Option<String>>);

impl Wanted {
    /// What `updates` ask for and the document doesn't have yet, and those that can't be had.
    pub(super) fn new(document: &Document, updates: &[TicketUpdate]) -> (Self, Vec<Skipped>) {
        let mut numbers: HashMap<&TaskId, Vec<usize>> = HashMap::new();
        for (number, ticket) in document.tickets.iter().enumerate() {
            if let Some(id) = &ticket.id {
                numbers.entry(id).or_default().push(number);
            }
        }
        let (mut wanted, mut skipped) = (Self::default(), Vec::new());
        for update in updates.iter().filter(|update| !update.is_empty()) {
            match find(document, numbers.get(&update.id)) {
                Ok((number, ticket)) => wanted.add(number, ticket, update),
                Err(reason) => skipped.push(Skipped { id: update.id.clone(), reason }),
            }
        }
        (wanted, skipped)
    }

    /// Later updates win over earlier ones; what a ticket has already is not wanted.
    fn add(&mut self, number: usize, ticket: &Place, update: &TicketUpdate) {
        for field in Field::ALL {
            let value = match field {
                Field::Status => update.status.map(|status| status.as_str().to_owned()),
                Field::Result => update.result.as_ref().map(ToString::to_string),
                Field::Sprint => update.sprint.as_ref().map(ToString::to_string),
            };
            let Some(value) = value else { continue };
            if has(ticket, field, &value) {
                self.0.remove(&(number, field));
            } else {
                self.0.insert((number, field), Some(value));
            }
        }
    }

    /// Gives fields that an edit would change by the way their old value as their own.
    pub(super) fn keep(&mut self, drifted: Vec<(Target, Option<String>)>) {
        self.0.extend(drifted);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, target: Target) -> Option<&Option<String>> {
        self.0.get(&target)
    }

    /// Each ticket's wishes by themselves.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, Self)> {
        let mut each: BTreeMap<usize, Self> = BTreeMap::new();
        for (target, value) in &self.0 {
            each.entry(target.0).or_default().0.insert(*target, value.clone());
        }
        each.into_iter()
    }
}

fn has(ticket: &Place, field: Field, value: &str) -> bool {
    match ticket.value(field) {
        Value::Text(text) => text == value,
        Value::Absent => field == Field::Status && value == TaskState::default().as_str(),
        Value::Other => false,
    }
}

fn find<'d>(document: &'d Document, numbers: Option<&Vec<usize>>) -> Result<(usize, &'d Place), SkipReason> {
    let number = match numbers.map(Vec::as_slice) {
        None | Some([]) => return Err(SkipReason::Unknown),
        Some([number]) => *number,
        Some(_) => return Err(SkipReason::Ambiguous),
    };
    let ticket = document.tickets.get(number).ok_or(SkipReason::Unknown)?;
    if ticket.aliased { Err(SkipReason::Aliased) } else { Ok((number, ticket)) }
}
