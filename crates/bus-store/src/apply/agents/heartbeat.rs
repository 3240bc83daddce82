//! `POST /agents/{id}/heartbeat`: the agent lives. A bare beat is no news and makes no event.

use go_bus_api::{Agent, AgentId, AgentState, EventKind, Heartbeat};

use super::super::Done;
use super::super::authority::{forbidden, launches, wrong_state};
use super::super::ctx::Ctx;
use super::super::seed;
use super::state;
use crate::Reject;

/// Notes that an agent lives, and its state and context where they changed.
pub(in crate::apply) fn heartbeat(ctx: &mut Ctx<'_>, id: &AgentId, beat: &Heartbeat) -> Result<Done, Reject> {
    let mut agent: Agent = ctx.need(id.as_str())?;
    if !(ctx.who.governs() || ctx.who.is_or_is_shim_of(id) || launches(ctx, &agent)?) {
        return Err(forbidden("an agent's heartbeat is its own, its shim's or its launcher's"));
    }
    if agent.state.is_ended() {
        return Err(wrong_state(format!("agent {id} has ended")));
    }
    let arrives = arrive(&mut agent);
    agent.last_heartbeat = Some(ctx.at);
    let stepped = step(&mut agent, beat.state)? || arrives;
    let filled = beat.context_used.is_some() && beat.context_used != agent.context_used;
    agent.context_used = beat.context_used.or(agent.context_used);
    let document = match (stepped, filled) {
        (true, _) => {
            let kind = state::event_of(agent.state);
            ctx.update(&mut agent, &kind)?
        }
        (false, true) => ctx.update(&mut agent, &EventKind::AgentUpdated)?,
        (false, false) => ctx.touch(&agent)?,
    };
    Ok(Done::updated(document))
}

/// Whether one that is there from the start is heard of for the first time, or again: nobody ever succeeds it, so its silence was a
/// sleep.
fn arrive(agent: &mut Agent) -> bool {
    let arrives = seed::is_fixed(&agent.id) && (agent.last_heartbeat.is_none() || agent.state == AgentState::Lost);
    if arrives {
        agent.state = AgentState::Ready;
    }
    arrives
}

/// Takes the state it names. One that was told to end, or is lost, need not know it yet: its beat counts, its state doesn't.
fn step(agent: &mut Agent, to: Option<AgentState>) -> Result<bool, Reject> {
    let Some(to) = to.filter(|to| *to != agent.state && agent.state.is_live()) else { return Ok(false) };
    state::check_report(agent, to)?;
    agent.state = to;
    Ok(true)
}
