//! Whether fewer than `agents.min` work, what stands in the way of more, and what is made against it.

use std::fmt;

use go_bus_api::{NewTask, TaskId, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::placement;

use super::candidates::Candidates;
use super::history::History;
use super::{ImprovementPolicy, ImprovementSettings, Obstacle};
use crate::capacity::Capacity;
use crate::limits::Limits;
use crate::prerequisites::missing;
use crate::reason::Reason;

/// Fewer than `agents.min` work.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortfall {
    /// How many work: agents with a task, and tasks whose builder is still to be spawned.
    pub working: usize,
    /// `agents.min`.
    pub min: u32,
    /// The improvements to be made now.
    pub make: Vec<NewTask>,
    /// What stands in the way of more.
    pub obstacles: Vec<Obstacle>,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of at least {} work", self.working, self.min)?;
        for (index, obstacle) in self.obstacles.iter().enumerate() {
            write!(f, "{}{obstacle}", if index == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

/// How far below `agents.min` the fleet is at `now`; `None` where it is not. Improvements are made only where nothing else can start and there
/// is room, within `max_open`, `per_day` and the budgets. The same input gives the same answer, and once its tasks are made it makes none of
/// them again.
pub fn shortfall(world: &World, policy: &ImprovementPolicy, limits: &Limits, now: Timestamp) -> Option<Shortfall> {
    let capacity = Capacity::of(world, limits);
    let (working, min) = (capacity.at_work(), policy.settings.min);
    let lacking = (min as usize).checked_sub(working).filter(|lacking| *lacking > 0)?;
    let mut short = Shortfall { working, min, make: Vec::new(), obstacles: Vec::new() };
    let first = capacity.why_no_room().map(Obstacle::NoRoom);
    if let Some(obstacle) = first.or_else(|| about_to_start(world, now).map(Obstacle::AboutToStart)) {
        short.obstacles.push(obstacle);
        return Some(short);
    }
    if let Some(rest) = accounts_rest(world, now) {
        short.obstacles.push(Obstacle::NoRoom(rest));
        return Some(short);
    }
    short.obstacles.extend(waited_for(world).map(Obstacle::WaitsFor));
    short.fill(world, policy, lacking.min(capacity.room()), now);
    Some(short)
}

impl Shortfall {
    /// Makes up to `wanted` improvements, and notes what stands in the way of as many.
    fn fill(&mut self, world: &World, policy: &ImprovementPolicy, wanted: usize, now: Timestamp) {
        if !policy.settings.enabled {
            return self.obstacles.push(Obstacle::Off);
        }
        let history = History::of(world);
        let left = self.left(&policy.settings, &history, now);
        if left == 0 {
            return;
        }
        let mut candidates = Candidates::of(world, policy, &history, now);
        self.make = std::iter::from_fn(|| candidates.next()).take(wanted.min(left)).collect();
        if self.make.len() < wanted.min(left) {
            self.obstacles.extend(candidates.obstacles);
        }
    }

    /// How many more the limits allow.
    fn left(&mut self, settings: &ImprovementSettings, history: &History, now: Timestamp) -> usize {
        let (open, made) = (history.open(), history.made_within_a_day(now));
        let (max_open, per_day) = (settings.max_open, settings.per_day);
        if open >= max_open as usize {
            self.obstacles.push(Obstacle::MaxOpen { open, max: max_open });
        }
        if made >= per_day as usize {
            self.obstacles.push(Obstacle::PerDay { made, max: per_day });
        }
        (max_open as usize).saturating_sub(open).min((per_day as usize).saturating_sub(made))
    }
}

/// The first task that takes a slot and either can start now, or waits for nothing but what passes by itself.
fn about_to_start(world: &World, now: Timestamp) -> Option<TaskId> {
    let mut waiting = world.unblocked_tasks().filter(|task| placement::takes_slot(task));
    waiting.find(|task| missing(world, task, now).iter().all(Reason::passes_soon)).map(|task| task.id.clone())
}

/// Why tickets wait whose accounts all rest: work that needs the same ones would wait with them.
fn accounts_rest(world: &World, now: Timestamp) -> Option<Reason> {
    if world.accounts().len() == 0 {
        return None;
    }
    let mut waiting = world.unblocked_tasks().filter(|task| placement::takes_slot(task));
    waiting.find_map(|task| match missing(world, task, now).as_slice() {
        [rest @ Reason::AccountsRest { .. }] => Some(rest.clone()),
        _ => None,
    })
}

/// The first task under way that others depend on: its end brings work.
fn waited_for(world: &World) -> Option<TaskId> {
    let under_way = [TaskState::InProgress, TaskState::InReview].into_iter().flat_map(|state| world.tasks_in(state));
    let mut waited = under_way.filter(|task| world.dependents(&task.id).any(|other| other.state == TaskState::Pending));
    waited.next().map(|task| task.id.clone())
}
