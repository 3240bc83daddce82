//! Who is given the next slot of those that have something ready.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use go_bus_api::{Project, ProjectId, Task, TaskKind, TaskState};
use go_bus_client::World;
use go_rules::placement;

use crate::policy::{DispatchPolicy, Share};
use crate::turns::Turns;

/// How soon something has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Before what is not, unless it is the others' turn: what is urgent, and what only has to land.
    Urgent,
    /// In its turn.
    Usual,
    /// When nothing else is ready in any project: improvements (R29).
    Spare,
}

impl Line {
    fn of(task: &Task, project: &Project, policy: &dyn DispatchPolicy) -> Self {
        match task.kind {
            TaskKind::Improvement => Self::Spare,
            _ if task.lands.is_some() => Self::Urgent,
            _ if policy.is_urgent(project, task) => Self::Urgent,
            _ => Self::Usual,
        }
    }
}

/// Who is next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Next<'a> {
    pub(crate) project: &'a Project,
    pub(crate) task: &'a Task,
    pub(crate) line: Line,
}

/// What a project has ready, each in order.
#[derive(Debug)]
struct Claim<'a> {
    share: Share<'a>,
    urgent: VecDeque<&'a Task>,
    usual: VecDeque<&'a Task>,
    spare: VecDeque<&'a Task>,
}

/// All that is ready, by project.
#[derive(Debug)]
pub(crate) struct Contest<'a, 'p> {
    claims: BTreeMap<&'a ProjectId, Claim<'a>>,
    policy: &'p dyn DispatchPolicy,
}

impl<'a, 'p> Contest<'a, 'p> {
    /// A contest of what is `ready`; what belongs to no known project takes no part.
    pub(crate) fn new(world: &'a World, policy: &'p dyn DispatchPolicy, ready: impl Iterator<Item = &'a Task>) -> Self {
        let mut claims: BTreeMap<&ProjectId, Claim<'a>> = BTreeMap::new();
        for task in ready {
            let Some(project) = world.project(&task.project) else { continue };
            let claim = claims.entry(&project.id).or_insert_with(|| claim(world, project));
            claim.line(Line::of(task, project, policy)).push_back(task);
        }
        for line in claims.values_mut().flat_map(Claim::lines) {
            line.make_contiguous().sort_by(|a, b| policy.tasks(a, b));
        }
        Self { claims, policy }
    }

    /// The next task, taken out: what is urgent first unless it is the others' turn, what is spare last; of the project that the policy
    /// puts first, of equals that whose turn it is, of those the first by id.
    pub(crate) fn next(&mut self, turns: &Turns) -> Option<Next<'a>> {
        let lines = match turns.is_others_turn() {
            true => [Line::Usual, Line::Urgent, Line::Spare],
            false => [Line::Urgent, Line::Usual, Line::Spare],
        };
        lines.into_iter().find_map(|line| self.pop(turns, line))
    }

    fn pop(&mut self, turns: &Turns, line: Line) -> Option<Next<'a>> {
        let policy = self.policy;
        let order = |a: &&mut Claim<'a>, b: &&mut Claim<'a>| -> Ordering {
            let place = |claim: &Claim<'_>| turns.place(&claim.share.project.id, line == Line::Urgent);
            policy.projects(&a.share, &b.share).then_with(|| place(a).cmp(&place(b)))
        };
        let waiting = self.claims.values_mut().filter_map(|claim| (!claim.line(line).is_empty()).then_some(claim));
        let claim = waiting.min_by(order)?;
        Some(Next { project: claim.share.project, task: claim.line(line).pop_front()?, line })
    }

    /// Notes that `project` was given a slot.
    pub(crate) fn give(&mut self, project: &ProjectId) {
        if let Some(claim) = self.claims.get_mut(project) {
            claim.share.running = claim.share.running.saturating_add(1);
        }
    }

    /// Leaves only work without a slot: the rest has to wait for one.
    pub(crate) fn retain_slotless(&mut self) {
        for line in self.claims.values_mut().flat_map(Claim::lines) {
            line.retain(|task| !placement::takes_slot(task));
        }
    }
}

impl<'a> Claim<'a> {
    fn line(&mut self, line: Line) -> &mut VecDeque<&'a Task> {
        match line {
            Line::Urgent => &mut self.urgent,
            Line::Usual => &mut self.usual,
            Line::Spare => &mut self.spare,
        }
    }

    fn lines(&mut self) -> [&mut VecDeque<&'a Task>; 3] {
        [&mut self.urgent, &mut self.usual, &mut self.spare]
    }
}

fn claim<'a>(world: &World, project: &'a Project) -> Claim<'a> {
    let running = world.count_of(&project.id, TaskState::InProgress);
    Claim { share: Share { project, running }, urgent: VecDeque::new(), usual: VecDeque::new(), spare: VecDeque::new() }
}
