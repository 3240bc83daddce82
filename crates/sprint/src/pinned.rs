//! Pushes that wait for a host which is gone: they go to another one where that has what they land, else people are told.
//!
//! A delivery whose commit is on the upstream too lands from any host: the push to the upstream is the landing, it is never forced, and what
//! has landed before is known by its trailers. One that only its own host has must wait for that.

use std::time::Duration;

use go_bus_api::{
    AlertLevel, AlertState, Host, HostId, HostState, NewAlert, Task, TaskId, TaskKind, TaskState, Text, Timestamp,
};
use go_bus_client::World;
use go_rules::alerts::waits_for_host;
use go_rules::placement::{self, Load};

/// How long a host may be without its launcher before what waits for it goes elsewhere, or people are told: longer than a machine starts.
const AWAY: Duration = Duration::from_secs(10 * 60);

/// Why a host takes no push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absence {
    /// Its launcher is gone.
    Away { since: Timestamp },
    /// It finishes what it has; somebody has decided so.
    Draining,
    /// It is not used, or not on the Bus at all.
    Unused,
}

/// The landings that go to another host now, each with that host.
pub fn moves(world: &World, now: Timestamp) -> Vec<(TaskId, HostId)> {
    let due = waiting(world).filter(|(_, absence)| lasts(*absence, now).is_none());
    due.filter_map(|(push, _)| Some((push.id.clone(), elsewhere(world, push)?.id.clone()))).collect()
}

/// What people have to be told of pushes that can go nowhere else, where they were not told yet.
pub fn stranded(world: &World, now: Timestamp) -> Vec<NewAlert> {
    let is_long = |absence| absence != Absence::Draining && lasts(absence, now).is_none();
    let due = waiting(world).filter(|(push, absence)| is_long(*absence) && elsewhere(world, push).is_none());
    due.filter(|(push, absence)| !was_told(world, push, *absence))
        .map(|(push, absence)| alert(world, push, absence))
        .collect()
}

/// When one of them has waited long enough, after `now`.
pub fn next_look(world: &World, now: Timestamp) -> Option<Timestamp> {
    waiting(world).filter_map(|(_, absence)| lasts(absence, now)).min()
}

/// What becomes of `push`, which waits for its host, or what has to be done; `None` where it does not.
pub fn pinned_in_words(world: &World, push: &Task, now: Timestamp) -> Option<String> {
    let absence = absence(world, push)?;
    match (elsewhere(world, push), lasts(absence, now)) {
        (Some(host), None) => Some(format!("it moves to {} with the next tick", host.id)),
        (Some(host), Some(then)) => Some(format!("it moves to {} at {then}", host.id)),
        (None, _) => Some(advice(world, push, absence)),
    }
}

/// The pushes that wait for a host which takes none.
fn waiting(world: &World) -> impl Iterator<Item = (&Task, Absence)> {
    let pushes =
        world.unblocked_others().filter(|task| task.kind == TaskKind::Push && task.state == TaskState::Pending);
    pushes.filter_map(|push| Some((push, absence(world, push)?)))
}

fn absence(world: &World, push: &Task) -> Option<Absence> {
    let Some(host) = world.host(push.host.as_ref()?) else { return Some(Absence::Unused) };
    match host.state {
        HostState::Inactive => Some(Absence::Unused),
        HostState::Draining => Some(Absence::Draining),
        HostState::Active if host.launcher.is_some() => None,
        HostState::Active => {
            let since = host.last_heartbeat.map_or(push.created_at, |heard| heard.max(push.created_at));
            Some(Absence::Away { since })
        }
    }
}

/// Until when its host may yet come back; `None` where that is over.
fn lasts(absence: Absence, now: Timestamp) -> Option<Timestamp> {
    match absence {
        Absence::Away { since } => Some(since.after(AWAY)).filter(|then| *then > now),
        Absence::Draining | Absence::Unused => None,
    }
}

/// The host that can land it instead: the freest that is there, where the upstream has what it lands.
fn elsewhere<'a>(world: &'a World, push: &Task) -> Option<&'a Host> {
    world.task(push.lands.as_ref()?)?.landing.as_ref().filter(|landing| landing.pushed)?;
    let is_there = |host: &&Host| host.launcher.is_some() && Some(&host.id) != push.host.as_ref();
    let open: Vec<&Host> = placement::open(world.hosts()).into_iter().filter(is_there).collect();
    let anywhere = Task { host: None, ..push.clone() };
    let load = Load::of(world.agents_with_task(), []);
    let fits = |host: &&&Host| placement::check(host, &anywhere).is_ok();
    placement::choose(&open, &anywhere, &load).or_else(|| open.iter().find(fits).copied())
}

/// Whether people know of this very absence.
fn was_told(world: &World, push: &Task, absence: Absence) -> bool {
    let told = world.alert_with_key(waits_for_host(&push.id).as_str());
    told.is_some_and(|alert| match absence {
        Absence::Away { since } => alert.state == AlertState::Open || alert.raised_at >= since,
        Absence::Draining | Absence::Unused => true,
    })
}

fn alert(world: &World, push: &Task, absence: Absence) -> NewAlert {
    let what =
        push.lands.as_ref().map_or_else(|| format!("{} can't start", push.id), |ticket| format!("{ticket} can't land"));
    let host = push.host.as_ref().map_or_else(String::new, ToString::to_string);
    let why = match absence {
        Absence::Away { since } => format!("host {host} is away since {since}"),
        Absence::Draining => format!("host {host} takes nothing new"),
        Absence::Unused => format!("host {host} is not used any more"),
    };
    NewAlert {
        level: AlertLevel::L4,
        title: Text::clipped(&format!("{what}: {why}")),
        detail: Text::clipped(&advice(world, push, absence)),
        project: Some(push.project.clone()),
        dedupe_key: Some(waits_for_host(&push.id)),
    }
}

/// What has to be done where nothing goes on by itself.
fn advice(world: &World, push: &Task, absence: Absence) -> String {
    let host = push.host.as_ref().map_or_else(String::new, ToString::to_string);
    let back = match absence {
        Absence::Away { .. } => format!("start `go launcher --host {host}` on that machine"),
        Absence::Draining | Absence::Unused => format!("`go resume {host}`"),
    };
    let Some(ticket) = &push.lands else { return format!("{back}, or `go task cancel {}`", push.id) };
    let landing = world.task(ticket).and_then(|task| task.landing.as_ref());
    if landing.is_some_and(|landing| landing.pushed) {
        return format!(
            "the upstream has its commit and no other host is there: {back}, or start another host's launcher"
        );
    }
    format!(
        "its commit is on {host} alone: {back}; or, where that is gone for good, `go task hold {ticket}` and then `go task retry {ticket}` have \
         it built again"
    )
}

#[cfg(test)]
mod tests;
