//! Every choice of a tick.

use std::collections::BTreeSet;

use go_bus_api::{CloseSprint, HostState, Role, SprintId, TaskId, Timestamp};
use go_bus_client::World;
use go_plan::reconcile::PlanChange;
use go_spawn::{stranded, surplus, vacancies};
use go_sprint::improvement::{Shortfall, shortfall};
use go_sprint::{Assignment, closing, dispatch, joiners, opening};

use crate::accounts;
use crate::action::Action;
use crate::delegation;
use crate::integration;
use crate::memory::Memory;
use crate::pinned;
use crate::plan_view::PlanView;
use crate::policy::Policy;
use crate::rotation;
use crate::seats::Seats;

/// What is to be done now: the plan's changes, spawns for vacant seats, ends of orchestrators that are not wanted any more, sprints
/// that end and begin, and assignments, but of nothing that the plan is about to hold or cancel. It looks at the whole state and at nothing else, so whatever a predecessor left half done is simply what is
/// missing. The same input gives the same actions, each about another thing.
pub fn plan(policy: &Policy, world: &World, view: &PlanView, memory: &Memory, now: Timestamp) -> Vec<Action> {
    let changes = view.changes(world);
    let stays: BTreeSet<&TaskId> = changes.iter().filter_map(is_to_stay).collect();
    let mut actions = accounts::actions(policy.accounts.as_deref(), world);
    let seats = Seats::new(policy, world, view, memory, now);
    actions.extend(seats.spawns());
    let rotations = rotation::actions(&policy.handbook, &seats, world, now);
    let is_rotated = |action: &Action| rotations.iter().any(|other| other.key() == action.key());
    actions.extend(seats.changes().filter(|action| !is_rotated(action)));
    actions.extend(rotations);
    actions.extend(delegation::actions(world, now));
    actions.extend(pinned::actions(world, now));
    let ends = surplus(world).into_iter().chain(stranded(world, now));
    actions.extend(ends.map(|agent| agent.id.clone()).collect::<BTreeSet<_>>().into_iter().map(Action::End));
    let may_start = |action: &Action| !matches!(action, Action::Assign { task, .. } if stays.contains(task));
    actions.extend(rhythm(policy, world, view, memory, now).into_iter().filter(may_start));
    actions.extend(integration::actions(&policy.integration, world, &actions));
    if changes.is_empty() && !actions.iter().any(brings_work) {
        actions.extend(improvements(policy, world, memory, now));
    }
    memory.activation.gate(world, changes.into_iter().map(Action::Change).chain(actions).collect())
}

/// The task that `change` takes out of the work, where it does: it must not start while that is still on its way.
fn is_to_stay(change: &PlanChange) -> Option<&TaskId> {
    match change {
        PlanChange::CancelTask(task) => Some(task),
        PlanChange::PatchTask(task, patch) => patch.state.is_some().then_some(task),
        _ => None,
    }
}

/// Sprints that end and begin, tickets that join one, and assignments (R27, R29).
fn rhythm(policy: &Policy, world: &World, view: &PlanView, memory: &Memory, now: Timestamp) -> Vec<Action> {
    let dispatched = dispatch(world, &policy.limits, view.dispatch(), &memory.turns, now);
    let is_heard = |(sprint, _): &(SprintId, CloseSprint)| !has_word_for_nobody(world, sprint, now);
    let ends = closing(world, now).into_iter().filter(is_heard);
    let mut actions: Vec<Action> =
        ends.map(|(sprint, close)| Action::CloseSprint { sprint, close: Box::new(close) }).collect();
    // What joins a sprint starts once it has joined: a ticket whose place was refused must not start outside of any.
    let joins = joiners(world, now);
    let has_place = |given: &Assignment| joins.iter().all(|(task, _)| *task != given.task);
    let assignments: Vec<_> = dispatched.assignments.iter().filter(|given| has_place(given)).cloned().collect();
    actions.extend(joins.into_iter().map(|(task, sprint)| Action::JoinSprint { task, sprint }));
    actions.extend(opening(world, &policy.rhythm, &dispatched, view.dispatch(), now).map(Action::OpenSprint));
    let given = assignments.into_iter().chain(go_sprint::delegation(world, now));
    actions.extend(given.filter_map(|given| assign(world, given)));
    actions
}

/// Whether the IO of somebody who is logged in is yet to come: the word of a sprint's end waits for it, at most to the end of the window (R28).
fn has_word_for_nobody(world: &World, sprint: &SprintId, now: Timestamp) -> bool {
    let is_within = world.sprint(sprint).is_some_and(|sprint| now < sprint.ends_at);
    let can_come = || world.hosts().any(|host| host.state == HostState::Active);
    is_within && can_come() && vacancies(world).iter().any(|seat| seat.role() == Role::Io)
}

fn assign(world: &World, given: Assignment) -> Option<Action> {
    let task = world.task(&given.task)?;
    let (project, attempt) = (task.project.clone(), task.attempt);
    Some(Action::Assign { task: given.task, attempt, project, assignee: given.assignee })
}

/// Whether `action` makes work that can start with the next tick.
fn brings_work(action: &Action) -> bool {
    matches!(action, Action::Create(_) | Action::OpenSprint(_) | Action::JoinSprint { .. } | Action::Assign { .. })
}

/// Improvements where fewer than `agents.min` work and nothing else can start, or the alert that there can't be any (R29).
fn improvements(policy: &Policy, world: &World, memory: &Memory, now: Timestamp) -> Vec<Action> {
    let Some(short) = below_min(policy, world, memory, now) else { return Vec::new() };
    let alert = short.alert(world, &policy.improvement.settings, now).map(Box::new).map(Action::Raise);
    short.make.into_iter().map(Box::new).map(Action::Create).chain(alert).collect()
}

/// What is short of `agents.min`; nothing while activation holds everything back.
fn below_min(policy: &Policy, world: &World, memory: &Memory, now: Timestamp) -> Option<Shortfall> {
    let is_wanted = policy.improvement.settings.enabled && memory.activation.is_over(world);
    is_wanted.then(|| shortfall(world, &policy.improvement, &policy.limits, now))?
}

/// When to look again though nothing happens: the end of a task's backoff, of a seat's, of a rotation's or M0's time, of a sprint's window, or of a rest of improvement
/// work.
pub(crate) fn next_wake(policy: &Policy, world: &World, memory: &Memory, now: Timestamp) -> Option<Timestamp> {
    let seats = vacancies(world).into_iter().filter_map(|who| memory.seats.not_before(&who, now));
    let short = below_min(policy, world, memory, now);
    let improvement = short.and_then(|short| short.next_wake(world, &policy.improvement.settings, now));
    let rotation = go_spawn::next_rotation(world, &policy.handbook.rotation, now);
    let delegation = go_sprint::next_deadline(world, now);
    let pinned = go_sprint::next_look(world, now);
    let fleet = seats.chain(rotation).chain(delegation).chain(pinned);
    go_sprint::next_wake(world, now).into_iter().chain(fleet).chain(improvement).min()
}

#[cfg(test)]
mod stranded;
#[cfg(test)]
mod tests;
