//! Who sits where: one live HO per host, PO per project, IO per human (R12).

use go_bus_api::{Agent, Role};
use go_rules::uniqueness::Seat;

use super::super::ctx::Ctx;
use crate::Reject;
use crate::tx::{Column, Filter};

/// The seat that this agent's role and place give it, whether it is live or not.
pub(in crate::apply) fn seat_of(agent: &Agent) -> Option<Seat> {
    Seat::of(agent.role, agent.host.as_ref(), agent.project.as_ref(), agent.user.as_ref())
}

/// The agents of a seat that have not ended.
pub(in crate::apply) fn present(ctx: &mut Ctx<'_>, seat: &Seat) -> Result<Vec<Agent>, Reject> {
    ctx.find(&filter(seat).open())
}

/// All agents that ever sat there.
pub(in crate::apply) fn ever(ctx: &mut Ctx<'_>, seat: &Seat) -> Result<Vec<Agent>, Reject> {
    ctx.find(&filter(seat))
}

fn filter(seat: &Seat) -> Filter {
    let (role, column, id) = match seat {
        Seat::Host(host) => (Role::Ho, Column::Host, host.as_str()),
        Seat::Project(project) => (Role::Po, Column::Project, project.as_str()),
        Seat::Human(user) => (Role::Io, Column::User, user.as_str()),
    };
    Filter::by(Column::Role, role.as_str()).and(column, id)
}
