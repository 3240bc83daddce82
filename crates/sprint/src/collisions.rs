//! Work that collides: who goes first, and who begins only once the other has landed.
//!
//! Whoever lands second has to merge, so it is better not to begin a further attempt beside one that is at work on the same lines. Nobody
//! waits for one that is not at work itself, so no two wait for each other.

use std::collections::HashSet;

use go_bus_api::{Collision, Task, TaskId, TaskState, Text, Timestamp};
use go_bus_client::World;
use go_rules::collisions::is_in_flight;

use crate::capacity::Capacity;
use crate::motion::moves_alone;
use crate::prerequisites::missing;
use crate::reason::Reason;

/// The tasks in flight that `task` collides with, each with where.
pub(crate) fn colliding<'a>(world: &'a World, task: &'a Task) -> impl Iterator<Item = (&'a Task, &'a Collision)> {
    let pairs = task.collides_with.iter().filter_map(|collision| Some((world.task(&collision.task)?, collision)));
    pairs.filter(|(other, _)| is_in_flight(other))
}

/// What `task` collides with, in words: `collides with T-2 (src/a.rs, src/b.rs)`; `None` where that is nothing.
pub fn collisions_in_words(world: &World, task: &Task) -> Option<String> {
    let words = |(other, collision): (&Task, &Collision)| {
        let files: Vec<&str> = collision.files.iter().map(Text::as_str).collect();
        format!("{} ({})", other.id, files.join(", "))
    };
    let all: Vec<String> = colliding(world, task).map(words).collect();
    (!all.is_empty()).then(|| format!("collides with {}", all.join(", ")))
}

/// Who is held back because its work collides with what is at work.
#[derive(Debug, Clone)]
pub(crate) struct Restraint<'a> {
    world: &'a World,
    now: Timestamp,
    is_ahead: fn(&World, &Task, Timestamp) -> bool,
    /// What was given the start signal just now.
    begun: HashSet<&'a TaskId>,
}

impl<'a> Restraint<'a> {
    /// As the fleet is now.
    pub(crate) fn of(world: &'a World, now: Timestamp) -> Self {
        Self { world, now, is_ahead, begun: HashSet::new() }
    }

    /// Notes that `task` is at work from now on.
    pub(crate) fn began(&mut self, task: &'a Task) {
        self.begun.insert(&task.id);
    }

    /// The task that is at work on the same lines as `task`, and that lands first.
    pub(crate) fn holds(&self, task: &'a Task) -> Option<&'a TaskId> {
        let is_first = |other: &Task| self.begun.contains(&other.id) || (self.is_ahead)(self.world, other, self.now);
        colliding(self.world, task).map(|(other, _)| other).find(|other| is_first(other)).map(|other| &other.id)
    }
}

/// Whether `other` is at work, or on its way from there to the branch, without anything in its way that may stay.
fn is_ahead(world: &World, other: &Task, now: Timestamp) -> bool {
    match other.state {
        TaskState::InProgress => true,
        TaskState::InReview => match world.landing_of(other).filter(|landing| landing.state != TaskState::InProgress) {
            Some(landing) => missing(world, landing, now).iter().all(Reason::passes_soon),
            None => moves_alone(world, other, now),
        },
        _ => false,
    }
}

/// The task that `task` waits for before it begins. What is urgent waits for nobody, nor does anything while fewer than `agents.min` work.
pub(crate) fn held_back_by<'a>(
    world: &'a World,
    left: &Capacity<'_>,
    task: &'a Task,
    is_urgent: bool,
    now: Timestamp,
) -> Option<&'a TaskId> {
    if is_urgent || !left.has_the_min() {
        return None;
    }
    Restraint::of(world, now).holds(task)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
