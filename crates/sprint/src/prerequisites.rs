//! What has to hold before a task may start, slots and caps aside.

use std::collections::HashSet;

use go_bus_api::{DriverKind, HostState, ProjectState, Provider, Task, TaskId, TaskKind, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::accounts::{self, Room};
use go_rules::backoff::paused_until;
use go_rules::placement::{self, Unfit};

use crate::answerer::{Answerer, answerer};
use crate::delegation::{hold_up, m0_for};
use crate::landing::{mends, queue};
use crate::reason::Reason;

/// Everything that `task` waits for, slots and caps aside; empty where nothing is in the way.
pub(crate) fn missing(world: &World, task: &Task, now: Timestamp) -> Vec<Reason> {
    let mut reasons = missing_by_itself(world, task, now);
    reasons.extend(queue(world, task, |other| missing_by_itself(world, other, now)));
    reasons
}

/// The same but for the order in which deliveries land.
fn missing_by_itself(world: &World, task: &Task, now: Timestamp) -> Vec<Reason> {
    let mut reasons = Vec::new();
    dependencies(world, task, &mut reasons);
    own_state(task, &mut reasons);
    if task.kind == TaskKind::Push
        && let Some(red) = world.unproven_run().filter(|_| !mends(task))
    {
        let stops = if task.lands.is_some() { Reason::LandingStops } else { Reason::IntegrationRed };
        reasons.push(stops(red.id.clone()));
    }
    if let Some(until) = paused_until(task, now) {
        reasons.push(Reason::Backoff { until });
    }
    project(world, task, &mut reasons);
    match m0_for(world, task) {
        Some(m0) => reasons.extend(hold_up(world, m0)),
        None => {
            accounts_rest(world, task, now, &mut reasons);
            host(world, task, &mut reasons);
        }
    }
    match answerer(world, task) {
        Answerer::Agent(_) => {}
        Answerer::Vacant(seat) => reasons.push(Reason::NoOrchestrator(seat)),
        Answerer::NoHost if reasons.contains(&Reason::NoHost) => {}
        Answerer::NoHost => reasons.push(Reason::NoHost),
    }
    reasons
}

fn own_state(task: &Task, reasons: &mut Vec<Reason>) {
    match task.state {
        TaskState::Held => reasons.push(Reason::Held),
        // What it is blocked behind says more than the Bus's note.
        TaskState::Blocked if !reasons.iter().any(|reason| matches!(reason, Reason::Behind { .. })) => {
            reasons.push(Reason::Blocked(task.error.clone().unwrap_or_default()));
        }
        _ => {}
    }
}

fn dependencies(world: &World, task: &Task, reasons: &mut Vec<Reason>) {
    for id in &task.depends_on {
        match world.task_state(id) {
            None => reasons.push(Reason::UnknownDependency(id.clone())),
            Some(TaskState::Done) => {}
            Some(state) => reasons.push(match root_of_block(world, id) {
                Some((root, state)) => Reason::Behind { task: root.clone(), state },
                None => Reason::Dependency { task: id.clone(), state },
            }),
        }
    }
}

/// The failed or cancelled task that `task` is, or is blocked behind.
fn root_of_block<'a>(world: &'a World, id: &'a TaskId) -> Option<(&'a TaskId, TaskState)> {
    let mut seen: HashSet<&TaskId> = HashSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        match world.task_state(id) {
            Some(state @ (TaskState::Failed | TaskState::Cancelled)) => return Some((id, state)),
            Some(TaskState::Blocked) if seen.insert(id) => {
                open.extend(world.task(id).into_iter().flat_map(|task| &task.depends_on));
            }
            _ => {}
        }
    }
    None
}

fn project(world: &World, task: &Task, reasons: &mut Vec<Reason>) {
    match world.project(&task.project) {
        None => reasons.push(Reason::UnknownProject(task.project.clone())),
        Some(project) if project.state != ProjectState::Active => {
            reasons.push(Reason::Project { project: project.id.clone(), state: project.state });
        }
        Some(_) => {}
    }
}

/// Whether nobody could be spawned for it, as all the accounts that its driver runs on rest. Where a project names no driver whoever spawns
/// knows which one it is.
fn accounts_rest(world: &World, task: &Task, now: Timestamp, reasons: &mut Vec<Reason>) {
    if world.accounts().len() == 0 {
        return;
    }
    let driver = accounts::driver_of(task, world.project(&task.project), DriverKind::default());
    let room = accounts::room(accounts::serving(world.accounts(), driver), now);
    if let (Some(Room::From(until)), Some(provider)) = (room, Provider::of(driver)) {
        reasons.push(Reason::AccountsRest { provider, until });
    }
}

/// What is wrong with every host that the task may run on.
fn host(world: &World, task: &Task, reasons: &mut Vec<Reason>) {
    let open = placement::open(world.hosts());
    if open.iter().any(|host| placement::check(host, task).is_ok()) {
        return;
    }
    if let Some(named) = &task.host {
        match world.host(named) {
            None => return reasons.push(Reason::UnknownHost(named.clone())),
            Some(host) if host.state != HostState::Active => {
                return reasons.push(Reason::Host { host: named.clone(), state: host.state });
            }
            Some(_) => {}
        }
    }
    let mut lacks = None;
    for host in world.hosts() {
        match placement::check(host, task) {
            // A host would do if only its launcher were there.
            Ok(()) => return reasons.push(task.host.clone().map_or(Reason::NoHost, Reason::HostAway)),
            Err(Unfit::Lacks(name)) => lacks = Some(name),
            Err(Unfit::OtherHost | Unfit::NotActive(_)) => {}
        }
    }
    reasons.push(lacks.map_or(Reason::NoHost, Reason::Capability));
}
