//! Who is given the next slot of those that have something ready.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use go_bus_api::{Project, ProjectId, Task, TaskState};
use go_bus_client::World;
use go_rules::placement;

use crate::policy::{DispatchPolicy, Share};
use crate::turns::Turns;

/// What a project has ready, each in order.
#[derive(Debug)]
struct Claim<'a> {
    share: Share<'a>,
    urgent: VecDeque<&'a Task>,
    usual: VecDeque<&'a Task>,
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
            let line = if policy.is_urgent(project, task) { &mut claim.urgent } else { &mut claim.usual };
            line.push_back(task);
        }
        for line in claims.values_mut().flat_map(|claim| [&mut claim.urgent, &mut claim.usual]) {
            line.make_contiguous().sort_by(|a, b| policy.tasks(a, b));
        }
        Self { claims, policy }
    }

    /// The next task, taken out, with its project: what is urgent first unless it is the others' turn; of the project that the policy puts
    /// first, of equals that whose turn it is, of those the first by id.
    pub(crate) fn next(&mut self, turns: &Turns) -> Option<(&'a Project, &'a Task)> {
        let urgent = !turns.is_others_turn() || self.claims.values().all(|claim| claim.usual.is_empty());
        self.pop(turns, urgent).or_else(|| self.pop(turns, !urgent))
    }

    fn pop(&mut self, turns: &Turns, urgent: bool) -> Option<(&'a Project, &'a Task)> {
        let policy = self.policy;
        let order = |a: &&mut Claim<'a>, b: &&mut Claim<'a>| -> Ordering {
            let place = |claim: &Claim<'_>| turns.place(&claim.share.project.id);
            policy.projects(&a.share, &b.share).then_with(|| place(a).cmp(&place(b)))
        };
        let waiting = self.claims.values_mut().filter(|claim| claim.has(urgent));
        let claim = waiting.min_by(order)?;
        Some((claim.share.project, claim.line(urgent).pop_front()?))
    }

    /// Notes that `project` was given a slot.
    pub(crate) fn give(&mut self, project: &ProjectId) {
        if let Some(claim) = self.claims.get_mut(project) {
            claim.share.running = claim.share.running.saturating_add(1);
        }
    }

    /// Leaves only work without a slot: the rest has to wait for one.
    pub(crate) fn retain_slotless(&mut self) {
        for line in self.claims.values_mut().flat_map(|claim| [&mut claim.urgent, &mut claim.usual]) {
            line.retain(|task| !placement::takes_slot(task));
        }
    }
}

impl<'a> Claim<'a> {
    fn has(&self, urgent: bool) -> bool {
        !if urgent { &self.urgent } else { &self.usual }.is_empty()
    }

    fn line(&mut self, urgent: bool) -> &mut VecDeque<&'a Task> {
        if urgent { &mut self.urgent } else { &mut self.usual }
    }
}

fn claim<'a>(world: &World, project: &'a Project) -> Claim<'a> {
    let running = world.count_of(&project.id, TaskState::InProgress);
    Claim { share: Share { project, running }, urgent: VecDeque::new(), usual: VecDeque::new() }
}
