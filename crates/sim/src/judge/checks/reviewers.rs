//! A reviewer is a fresh agent, and never the builder.

use go_bus_api::{Role, TaskId};

use super::{Check, Findings};
use crate::judge::{Decision, Deed, Fact, FactNo, Invariant, Picture, What};

/// Who judged what.
#[derive(Debug)]
pub(super) struct Reviewers;

impl Check for Reviewers {
    fn see(&mut self, _: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        let What::Committed(commit) = &fact.what else { return };
        if let (Deed::Review(task), Decision::Done(_)) = (&commit.deed, &commit.outcome) {
            judged(&commit.actor, task, before, found);
        }
    }
}

fn judged(actor: &str, task: &TaskId, before: &Picture, found: &mut Findings) {
    let reviewer = before.agents.values().chain(before.ended.values()).find(|agent| agent.id.as_str() == actor);
    let fresh = reviewer.is_some_and(|agent| agent.role == Role::Reviewer);
    let built = before.tasks.get(task).is_some_and(|task| task.builders.iter().any(|id| id.as_str() == actor));
    if !fresh || built {
        let role = reviewer.map_or("nobody known", |agent| agent.role.as_str());
        let words = format!("{actor}, a {role}{}, judged {task}", if built { " that built it" } else { "" });
        found.wrong(Invariant::FreshReviewer, None, words);
    }
}
