//! The extension point.

use go_bus_api::{Deliverable, ExitReport, Task};

use crate::{Brief, Delivery};

/// Decides what is reviewed, and how.
///
/// *Flow*: an HO or PO asks [`Self::deliverable`] when a builder has succeeded and sends the answer with `/complete`; where it is
/// significant the Bus makes a review task, and its assignee asks [`Self::brief`] for the reviewer's prompt.
/// *Guarantees to keep*: the same answer for the same task, so that a completion repeated after a crash is the same one; no IO and
/// no blocking; a review itself is never significant, or reviews would breed reviews.
/// *Assumptions*: the exit has been judged a success before. *Errors*: none; a policy that can't tell has the work reviewed.
/// *Crash semantics*: none; a policy has no state.
pub trait ReviewPolicy: std::fmt::Debug + Send + Sync {
    /// Whether what this task delivers is looked at by a fresh agent.
    fn is_significant(&self, task: &Task) -> bool;

    /// What the completion of this task hands over; `None` where there is nothing to name.
    fn deliverable(&self, task: &Task, exit: &ExitReport) -> Option<Deliverable>;

    /// What the reviewer of a delivery is told.
    fn brief(&self, delivery: &Delivery<'_>) -> Brief;
}
