//! A new ticket in the text: at the end of its project's list, written as its neighbours are, every other byte as it was.
//!
//! `written` says how a ticket is put into words, `place` where it can stand. Each place is tried, and the outcome read again: only
//! a text that is the plan before and the ticket leaves this module.

mod place;
#[cfg(test)]
mod tests;
mod written;

use std::rc::Rc;

use go_bus_api::{ProjectId, TaskId};

use super::splice::{self, Splice};
use crate::yaml::{self, Node, lookup};
use crate::{Diagnostic, Plan, Ticket};
use written::Written;

/// Why a ticket can't be added; the text is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InsertError {
    /// The plan has mistakes of its own. Their file's name is empty.
    #[error("the plan has {} of its own: {}", mistakes(.0.len()), first(.0))]
    Unsound(Vec<Diagnostic>),
    /// There is no such project in the plan.
    #[error("the plan has no project {0}")]
    UnknownProject(ProjectId),
    /// There is a ticket of this id already.
    #[error("the plan has a ticket {0} already")]
    Exists(TaskId),
    /// The ticket would be a mistake in this plan, such as one that depends on an unknown one.
    #[error("the ticket can't be as it is: {}", .0.join("; "))]
    Mistaken(Vec<String>),
    /// The project's list has no place for one more without changing something else.
    #[error("project {0} is written in a way that takes no new ticket safely, such as by an alias")]
    NoPlace(ProjectId),
}

fn mistakes(count: usize) -> String {
    if count == 1 { "a mistake".to_owned() } else { format!("{count} mistakes") }
}

fn first(mistakes: &[Diagnostic]) -> String {
    mistakes.first().map(|first| format!("line {}: {}", first.line, first.message)).unwrap_or_default()
}

/// The text with `ticket` as the last one of `project`.
///
/// # Errors
/// [`InsertError`]; also where the text is no plan without mistakes before.
pub fn insert_ticket(text: &str, project: &ProjectId, ticket: &Ticket) -> Result<String, InsertError> {
    let before = Plan::parse("", text).map_err(InsertError::Unsound)?;
    if before.ticket(&ticket.id).is_some() {
        return Err(InsertError::Exists(ticket.id.clone()));
    }
    let mut wanted = before;
    let unknown = || InsertError::UnknownProject(project.clone());
    let list = &mut wanted.projects.iter_mut().find(|known| known.id == *project).ok_or_else(unknown)?.tickets;
    list.push(ticket.clone());
    let node = project_node(text, project).ok_or_else(unknown)?;
    let mut mistaken = None;
    for splices in place::places(text, &node, &Written::new(ticket)) {
        match attempt(text, splices, ticket, &wanted) {
            Attempt::Fits(text) => return Ok(text),
            Attempt::Mistaken(messages) => mistaken = mistaken.or(Some(messages)),
            Attempt::Spoils => {}
        }
    }
    Err(mistaken.map_or_else(|| InsertError::NoPlace(project.clone()), InsertError::Mistaken))
}

/// What came of one place.
enum Attempt {
    /// The new text is the plan before and the ticket.
    Fits(String),
    /// The ticket stands where it should, and the plan has mistakes because of it.
    Mistaken(Vec<String>),
    /// The place is none.
    Spoils,
}

fn attempt(text: &str, splices: Vec<Splice>, ticket: &Ticket, wanted: &Plan) -> Attempt {
    let Some(after) = splice::apply(text, splices) else { return Attempt::Spoils };
    match Plan::parse("", &after) {
        Ok(plan) if plan == *wanted => Attempt::Fits(after),
        Ok(_) => Attempt::Spoils,
        Err(mistakes) => {
            let count = |text: &str| super::Document::load(text).map_or(0, |document| document.tickets.len());
            let stands = super::Document::load(&after)
                .is_ok_and(|document| document.tickets.iter().any(|place| place.id.as_ref() == Some(&ticket.id)));
            if stands && count(&after) == count(text).saturating_add(1) {
                Attempt::Mistaken(mistakes.into_iter().map(|mistake| mistake.message).collect())
            } else {
                Attempt::Spoils
            }
        }
    }
}

fn project_node(text: &str, project: &ProjectId) -> Option<Rc<Node>> {
    let root = yaml::load(text).ok()?.root?;
    let is_it =
        |node: &&Rc<Node>| lookup(node, "id").and_then(Node::scalar).is_some_and(|id| id.text == project.as_str());
    lookup(&root, "projects")?.items()?.iter().find(is_it).cloned()
}
