//! `POST /hosts/{id}/heartbeat`: holds the host's lease. A renewal is no news and makes no event.

use go_bus_api::{Agent, EventKind, Host, HostHeartbeat, HostId, ProblemKind, Role};
use go_rules::builder_end;

use super::super::Done;
use super::super::authority::forbidden;
use super::super::ctx::Ctx;
use super::end_all;
use crate::Reject;

/// Takes or renews a host's lease. A new boot of the machine proves that what ran before has ended.
pub(in crate::apply) fn heartbeat(ctx: &mut Ctx<'_>, id: &HostId, body: &HostHeartbeat) -> Result<Done, Reject> {
    if !(ctx.who.is_operator() || ctx.who.is(&body.launcher)) {
        return Err(forbidden("a host's lease is held by its launcher's own token"));
    }
    let mut host: Host = ctx.need(id.as_str())?;
    check_launcher(ctx, &host, body)?;
    must_be_free(ctx, &host, body)?;
    let rebooted = host.boot_id.as_ref().is_some_and(|boot| *boot != body.boot_id);
    let joined = host.launcher.as_ref() != Some(&body.launcher) || host.boot_id.as_ref() != Some(&body.boot_id);
    host.launcher = Some(body.launcher.clone());
    host.boot_id = Some(body.boot_id.clone());
    host.last_heartbeat = Some(ctx.at);
    if !joined {
        return Ok(Done::updated(ctx.touch(&host)?));
    }
    let document = ctx.update(&mut host, &EventKind::HostJoined)?;
    if rebooted {
        end_all(ctx, &host, |agent| builder_end::after_host_lease(agent, false))?;
    }
    Ok(Done::updated(document))
}

fn check_launcher(ctx: &mut Ctx<'_>, host: &Host, body: &HostHeartbeat) -> Result<(), Reject> {
    let launcher: Agent = ctx.refer(body.launcher.as_str(), "/launcher")?;
    if launcher.role != Role::Launcher || launcher.host.as_ref() != Some(&host.id) {
        return Err(Reject::field("/launcher", format!("{} is no launcher of host {}", launcher.id, host.id)));
    }
    if !launcher.state.is_live() {
        let detail = format!("launcher {} is {}", launcher.id, launcher.state.as_str());
        return Err(Reject::rule(ProblemKind::WrongState, detail));
    }
    Ok(())
}

fn must_be_free(ctx: &mut Ctx<'_>, host: &Host, body: &HostHeartbeat) -> Result<(), Reject> {
    let Some(holder) = host.launcher.clone().filter(|holder| *holder != body.launcher) else { return Ok(()) };
    match ctx.load::<Agent>(holder.as_str())? {
        Some(other) if other.state.is_live() => {
            Err(Reject::rule(ProblemKind::HostHeld, format!("launcher {holder} holds host {}", host.id)))
        }
        _ => Ok(()),
    }
}
