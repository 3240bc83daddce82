//! Sprints, GO's alone (R27, R28).

use go_bus_api::{CloseSprint, EventKind, NewSprint, ResourceKind, Revision, Sprint, SprintId, SprintState, Task};

use super::Done;
use super::authority::must_lead;
use super::ctx::Ctx;
use crate::Reject;
use crate::stored::Stored;

/// `POST /sprints`: begins one, and marks its tickets.
pub(super) fn start(ctx: &mut Ctx<'_>, body: &NewSprint) -> Result<Done, Reject> {
    must_lead(ctx, "begin a sprint")?;
    let mut tickets: Vec<Task> = Vec::with_capacity(body.tickets.len());
    for (index, id) in body.tickets.iter().enumerate() {
        let ticket: Task = ctx.refer(id.as_str(), &format!("/tickets/{index}"))?;
        if !tickets.iter().any(|known| known.id == ticket.id) {
            tickets.push(ticket);
        }
    }
    let id = body.id.clone().unwrap_or_else(SprintId::generate);
    ctx.must_be_new(ResourceKind::Sprint, id.as_str())?;
    let sprint = Sprint {
        id: id.clone(),
        state: SprintState::Open,
        tickets: tickets.iter().map(|ticket| ticket.id.clone()).collect(),
        started_at: ctx.at,
        ends_at: body.ends_at,
        closed_at: None,
        summary: None,
        pace: None,
        revision: Revision(1),
    };
    let document = ctx.create(&sprint, &EventKind::SprintStarted)?;
    for mut ticket in tickets.into_iter().filter(|ticket| ticket.sprint.as_ref() != Some(&id)) {
        ticket.sprint = Some(id.clone());
        ctx.update(&mut ticket, &EventKind::TaskUpdated)?;
    }
    Ok(Done::created(document))
}

/// `POST /sprints/{id}/close`.
pub(super) fn close(ctx: &mut Ctx<'_>, id: &SprintId, body: &CloseSprint) -> Result<Done, Reject> {
    must_lead(ctx, "close a sprint")?;
    let mut sprint: Sprint = ctx.need(id.as_str())?;
    if sprint.state == SprintState::Closed {
        return Ok(Done::unchanged(sprint.document()?));
    }
    sprint.state = SprintState::Closed;
    sprint.closed_at = Some(ctx.at);
    sprint.summary = Some(body.summary.clone());
    sprint.pace = body.pace;
    Ok(Done::updated(ctx.update(&mut sprint, &EventKind::SprintClosed)?))
}
