//! Context rotation (R26): which orchestrator is asked to hand over, and when its successor is spawned.
//!
//! Everything is told by the World: that one was asked, by the message to it; that it has answered, by its message to `000`; that it is
//! succeeded, by its successor. So whoever leads goes on where the last one was.

use std::time::Duration;

use go_bus_api::{Agent, AgentId, Message, NewMessage, Role, Text, Timestamp};
use go_bus_client::World;
use go_rules::uniqueness::Seat;

use crate::vacancies::wanted;
use crate::{Orchestrator, Rotation};

/// How long one that was asked to hand over has for its answer.
pub const HANDOFF_TIME: Duration = Duration::from_secs(60);

/// How long the successor of one that was rotated is left alone, however full its context: what fills a fresh one at once would fill the next one
/// too.
pub const LEAST_LIFE: Duration = Duration::from_secs(600);

/// What a rotation needs next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RotationStep<'a> {
    /// Its context is full: it has to be asked to hand over.
    Ask(&'a Agent),
    /// It was asked, and has answered or had its time: its successor is due.
    Succeed(&'a Agent),
    /// It is full though it was spawned a moment ago to be fresh: it works on, and somebody has to know.
    TooSoon(&'a Agent),
    /// Its writer is succeeded, so this handoff has served.
    Served(&'a Message),
}

/// The steps that are due at `now`: at most one for each orchestrator and each handoff. None for a seat that is not wanted any more: who sits
/// there ends without a successor.
pub fn rotations<'a>(world: &'a World, rotation: &Rotation, now: Timestamp) -> Vec<RotationStep<'a>> {
    let full = full(world, rotation).into_iter();
    full.filter_map(|agent| step(world, agent, now)).chain(served(world)).collect()
}

/// When to look again though nothing happens: the end of the time that an answer has, or of a successor's least life.
pub fn next_rotation(world: &World, rotation: &Rotation, now: Timestamp) -> Option<Timestamp> {
    let due = |agent| match step(world, agent, now) {
        None => world.asked_to_rotate(&agent.id).and_then(|asked| end_of(asked.sent_at, HANDOFF_TIME, now)),
        Some(RotationStep::TooSoon(agent)) => end_of(agent.spawned_at, LEAST_LIFE, now),
        Some(_) => None,
    };
    full(world, rotation).into_iter().filter_map(due).min()
}

/// What is said to an orchestrator whose context is full.
pub fn rotation_notice(agent: &Agent) -> NewMessage {
    let percent = agent.context_used.map_or(0.0, |used| (used.get() * 100.0).round());
    let body = format!(
        "Send a message of kind {} to {}: what is under way, what you know that the Bus does not, what comes next. Then acknowledge this one. \
         Your successor is spawned with it, at the latest in {} s, and takes over your tasks with their attempts.",
        Message::HANDOFF,
        AgentId::go(),
        HANDOFF_TIME.as_secs()
    );
    NewMessage {
        to: agent.id.clone(),
        subject: Text::clipped(&format!("your context is {percent} % full: hand over")),
        body: Text::clipped(&body),
        kind: Some(Text::clipped(Message::ROTATION)),
        actor: None,
    }
}

/// The last handoff that one who sat on `seat` has left for whoever follows.
pub(crate) fn left_for<'a>(world: &'a World, seat: &Seat) -> Option<&'a Message> {
    let here =
        |message: &&Message| writer(world, message).and_then(Orchestrator::of).is_some_and(|who| who.seat() == *seat);
    handoffs(world).filter(here).max_by_key(|message| (message.sent_at, &message.id))
}

/// The live orchestrators with a full context that are wanted and have no successor yet.
fn full<'a>(world: &'a World, rotation: &Rotation) -> Vec<&'a Agent> {
    let is_full =
        |agent: &&Agent| agent.state.is_live() && agent.context_used.is_some_and(|used| rotation.is_due(used));
    let mut full: Vec<_> = on_seats(world).filter(is_full).collect();
    if full.is_empty() {
        return full;
    }
    let wanted = wanted(world);
    let is_wanted = |agent: &Agent| Orchestrator::of(agent).is_some_and(|who| wanted.contains(&who));
    let has_heir = |agent: &Agent| on_seats(world).any(|heir| heir.replaces.as_ref() == Some(&agent.id));
    full.retain(|agent| is_wanted(agent) && !has_heir(agent));
    full
}

fn on_seats(world: &World) -> impl Iterator<Item = &Agent> {
    [Role::Ho, Role::Po, Role::Io].into_iter().flat_map(|role| world.agents_of(role))
}

fn step<'a>(world: &'a World, agent: &'a Agent, now: Timestamp) -> Option<RotationStep<'a>> {
    if agent.replaces.is_some() && end_of(agent.spawned_at, LEAST_LIFE, now).is_some() {
        return Some(RotationStep::TooSoon(agent));
    }
    let Some(asked) = world.asked_to_rotate(&agent.id) else { return Some(RotationStep::Ask(agent)) };
    let has_answered =
        || handoffs(world).any(|message| is_from(message, &agent.id) && message.sent_at >= asked.sent_at);
    let is_over = end_of(asked.sent_at, HANDOFF_TIME, now).is_none();
    (is_over || has_answered()).then_some(RotationStep::Succeed(agent))
}

/// When what began at `began` and takes `time` is over, where that is after `now`. What another clock has put too far ahead is over.
fn end_of(began: Timestamp, time: Duration, now: Timestamp) -> Option<Timestamp> {
    let is_ours = began <= now.after(time);
    Some(began.after(time)).filter(|end| is_ours && *end > now)
}

/// The handoffs whose writers are not live any more, on seats that somebody has taken since.
fn served(world: &World) -> impl Iterator<Item = RotationStep<'_>> {
    let has_served = |message: &&Message| match writer(world, message) {
        // Past: many have sat there since.
        None => message.from.is_some(),
        Some(agent) => {
            let seat = Orchestrator::of(agent).map(|who| who.seat());
            !agent.state.is_live() && seat.is_none_or(|seat| world.live_in(&seat).is_some())
        }
    };
    handoffs(world).filter(has_served).map(RotationStep::Served)
}

/// The handoffs that GO has not taken note of.
fn handoffs(world: &World) -> impl Iterator<Item = &Message> {
    world.messages_to(&AgentId::go()).filter(|message| message.is_about(Message::HANDOFF))
}

fn writer<'a>(world: &'a World, message: &Message) -> Option<&'a Agent> {
    message.from.as_ref().and_then(|from| world.agent(from))
}

fn is_from(message: &Message, agent: &AgentId) -> bool {
    message.from.as_ref() == Some(agent)
}

#[cfg(test)]
mod tests;
