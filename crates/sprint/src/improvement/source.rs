//! Where findings come from.

use std::collections::BTreeMap;

use go_bus_api::{DriverKind, Project, ProjectId};
use go_bus_client::World;

use super::Finding;

/// Which project is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What the Bus has.
    pub world: &'a World,
    /// The project.
    pub project: &'a Project,
    /// What runs its agents.
    pub driver: DriverKind,
}

/// Tells what there is to improve in a project.
///
/// *Flow*: asked in a tick in which fewer than `agents.min` work and nothing else can start, once for each active project that may
/// get one more improvement. The first finding that is neither open, nor mended, nor resting becomes a task.
/// *Guarantees to keep*: the same answer for the same subject; no IO, so that a tick never waits (what has to be looked for outside is
/// looked for by the task itself, or told to the source from outside); each finding has a `verify` that fails as long as there is
/// something to improve and passes after; findings that differ have different fingerprints, and one keeps its own for as long as it lasts.
/// *Assumptions*: none on whether a finding is taken up, when, or how often it is asked.
/// *Errors*: none; a source that can't tell answers nothing, and says in [`Self::lacks`] what it needs.
/// *Crash semantics*: none; a source has no state that must survive. What was made of its findings is on the Bus.
pub trait ImprovementSource: std::fmt::Debug + Send + Sync {
    /// What there is to improve, the most useful first.
    fn findings(&self, subject: &Subject<'_>) -> Vec<Finding>;

    /// What a person has to give it before it can find anything in this project, as a phrase such as ``the setting `x` ``;
    /// `None` where it lacks nothing.
    fn lacks(&self, subject: &Subject<'_>) -> Option<String>;
}

/// Findings that somebody else has made: a scan's, or a test's.
#[derive(Debug, Clone, Default)]
pub struct KnownFindings(BTreeMap<ProjectId, Vec<Finding>>);

impl KnownFindings {
    /// Adds a finding in `project`.
    #[must_use]
    pub fn with(mut self, project: ProjectId, finding: Finding) -> Self {
        self.0.entry(project).or_default().push(finding);
        self
    }
}

impl ImprovementSource for KnownFindings {
    fn findings(&self, subject: &Subject<'_>) -> Vec<Finding> {
        self.0.get(&subject.project.id).cloned().unwrap_or_default()
    }

    fn lacks(&self, _subject: &Subject<'_>) -> Option<String> {
        None
    }
}
