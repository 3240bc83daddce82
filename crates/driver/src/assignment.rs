//! What a driver is told, and what it answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use go_bus_api::{Agent, ExitReport, Project, Review, Task, Text};

/// Everything a driver may build its command from.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// The agent to run.
    pub agent: &'a Agent,
    /// The task it builds or reviews.
    pub task: Option<&'a Task>,
    /// The delivered task, where `task` is its review.
    pub reviewed: Option<&'a Task>,
    /// The project it works for.
    pub project: Option<&'a Project>,
    /// The file that holds its prompt.
    pub prompt_file: &'a Path,
}

/// Who says that the agent lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beats {
    /// The agent itself.
    Agent,
    /// Its shim: a plain command knows nothing of the Bus.
    Shim,
}

/// What to start for an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The folder it runs in, and its verifications after it.
    pub folder: PathBuf,
    /// Variables beyond the allow-list and the `XIO_…` ones.
    pub env: BTreeMap<String, String>,
    /// Commands for the shell that all exit 0 when the work is well done.
    pub verify: Vec<Text<4096>>,
    /// Who says that it lives.
    pub beats: Beats,
    /// Whether the end's reading bears the verdict of a review, which the shim posts.
    pub posts_verdict: bool,
}

/// How a command ended that nobody stopped and no limit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandEnd {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The end of its output, at most 4 KiB.
    pub tail: String,
}

/// What an end means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Code, signal and the words to keep; the shim adds the verifications.
    pub report: ExitReport,
    /// A reviewer's verdict.
    pub verdict: Option<Review>,
}
