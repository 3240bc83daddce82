//! What could be made, project by project, and why there is not more.

use std::collections::VecDeque;

use go_bus_api::{Category, NewTask, Priority, Project, ProjectState, Role, TaskKind, Text, Timestamp, Usd};
use go_bus_client::World;

use super::history::History;
use super::naming::Stem;
use super::{
    Finding, ImprovementPolicy, ImprovementSettings, ImprovementSource, Obstacle, Subject, can_be_built, rest,
};

/// The findings that may become tasks.
pub(super) struct Candidates<'a> {
    world: &'a World,
    settings: &'a ImprovementSettings,
    history: &'a History,
    queues: Vec<Queue<'a>>,
    /// Why there are no more.
    pub(super) obstacles: Vec<Obstacle>,
}

/// Those of a project.
struct Queue<'a> {
    project: &'a Project,
    /// How many of its improvements are open, with those just taken.
    open: usize,
    findings: VecDeque<Finding>,
}

impl<'a> Candidates<'a> {
    /// What the sources find in the active projects.
    pub(super) fn of(world: &'a World, policy: &'a ImprovementPolicy, history: &'a History, now: Timestamp) -> Self {
        let settings = &policy.settings;
        let mut candidates = Self { world, settings, history, queues: Vec::new(), obstacles: Vec::new() };
        for project in world.projects().filter(|project| project.state == ProjectState::Active) {
            candidates.ask(project, policy, now);
        }
        if candidates.queues.is_empty() && candidates.obstacles.is_empty() {
            candidates.obstacles.push(Obstacle::NoProject);
        }
        candidates
    }

    /// Asks each source about `project`.
    fn ask(&mut self, project: &'a Project, policy: &ImprovementPolicy, now: Timestamp) {
        if project.budget_usd == Some(Usd::ZERO) {
            return self.obstacles.push(Obstacle::Budget(project.id.clone()));
        }
        let subject = Subject { world: self.world, project, driver: project.driver.unwrap_or(self.settings.driver) };
        let found: Vec<Finding> = policy.sources.iter().flat_map(|source| source.findings(&subject)).collect();
        let before = self.obstacles.len();
        let mut findings: VecDeque<Finding> = VecDeque::new();
        for finding in found {
            let stem = Stem::of(&project.id, &finding);
            let is_new = findings.iter().all(|other| Stem::of(&project.id, other) != stem);
            if is_new && self.is_wanted(&finding, &subject) && self.may_be_made(&finding, &stem, project, now) {
                findings.push_back(finding);
            }
        }
        if findings.is_empty() && self.obstacles.len() == before {
            self.obstacles.push(nothing_found(&policy.sources, &subject));
        }
        self.queues.push(Queue { project, open: self.history.open_in(&project.id), findings });
    }

    fn is_wanted(&self, finding: &Finding, subject: &Subject<'_>) -> bool {
        self.settings.kinds.contains(&finding.kind) && finding.is_verifiable() && can_be_built(finding, subject.driver)
    }

    /// Whether none of it is open, it is not mended, and neither it nor its kind rests.
    fn may_be_made(&mut self, finding: &Finding, stem: &Stem, project: &Project, now: Timestamp) -> bool {
        let (history, kind) = (self.history, finding.kind);
        let mended = history.mended_at(stem);
        if history.is_open(stem) || mended.is_some() && !finding.recurs {
            return false;
        }
        let again = mended.and_then(|at| rest::until(at, 1, now));
        let Some(until) = history.rests_until(&project.id, kind, now).max(again) else { return true };
        let resting = Obstacle::Resting { project: project.id.clone(), kind, until };
        if !self.obstacles.contains(&resting) {
            self.obstacles.push(resting);
        }
        false
    }

    /// The task for the next finding: of the project with the fewest open, of those of the most urgent one.
    pub(super) fn next(&mut self) -> Option<NewTask> {
        let order = |queue: &&mut Queue<'a>| (queue.open, queue.project.priority, queue.project.id.clone());
        let queue = self.queues.iter_mut().filter(|queue| !queue.findings.is_empty()).min_by_key(order)?;
        let finding = queue.findings.pop_front()?;
        queue.open = queue.open.saturating_add(1);
        let stem = Stem::of(&queue.project.id, &finding);
        let from = self.history.count(&stem).saturating_add(1);
        let mut ids = (from..).map_while(|number| stem.numbered(number));
        let id = ids.find(|id| self.world.task_state(id).is_none())?;
        let mut task = task(finding, queue.project, self.settings);
        task.id = Some(id);
        Some(task)
    }
}

/// Why the sources have nothing that could be made.
fn nothing_found(sources: &[std::sync::Arc<dyn ImprovementSource>], subject: &Subject<'_>) -> Obstacle {
    let project = subject.project.id.clone();
    let lacks: Option<Vec<String>> = sources.iter().map(|source| source.lacks(subject)).collect();
    match lacks {
        Some(mut what) if !what.is_empty() => {
            what.dedup();
            Obstacle::Lacks { project, what }
        }
        _ => Obstacle::NothingFound(project),
    }
}

fn task(finding: Finding, project: &Project, settings: &ImprovementSettings) -> NewTask {
    let Finding { kind, title, description, run, verify, .. } = finding;
    NewTask {
        kind: TaskKind::Improvement,
        category: Some(Category::Chore),
        description,
        priority: Priority::P3,
        // What fails rests, rather than fail twice more.
        max_attempts: 1,
        labels: vec![Text::clipped("improvement"), Text::clipped(kind.as_str())],
        // An agent that has to find out by itself what is wrong is no cheap one.
        role: run.is_none().then_some(Role::Specialist),
        run,
        verify,
        idle_ms: settings.idle,
        deadline_ms: settings.deadline,
        ..NewTask::ticket(project.id.clone(), title)
    }
}
