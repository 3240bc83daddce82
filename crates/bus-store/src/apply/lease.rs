//! The singleton lease: +1 epoch with every grant, and it belongs to the token that acquired it (R1–R4).

use go_bus_api::{Acquire, AgentId, Epoch, EventKind, ExpiryCause, LeaseEvent, Millis, ProblemKind, Release, Role};
use go_rules::lease::LEAST_TTL;

use super::Done;
use super::authority::{must_be_bus, not_leader};
use super::ctx::Ctx;
use crate::{Lease, Outcome, Reject};

/// The longest TTL granted, in ms: seven days, a bound on nonsense.
const MOST_TTL: u64 = 7 * 24 * 60 * 60 * 1000;

/// What lease events are about.
const SUBJECT: &str = "lease";

/// Acquires a free lease, or renews one's own.
pub(super) fn acquire(ctx: &mut Ctx<'_>, body: &Acquire) -> Result<Done, Reject> {
    let bidder = bidder(ctx)?;
    check_ttl(body)?;
    let lease = ctx.tx.lease()?;
    match &lease.holder {
        None => match body.epoch {
            // Whoever names an epoch renews: a renewal that comes after the release must not take the lease again.
            Some(sent) => Err(Reject::stale_epoch(sent, lease.epoch)),
            None => grant(ctx, lease, bidder, body),
        },
        Some(holder) if *holder == body.holder => {
            must_own(&lease, bidder.as_ref())?;
            renew(ctx, lease, body)
        }
        Some(holder) => Err(Reject::LeaseHeld { holder: holder.clone(), lease: Box::new(lease.clone()) }),
    }
}

/// The agent whose token bids; `None` for the operator's. Nobody else may.
fn bidder(ctx: &Ctx<'_>) -> Result<Option<AgentId>, Reject> {
    if ctx.who.is_operator() {
        return Ok(None);
    }
    match ctx.who.own_agent() {
        Some((id, Role::Go)) => Ok(Some(id.clone())),
        _ => Err(not_leader("only GO instances and the operator may acquire the lease")),
    }
}

fn check_ttl(body: &Acquire) -> Result<(), Reject> {
    match body.ttl_ms {
        Some(ttl) if ttl.duration() < LEAST_TTL => Err(Reject::field("/ttl_ms", "a lease lives at least 200 ms")),
        Some(ttl) if ttl.0 > MOST_TTL => Err(Reject::field("/ttl_ms", "a lease lives at most seven days")),
        _ => Ok(()),
    }
}

fn must_own(lease: &Lease, agent: Option<&AgentId>) -> Result<(), Reject> {
    if lease.agent.as_ref() == agent {
        return Ok(());
    }
    Err(Reject::rule(ProblemKind::NotHolder, "the lease belongs to the token that acquired it"))
}

fn grant(ctx: &mut Ctx<'_>, lease: Lease, agent: Option<AgentId>, body: &Acquire) -> Result<Done, Reject> {
    let lease = Lease {
        epoch: lease.epoch.next(),
        holder: Some(body.holder.clone()),
        agent,
        renewals: 0,
        ttl: body.ttl_ms.unwrap_or(Millis::from(ctx.policy.lease_ttl)),
        acquired_at: Some(ctx.at),
        handoff: body.handoff.clone(),
        url: body.url.clone(),
    };
    put(ctx, &lease, &EventKind::LeaseAcquired, None)?;
    Ok(Done::lease(Outcome::Created, lease))
}

fn renew(ctx: &mut Ctx<'_>, mut lease: Lease, body: &Acquire) -> Result<Done, Reject> {
    if let Some(sent) = body.epoch.filter(|sent| *sent != lease.epoch) {
        return Err(Reject::stale_epoch(sent, lease.epoch));
    }
    lease.renewals = lease.renewals.saturating_add(1);
    lease.ttl = body.ttl_ms.unwrap_or(lease.ttl);
    lease.handoff = body.handoff.clone().or(lease.handoff);
    lease.url = body.url.clone().or(lease.url);
    ctx.tx.put_lease(&lease)?;
    Ok(Done::lease(Outcome::Updated, lease))
}

/// Lets go. The operator may do it for any holder.
pub(super) fn release(ctx: &mut Ctx<'_>, body: &Release) -> Result<Done, Reject> {
    let lease = ctx.tx.lease()?;
    if lease.holder.is_some() && !ctx.who.is_operator() {
        let own = ctx.who.own_agent().map(|(id, _)| id.clone());
        if own.is_none() || lease.agent != own {
            return Err(Reject::rule(ProblemKind::NotHolder, "the lease belongs to the token that acquired it"));
        }
    }
    if lease.holder.as_ref() != Some(&body.holder) || lease.epoch != body.epoch {
        return Err(Reject::stale_epoch(body.epoch, lease.epoch));
    }
    free(ctx, lease, &EventKind::LeaseReleased, None)
}

/// Ends the lease, where neither epoch nor renewals have moved since the timer was `armed` for them.
pub(super) fn expire(
    ctx: &mut Ctx<'_>,
    armed: (Epoch, u64),
    cause: ExpiryCause,
    silent: Millis,
) -> Result<Done, Reject> {
    must_be_bus(ctx)?;
    let lease = ctx.tx.lease()?;
    if lease.holder.is_none() || (lease.epoch, lease.renewals) != armed {
        return Ok(Done::lease(Outcome::Unchanged, lease));
    }
    free(ctx, lease, &EventKind::LeaseExpired, Some((cause, silent)))
}

/// Ends whatever lease there is where the epoch is below `floor`, which was granted before, and goes on from there.
pub(super) fn raise(ctx: &mut Ctx<'_>, floor: Epoch) -> Result<Done, Reject> {
    must_be_bus(ctx)?;
    let lease = ctx.tx.lease()?;
    if lease.epoch >= floor {
        return Ok(Done::lease(Outcome::Unchanged, lease));
    }
    let lease = Lease { epoch: floor, ..lease };
    free(ctx, lease, &EventKind::LeaseExpired, Some((ExpiryCause::Restored, Millis(0))))
}

fn free(
    ctx: &mut Ctx<'_>,
    lease: Lease,
    kind: &EventKind,
    expired: Option<(ExpiryCause, Millis)>,
) -> Result<Done, Reject> {
    let free = Lease { holder: None, agent: None, ..lease };
    put(ctx, &free, kind, expired)?;
    Ok(Done::lease(Outcome::Updated, free))
}

fn put(
    ctx: &mut Ctx<'_>,
    lease: &Lease,
    kind: &EventKind,
    expired: Option<(ExpiryCause, Millis)>,
) -> Result<(), Reject> {
    ctx.tx.put_lease(lease)?;
    let data = LeaseEvent {
        holder: lease.holder.clone(),
        epoch: lease.epoch,
        ttl_ms: lease.ttl,
        acquired_at: lease.acquired_at,
        handoff: lease.handoff.clone(),
        url: lease.url.clone(),
        cause: expired.map(|(cause, _)| cause),
        silent_ms: expired.map(|(_, silent)| silent),
    };
    ctx.emit(kind, Some(SUBJECT), &data)
}
