//! What a sprint begins with: as much as the fleet does in a window, shared among the projects, related within each.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use go_bus_api::{ProjectId, Task, TaskId, TaskState, Timestamp};
use go_bus_client::World;

use crate::dispatch::Dispatched;
use crate::enrolment::awaits_sprint;
use crate::estimate::estimate;
use crate::policy::{DispatchPolicy, Share};
use crate::pool::Pool;
use crate::prerequisites::missing;
use crate::reason::Reason;
use crate::rhythm::Rhythm;
use crate::turns::Turns;

/// A batch that is being put together.
#[derive(Debug)]
pub(crate) struct Batch<'a, 'p> {
    world: &'a World,
    policy: &'p dyn DispatchPolicy,
    now: Timestamp,
    turns: Turns,
    /// The most tickets it takes.
    most: usize,
    /// A ticket for each free slot is taken whatever it is thought to take.
    room: usize,
    slots: u32,
    longest: Duration,
    tickets: Vec<&'a Task>,
    work: Duration,
    /// When each is thought to be done, counted from the beginning, were there slots for all.
    done_after: HashMap<&'a TaskId, Duration>,
    pools: BTreeMap<&'a ProjectId, Pool<'a, 'p>>,
}

impl<'a, 'p> Batch<'a, 'p> {
    /// An empty one for a fleet that has this much left.
    pub(crate) fn new(
        world: &'a World,
        rhythm: &Rhythm,
        dispatched: &Dispatched<'_>,
        policy: &'p dyn DispatchPolicy,
        now: Timestamp,
    ) -> Self {
        let (left, slots) = (&dispatched.left, dispatched.left.slots());
        Self {
            world,
            policy,
            now,
            turns: dispatched.turns.clone(),
            most: rhythm.most_tickets(slots),
            room: left.room(),
            slots: u32::try_from(slots).unwrap_or(u32::MAX).max(1),
            longest: rhythm.window(Duration::MAX),
            tickets: Vec::new(),
            work: Duration::ZERO,
            done_after: HashMap::new(),
            pools: BTreeMap::new(),
        }
    }

    /// Puts `task` into it, and has those that it alone held up at hand.
    pub(crate) fn put(&mut self, task: &'a Task) {
        self.done_after.insert(&task.id, self.done_after(task));
        self.tickets.push(task);
        self.work = self.work.saturating_add(estimate(task));
        if let Some(pool) = self.pool(&task.project) {
            pool.took(task);
        }
        let world = self.world;
        for dependent in world.dependents(&task.id) {
            if self.is_next_in_chain(dependent)
                && let Some(pool) = self.pool(&dependent.project)
            {
                pool.add_to_chain(dependent);
            }
        }
    }

    /// Fills it from what is `waiting`, as far as its bounds go.
    pub(crate) fn fill(&mut self, waiting: impl Iterator<Item = &'a Task>) {
        for task in waiting {
            if let Some(pool) = self.pool(&task.project) {
                pool.add(task);
            }
        }
        while self.tickets.len() < self.most {
            let Some(task) = self.next() else { return };
            if self.tickets.len() >= self.room && self.is_too_much(task) {
                return;
            }
            self.put(task);
        }
    }

    /// The next ticket, taken out of its pool: projects share the batch as they share slots.
    fn next(&mut self) -> Option<&'a Task> {
        let (world, policy, now) = (self.world, self.policy, self.now);
        self.pools.values_mut().for_each(|pool| pool.look(world, now));
        let others = self.turns.is_others_turn();
        let share = |pool: &Pool<'a, 'p>| Share { project: pool.project, running: pool.running };
        let place =
            |pool: &Pool<'a, 'p>| (pool.is_urgent() == others, self.turns.place(&pool.project.id, pool.is_urgent()));
        let (pool, task) = self.pools.values_mut().filter_map(|pool| pool.best().map(|task| (pool, task))).min_by(
            |(a, _), (b, _)| {
                let ((a_later, a_turn), (b_later, b_turn)) = (place(a), place(b));
                a_later
                    .cmp(&b_later)
                    .then_with(|| policy.projects(&share(a), &share(b)))
                    .then_with(|| a_turn.cmp(&b_turn))
            },
        )?;
        pool.drop_best();
        pool.running = pool.running.saturating_add(1);
        self.turns.note(pool.project, task);
        Some(task)
    }

    /// Whether `task` is more than the fleet does within the longest window.
    fn is_too_much(&self, task: &Task) -> bool {
        self.work.saturating_add(estimate(task)) > self.longest.saturating_mul(self.slots)
    }

    /// Whether `task` can be done in this sprint after what the batch has: it waits for nothing else, and the window is long enough.
    fn is_next_in_chain(&self, task: &Task) -> bool {
        let is_after = |reason: Reason| match reason {
            Reason::Dependency { task, .. } => self.done_after.contains_key(&task),
            _ => false,
        };
        task.state.is_assignable()
            && !self.has(task)
            && awaits_sprint(self.world, task, self.now)
            && missing(self.world, task, self.now).into_iter().all(is_after)
            && self.done_after(task) <= self.longest
    }

    fn done_after(&self, task: &Task) -> Duration {
        let before = task.depends_on.iter().filter_map(|id| self.done_after.get(id)).max().copied();
        before.unwrap_or_default().saturating_add(estimate(task))
    }

    /// The pool of a project; `None` where the Bus does not have it.
    fn pool(&mut self, project: &ProjectId) -> Option<&mut Pool<'a, 'p>> {
        let project = self.world.project(project)?;
        let running = || self.world.count_of(&project.id, TaskState::InProgress);
        Some(self.pools.entry(&project.id).or_insert_with(|| Pool::new(project, running(), self.policy)))
    }

    /// Whether it has `task`.
    pub(crate) fn has(&self, task: &Task) -> bool {
        self.done_after.contains_key(&task.id)
    }

    /// Whether it has one of this kind.
    pub(crate) fn has_any(&self, meant: impl Fn(&Task) -> bool) -> bool {
        self.tickets.iter().any(|task| task.state.is_assignable() && meant(task))
    }

    /// Its tickets, in the order in which they were chosen.
    pub(crate) fn ids(&self) -> Vec<TaskId> {
        self.tickets.iter().map(|task| task.id.clone()).collect()
    }

    /// How long it is thought to take: its longest chain, or all of its work on all slots where that is more.
    pub(crate) fn length(&self) -> Duration {
        let longest = self.done_after.values().max().copied().unwrap_or_default();
        longest.max(self.work / self.slots)
    }
}
