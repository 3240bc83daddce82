//! What stands above `agents.min`, in a sentence for people.

use std::fmt;

use go_bus_api::{ProjectId, TaskId, Timestamp};

use super::ImprovementKind;
use crate::reason::Reason;

/// Why fewer than `agents.min` work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// A cap or the slots allow no more.
    NoRoom(Reason),
    /// This task can start, or will by itself.
    AboutToStart(TaskId),
    /// Others depend on this task, which is under way.
    WaitsFor(TaskId),
    /// No improvement work is to be made.
    Off,
    /// No project is active.
    NoProject,
    /// As many improvements are open as may be.
    MaxOpen {
        /// How many are.
        open: usize,
        /// `improvement.max_open`.
        max: u32,
    },
    /// As many were made within a day as may be.
    PerDay {
        /// How many were.
        made: usize,
        /// `improvement.per_day`.
        max: u32,
    },
    /// The project may cost nothing.
    Budget(ProjectId),
    /// Findings of this kind rest, as the last ones came to nothing, or were just mended.
    Resting {
        /// In this project.
        project: ProjectId,
        /// The kind.
        kind: ImprovementKind,
        /// Until then.
        until: Timestamp,
    },
    /// No source can find anything in the project.
    Lacks {
        /// The project.
        project: ProjectId,
        /// What each source lacks, as a phrase.
        what: Vec<String>,
    },
    /// The sources found nothing in the project, or only what is open or mended already.
    NothingFound(ProjectId),
}

impl Obstacle {
    /// Whether work is on its way all the same.
    pub fn passes_with_work(&self) -> bool {
        matches!(self, Self::AboutToStart(_) | Self::WaitsFor(_))
    }

    /// Whether a person has decided it so: a cap, no project to work on, or improvement switched off.
    pub fn is_as_decided(&self) -> bool {
        matches!(self, Self::NoRoom(_) | Self::Off | Self::NoProject)
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom(reason) => reason.fmt(f),
            Self::AboutToStart(task) => write!(f, "{task} starts by itself"),
            Self::WaitsFor(task) => write!(f, "others wait for {task}"),
            Self::Off => f.write_str("improvement work is switched off"),
            Self::NoProject => f.write_str("no project is active"),
            Self::MaxOpen { open, max } => write!(f, "limit improvement.max_open: {open} of {max} are open"),
            Self::PerDay { made, max } => {
                write!(f, "limit improvement.per_day: {made} of {max} were made within a day")
            }
            Self::Budget(project) => write!(f, "the budget of {project} is 0"),
            Self::Resting { project, kind, until } => write!(f, "{kind} of {project} rest until {until}"),
            Self::Lacks { project, what } => write!(f, "improvement of {project} lacks {}", what.join(" or ")),
            Self::NothingFound(project) => write!(f, "nothing to improve is known in {project}"),
        }
    }
}
