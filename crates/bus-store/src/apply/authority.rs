//! Who asks, and under which epoch: fencing (architecture, idea 3).

use go_bus_api::{Agent, AgentId, Epoch, ProblemKind, Role, Text};
use go_rules::mutation::{Mutation, is_on};

use super::ctx::Ctx;
use super::seed;
use crate::{Action, Actor, Command, Lease, Reject};

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Who {
    actor: Actor,
    epoch: Option<Epoch>,
    name: Text<128>,
}

impl Who {
    pub(super) fn new(actor: Actor) -> Self {
        let name = Text::clipped(match &actor {
            Actor::Operator => "operator",
            Actor::Agent { id, .. } | Actor::Shim { agent: id } => id.as_str(),
            Actor::Bus => "bus",
        });
        Self { actor, epoch: None, name }
    }

    fn lead(&mut self, epoch: Epoch) {
        self.epoch = Some(epoch);
        self.name = Text::clipped(AgentId::go().as_str());
    }

    /// What events and audit entries call it: an agent's id, `operator` or `bus`; `000` under an epoch.
    pub(super) fn name(&self) -> &Text<128> {
        &self.name
    }

    /// The live epoch that the command was sent under.
    pub(super) fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// Whether it acts as GO.
    pub(super) fn is_leader(&self) -> bool {
        self.epoch.is_some()
    }

    /// Whether it is the operator's token, under an epoch or not.
    pub(super) fn is_operator(&self) -> bool {
        self.actor == Actor::Operator
    }

    /// Whether it is the Bus itself.
    pub(super) fn is_bus(&self) -> bool {
        self.actor == Actor::Bus
    }

    /// Whether it is the operator, GO under its lease, or the Bus.
    pub(super) fn governs(&self) -> bool {
        self.is_operator() || self.is_leader() || self.is_bus()
    }

    /// The agent whose own token it is.
    pub(super) fn own_agent(&self) -> Option<(&AgentId, Role)> {
        match &self.actor {
            Actor::Agent { id, role } => Some((id, *role)),
            _ => None,
        }
    }

    /// The agent whose shim it is.
    pub(super) fn shim_of(&self) -> Option<&AgentId> {
        match &self.actor {
            Actor::Shim { agent } => Some(agent),
            _ => None,
        }
    }

    /// The agent that acts: `000` under an epoch, else the token's; `None` for the operator and the Bus.
    pub(super) fn acting_agent(&self) -> Option<AgentId> {
        if self.is_leader() {
            return Some(AgentId::go());
        }
        self.own_agent().map(|(id, _)| id).or(self.shim_of()).cloned()
    }

    /// Whether it is `agent` itself, by its own token.
    pub(super) fn is(&self, agent: &AgentId) -> bool {
        self.own_agent().is_some_and(|(id, _)| id == agent)
    }

    /// Whether it is `agent` itself or its shim.
    pub(super) fn is_or_is_shim_of(&self, agent: &AgentId) -> bool {
        self.is(agent) || self.shim_of() == Some(agent)
    }
}

/// Checks who asks, and the epoch where one was sent: 412 where it is not the live lease's, 403 where the token is not the
/// one that acquired it.
pub(super) fn fence(ctx: &mut Ctx<'_>, command: &Command) -> Result<(), Reject> {
    must_be_alive(ctx)?;
    must_not_be_a_shim_s(ctx, command)?;
    let Some(sent) = command.epoch else { return Ok(()) };
    if is_on(Mutation::FenceOff) {
        ctx.who.lead(sent);
        return Ok(());
    }
    let lease = ctx.tx.lease()?;
    if lease.holder.is_none() || lease.epoch != sent {
        return Err(Reject::stale_epoch(sent, lease.epoch));
    }
    if !may_lead(&ctx.who, &lease) {
        return Err(not_leader(format!("epoch {sent} belongs to another token")));
    }
    ctx.who.lead(sent);
    Ok(())
}

/// Names the actor as [`fence`] would, without refusing: for the audit entry of a refusal.
pub(super) fn identify(ctx: &mut Ctx<'_>, command: &Command) -> Result<(), Reject> {
    let lease = ctx.tx.lease()?;
    match command.epoch {
        Some(sent) if lease.holder.is_some() && lease.epoch == sent && may_lead(&ctx.who, &lease) => {
            ctx.who.lead(sent);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn may_lead(who: &Who, lease: &Lease) -> bool {
    who.is_operator() || lease.agent.as_ref().is_some_and(|agent| who.is(agent))
}

/// A token that was good when the request came in may be void by now.
fn must_be_alive(ctx: &mut Ctx<'_>) -> Result<(), Reject> {
    let Some((id, _)) = ctx.who.own_agent() else { return Ok(()) };
    let id = id.clone();
    match ctx.load::<Agent>(id.as_str())? {
        Some(agent) if agent.state.is_live() || agent.state == go_bus_api::AgentState::Draining => Ok(()),
        // It slept, and this is the first that is heard of it.
        Some(agent) if !agent.state.is_ended() && seed::is_fixed(&agent.id) => Ok(()),
        _ => {
            Err(Reject::rule(ProblemKind::Unauthorized, format!("agent {id} has ended or is lost; its token is void")))
        }
    }
}

/// A shim's token is good for its agent's heartbeat, costs, exit and verdict only.
fn must_not_be_a_shim_s(ctx: &Ctx<'_>, command: &Command) -> Result<(), Reject> {
    let Some(agent) = ctx.who.shim_of() else { return Ok(()) };
    let good = match &command.action {
        Action::HeartbeatAgent(id, _) | Action::ReportExit(id, _) => id == agent,
        Action::RecordCost(cost) => cost.agent == *agent,
        Action::ReviewTask(..) | Action::PatchAccount(..) => true,
        _ => false,
    };
    if good {
        return Ok(());
    }
    Err(forbidden(format!("a shim's token is good for the heartbeat, costs, exit and verdict of {agent} only")))
}

/// Refuses what only GO may do, without its epoch.
pub(super) fn must_lead(ctx: &Ctx<'_>, what: &str) -> Result<Epoch, Reject> {
    ctx.who.epoch().ok_or_else(|| not_leader(format!("only GO may {what}, under its lease's epoch")))
}

/// Refuses whoever is neither the operator, GO under its lease, nor the Bus.
pub(super) fn must_govern(ctx: &Ctx<'_>, what: &str) -> Result<(), Reject> {
    if ctx.who.governs() { Ok(()) } else { Err(forbidden(format!("only GO and the operator may {what}"))) }
}

/// Refuses whoever is not the Bus itself.
pub(super) fn must_be_bus(ctx: &Ctx<'_>) -> Result<(), Reject> {
    if ctx.who.is_bus() { Ok(()) } else { Err(forbidden("only the Bus itself does that")) }
}

/// Whether the actor is a launcher of `agent`'s host.
pub(super) fn launches(ctx: &mut Ctx<'_>, agent: &Agent) -> Result<bool, Reject> {
    let Some((id, Role::Launcher)) = ctx.who.own_agent() else { return Ok(false) };
    let id = id.clone();
    let launcher = ctx.load::<Agent>(id.as_str())?;
    Ok(agent.host.is_some() && launcher.is_some_and(|launcher| launcher.host == agent.host))
}

pub(super) fn not_leader(detail: impl Into<String>) -> Reject {
    Reject::rule(ProblemKind::NotLeader, detail)
}

pub(super) fn forbidden(detail: impl Into<String>) -> Reject {
    Reject::rule(ProblemKind::Forbidden, detail)
}

pub(super) fn wrong_state(detail: impl Into<String>) -> Reject {
    Reject::rule(ProblemKind::WrongState, detail)
}
