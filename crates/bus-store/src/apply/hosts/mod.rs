//! Hosts, and the lease by which the Bus knows that one lives. The lease runs from a launcher's first heartbeat, while
//! `boot_id` is set, to its expiry.

pub(super) mod create;
pub(super) mod expire;
pub(super) mod heartbeat;
pub(super) mod patch;

use go_bus_api::{Agent, EventKind, Host};
use go_rules::builder_end::Outcome as End;

use super::agents::ended;
use super::ctx::Ctx;
use crate::Reject;
use crate::tx::{Column, Filter};

/// Frees the host of a launcher that has ended. The host's lease runs on.
pub(super) fn release(ctx: &mut Ctx<'_>, launcher: &Agent) -> Result<(), Reject> {
    let Some(id) = &launcher.host else { return Ok(()) };
    let Some(mut host) = ctx.load::<Host>(id.as_str())? else { return Ok(()) };
    if host.launcher.as_ref() == Some(&launcher.id) {
        host.launcher = None;
        ctx.update(&mut host, &EventKind::HostUpdated)?;
    }
    Ok(())
}

/// Ends every agent of the host that was or may have been started there. What never was can be started yet; launchers and GO
/// instances have a life of their own.
fn end_all(ctx: &mut Ctx<'_>, host: &Host, means: impl Fn(&Agent) -> End) -> Result<(), Reject> {
    let present: Vec<Agent> = ctx.find(&Filter::by(Column::Host, host.id.as_str()).open())?;
    let spawned = |agent: &Agent| {
        use go_bus_api::Role::{Go, Launcher};
        !matches!(agent.role, Go | Launcher) && ended::was_started(agent)
    };
    for agent in present.into_iter().filter(spawned) {
        let end = means(&agent);
        ended::end(ctx, agent, None, end)?;
    }
    Ok(())
}
