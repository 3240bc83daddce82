//! The rules that a fleet goes by: the right ones, and each broken in one place.

use std::cmp::Ordering;

use go_bus_api::{Project, Task};

use crate::policy::{DispatchPolicy, SeedDispatch, Share};

/// What is wrong with the order, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrongOrder {
    Nothing,
    /// A project's priority comes before what it runs.
    StrictPriority,
    /// Nothing goes before anybody's turn, and priorities count for nothing.
    NothingIsUrgent,
}

/// When the next sprint may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// As it is decided.
    AsDecided,
    /// Only where none is under way.
    AfterTheLast,
}

/// What a fleet goes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) order: WrongOrder,
    pub(super) begin: Begin,
    pub(super) knows_cap: bool,
    /// Whether it forgets after each step whose turn it is.
    pub(super) forgets_turns: bool,
}

impl Rules {
    /// The right ones.
    pub(super) fn right() -> Self {
        Self { order: WrongOrder::Nothing, begin: Begin::AsDecided, knows_cap: true, forgets_turns: false }
    }
}

impl DispatchPolicy for Rules {
    fn projects(&self, a: &Share<'_>, b: &Share<'_>) -> Ordering {
        let right = SeedDispatch::default().projects(a, b);
        match self.order {
            WrongOrder::StrictPriority => a.project.priority.cmp(&b.project.priority).then(right),
            WrongOrder::Nothing | WrongOrder::NothingIsUrgent => right,
        }
    }

    fn tasks(&self, a: &Task, b: &Task) -> Ordering {
        match self.order {
            WrongOrder::NothingIsUrgent => a.id.cmp(&b.id),
            WrongOrder::Nothing | WrongOrder::StrictPriority => SeedDispatch::default().tasks(a, b),
        }
    }

    fn is_urgent(&self, project: &Project, task: &Task) -> bool {
        self.order != WrongOrder::NothingIsUrgent && SeedDispatch::default().is_urgent(project, task)
    }
}
