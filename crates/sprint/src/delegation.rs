//! What is M0's to do (R9): tickets that ask for what no host offers and the Mac does.
//!
//! A Mac sleeps. One that was never heard of, or fell silent, gets nothing new: its tickets wait and say so. One that falls silent at work
//! has until the attempt's deadline to wake up.

use std::time::Duration;

use go_bus_api::{Agent, AgentId, AlertLevel, HostState, NewAlert, Task, TaskId, TaskKind, TaskState, Text, Timestamp};
use go_bus_client::World;
use go_rules::placement;

use crate::dispatch::Assignment;
use crate::prerequisites::missing;
use crate::reason::Reason;

/// What M0 offers where it does not say (R9).
pub const OFFERED: [&str; 3] = ["browser", "obsidian", "gpu"];

/// How long an attempt of M0's may take where its task has no deadline: the usual `agents.timeout`.
pub const USUAL_DEADLINE: Duration = Duration::from_secs(2 * 3600);

/// M0, where `task` is for it: it names no host, no active host offers all that it asks for, and M0 does. A host whose launcher is
/// away for a moment still offers what it offers.
pub(crate) fn m0_for<'a>(world: &'a World, task: &Task) -> Option<&'a Agent> {
    let may_be = matches!(task.kind, TaskKind::Ticket | TaskKind::Improvement | TaskKind::Delegation);
    if !may_be || task.capabilities.is_empty() || task.host.is_some() {
        return None;
    }
    let m0 = world.agent(&AgentId::m0()).filter(|m0| task.capabilities.iter().all(|wanted| offers(m0, wanted)))?;
    let mut active = world.hosts().filter(|host| host.state == HostState::Active);
    (!active.any(|host| placement::check(host, task).is_ok())).then_some(m0)
}

fn offers(m0: &Agent, capability: &Text<64>) -> bool {
    match m0.capabilities.as_slice() {
        [] => OFFERED.contains(&capability.as_str()),
        own => own.contains(capability),
    }
}

/// Why `m0` takes no further task now: it sleeps, or has one in hand. It has one screen, and its deadlines run from the start signal.
pub(crate) fn hold_up(world: &World, m0: &Agent) -> Option<Reason> {
    if is_away(m0) {
        return Some(Reason::M0Away { since: m0.last_heartbeat });
    }
    in_hand(world).next().map(|task| Reason::M0Busy(task.id.clone()))
}

/// Whether nothing is heard of it: not yet, or not any more.
fn is_away(m0: &Agent) -> bool {
    m0.last_heartbeat.is_none() || !m0.state.is_live()
}

/// What M0 works on.
fn in_hand(world: &World) -> impl Iterator<Item = &Task> {
    let at_work = |task: &&Task| matches!(task.state, TaskState::InProgress | TaskState::Waiting);
    world.tasks_assigned_to(&AgentId::m0()).filter(at_work)
}

/// What waits for M0 as far as its state and what it depends on go, the most urgent first.
fn waiting(world: &World) -> Vec<&Task> {
    let mut tasks: Vec<&Task> = world.unblocked_asking().filter(|task| m0_for(world, task).is_some()).collect();
    tasks.sort_by_key(|task| (task.priority, task.created_at, &task.id));
    tasks
}

/// What M0 is given now: one task at most.
pub fn delegation(world: &World, now: Timestamp) -> Option<Assignment> {
    let ready = waiting(world).into_iter().find(|task| missing(world, task, now).is_empty())?;
    Some(Assignment { task: ready.id.clone(), assignee: AgentId::m0(), host: None })
}

/// The tasks that M0 has had in hand for longer than they may take.
pub fn overdue(world: &World, now: Timestamp) -> Vec<&Task> {
    in_hand(world).filter(|task| deadline(task).is_some_and(|deadline| deadline <= now)).collect()
}

/// When the first of M0's attempts has to be at its end, after `now`.
pub fn next_deadline(world: &World, now: Timestamp) -> Option<Timestamp> {
    in_hand(world).filter_map(deadline).filter(|deadline| *deadline > now).min()
}

fn deadline(task: &Task) -> Option<Timestamp> {
    let limit = task.deadline_ms.map_or(USUAL_DEADLINE, |limit| limit.duration());
    task.assigned_at.map(|at| at.after(limit))
}

/// What C0 has to know while something waits for nothing but M0 and nothing is heard of it. Its key is that of this one silence.
pub fn m0_is_missed(world: &World, now: Timestamp) -> Option<NewAlert> {
    let m0 = world.agent(&AgentId::m0()).filter(|m0| is_away(m0))?;
    let waits_for_it_alone = |task: &&Task| matches!(missing(world, task, now).as_slice(), [Reason::M0Away { .. }]);
    let ids: Vec<&TaskId> = waiting(world).into_iter().filter(waits_for_it_alone).map(|task| &task.id).collect();
    let first = ids.first()?;
    let more = ids.len().saturating_sub(1);
    let what = if more == 0 { format!("{first} waits") } else { format!("{first} and {more} more wait") };
    let away = Reason::M0Away { since: m0.last_heartbeat };
    let silence = m0.last_heartbeat.map_or_else(|| "never heard of".to_owned(), |since| since.to_string());
    Some(NewAlert {
        level: AlertLevel::L2,
        title: Text::clipped(&format!("{what} for M0")),
        detail: Text::clipped(&format!("{away}. Wake the Mac, or start `go agent m0` on it.")),
        project: None,
        dedupe_key: Some(Text::clipped(&format!("m0-away:{silence}"))),
    })
}

#[cfg(test)]
mod tests;
