//! Accounts: made and set by who governs, parked by who ran into their limits.

use go_bus_api::{
    Account, AccountId, AccountPatch, AccountState, Agent, EventKind, ExitReport, NewAccount, Remedy, ResourceKind,
    Revision, Role, Text, Timestamp,
};
use go_rules::accounts::{self, Room};
use serde_json::json;

use super::authority::forbidden;
use super::ctx::Ctx;
use super::{Done, audit};
use crate::Reject;
use crate::stored::Stored;
use crate::tx::Filter;

/// `POST /accounts`.
pub(super) fn create(ctx: &mut Ctx<'_>, body: &NewAccount) -> Result<Done, Reject> {
    if !ctx.who.governs() && !is_launcher(ctx) {
        return Err(forbidden("accounts are made by GO, the operator and launchers"));
    }
    ctx.must_be_new(ResourceKind::Account, body.id.as_str())?;
    let account = Account {
        id: body.id.clone(),
        provider: body.provider.clone(),
        state: AccountState::Active,
        parked_until: None,
        reason: None,
        windows: Vec::new(),
        weekly_limit: body.weekly_limit,
        last_used: None,
        created_at: ctx.at,
        revision: Revision(1),
    };
    Ok(Done::created(ctx.create(&account, &EventKind::AccountCreated)?))
}

/// `PATCH /accounts/{id}`.
pub(super) fn patch(ctx: &mut Ctx<'_>, id: &AccountId, patch: &AccountPatch) -> Result<Done, Reject> {
    let before: Account = ctx.need(id.as_str())?;
    ctx.match_revision(&before)?;
    let most = go_bus_api::AccountWindow::MOST;
    if patch.windows.len() > most {
        return Err(Reject::field("/windows", format!("an account has at most {most} windows")));
    }
    let mut account = before.clone();
    if ctx.who.governs() {
        accounts::set(&mut account, patch, ctx.at);
    } else {
        must_report(ctx, id, patch)?;
        accounts::report(&mut account, patch, ctx.at);
    }
    if account == before {
        return Ok(Done::unchanged(before.document()?));
    }
    if ctx.who.governs() {
        audit::note(ctx, "config.change", &format!("accounts/{id}"), json!(patch))?;
    }
    Ok(Done::updated(ctx.update(&mut account, &EventKind::AccountUpdated)?))
}

fn is_launcher(ctx: &Ctx<'_>) -> bool {
    ctx.who.own_agent().is_some_and(|(_, role)| role == Role::Launcher)
}

/// Refuses whoever is neither a launcher nor the shim of an agent on that account, and what these have no say in.
fn must_report(ctx: &mut Ctx<'_>, id: &AccountId, patch: &AccountPatch) -> Result<(), Reject> {
    let kept = ctx.who.shim_of().cloned();
    let agent = kept.map(|agent| ctx.load::<Agent>(agent.as_str())).transpose()?.flatten();
    if !is_launcher(ctx) && agent.and_then(|agent| agent.account).as_ref() != Some(id) {
        return Err(forbidden("an account's limits are reported by launchers and by the shims of agents on it"));
    }
    if patch.weekly_limit.is_some() || patch.provider.is_some() || patch.state.is_some() {
        return Err(forbidden("only GO and the operator change an account's settings"));
    }
    Ok(())
}

/// What the end of an agent tells of its account becomes the account's.
pub(super) fn learn(ctx: &mut Ctx<'_>, agent: &Agent, report: &ExitReport) -> Result<(), Reject> {
    let Some(id) = &agent.account else { return Ok(()) };
    let parks = report.failure.as_ref().and_then(|failure| match &failure.remedy {
        Remedy::ParkUntil { until } => {
            Some((accounts::rest(*until, Some(ctx.at), ctx.at), Text::clipped(failure.detail.as_str())))
        }
        _ => None,
    });
    let (parked_until, reason) = parks.unzip();
    let told = AccountPatch { parked_until, reason, windows: report.windows.clone(), ..AccountPatch::default() };
    tell(ctx, id, &told)
}

/// Parks the accounts that `agents` ran on, and answers when one of the same provider takes agents again: `until` where they ran on none,
/// nothing where one does now.
pub(super) fn park(
    ctx: &mut Ctx<'_>,
    agents: &[Agent],
    until: Timestamp,
    reason: &str,
) -> Result<Option<Timestamp>, Reject> {
    let ended = agents.iter().filter_map(|agent| agent.exit.as_ref()).map(|exit| exit.at).max();
    let until = accounts::rest(until, ended, ctx.at);
    let told =
        AccountPatch { parked_until: Some(until), reason: Some(Text::clipped(reason)), ..AccountPatch::default() };
    let mut free_at = Some(until);
    for agent in agents {
        let Some(id) = &agent.account else { continue };
        tell(ctx, id, &told)?;
        let all: Vec<Account> = ctx.find(&Filter::default())?;
        free_at = match accounts::room(accounts::serving(&all, agent.driver), ctx.at) {
            Some(Room::Now) => None,
            Some(Room::From(at)) => Some(at),
            None => Some(until),
        };
    }
    Ok(free_at)
}

fn tell(ctx: &mut Ctx<'_>, id: &AccountId, told: &AccountPatch) -> Result<(), Reject> {
    let Some(before) = ctx.load::<Account>(id.as_str())? else { return Ok(()) };
    let mut account = before.clone();
    accounts::report(&mut account, told, ctx.at);
    if account != before {
        ctx.update(&mut account, &EventKind::AccountUpdated)?;
    }
    Ok(())
}

/// Notes that an agent was spawned on its account.
pub(super) fn used(ctx: &mut Ctx<'_>, agent: &Agent) -> Result<(), Reject> {
    let Some(id) = &agent.account else { return Ok(()) };
    let Some(mut account) = ctx.load::<Account>(id.as_str())? else { return Ok(()) };
    account.last_used = Some(account.last_used.map_or(ctx.at, |last| last.max(ctx.at)));
    ctx.update(&mut account, &EventKind::AccountUpdated)?;
    Ok(())
}
