//! Sprints, GO's alone (R27, R28).

use go_bus_api::{
    CloseSprint, EventKind, NewSprint, ProblemKind, ResourceKind, Revision, Sprint, SprintId, SprintState, Task,
    TaskId, TaskKind,
};

use super::Done;
use super::authority::must_lead;
use super::ctx::Ctx;
use super::messages;
use super::tasks::create::create;
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
        report: None,
        carried: Vec::new(),
        revision: Revision(1),
    };
    let document = ctx.create(&sprint, &EventKind::SprintStarted)?;
    for mut ticket in tickets.into_iter().filter(|ticket| ticket.sprint.as_ref() != Some(&id)) {
        ticket.sprint = Some(id.clone());
        ctx.update(&mut ticket, &EventKind::TaskUpdated)?;
    }
    Ok(Done::created(document))
}

/// Takes `ticket` into a sprint that is under way, as GO's change of its `sprint` asks.
pub(super) fn join(ctx: &mut Ctx<'_>, ticket: &TaskId, id: &SprintId) -> Result<(), Reject> {
    let mut sprint: Sprint = ctx.need(id.as_str())?;
    if sprint.tickets.contains(ticket) {
        return Ok(());
    }
    if sprint.state == SprintState::Closed {
        return Err(Reject::rule(ProblemKind::WrongState, format!("sprint {id} is closed")));
    }
    sprint.tickets.push(ticket.clone());
    ctx.update(&mut sprint, &EventKind::SprintUpdated).map(drop)
}

/// `POST /sprints/{id}/close`: the end with all that follows from it, in one commit (R28).
pub(super) fn close(ctx: &mut Ctx<'_>, id: &SprintId, body: &CloseSprint) -> Result<Done, Reject> {
    must_lead(ctx, "close a sprint")?;
    let mut sprint: Sprint = ctx.need(id.as_str())?;
    if sprint.state == SprintState::Closed {
        return Ok(Done::unchanged(sprint.document()?));
    }
    for (index, push) in body.pushes.iter().enumerate() {
        if push.kind != TaskKind::Push {
            return Err(Reject::field(&format!("/pushes/{index}/kind"), "only pushes follow from a sprint's end"));
        }
        // One that is there already is the one that is meant: its id is the sprint's and the project's.
        let is_there = match &push.id {
            Some(id) => ctx.load::<Task>(id.as_str())?.is_some(),
            None => false,
        };
        if !is_there {
            create(ctx, push).map_err(|reject| reject.beneath(&format!("/pushes/{index}")))?;
        }
    }
    for (index, notice) in body.notices.iter().enumerate() {
        messages::send(ctx, notice).map_err(|reject| reject.beneath(&format!("/notices/{index}")))?;
    }
    sprint.state = SprintState::Closed;
    sprint.closed_at = Some(ctx.at);
    sprint.summary = Some(body.summary.clone());
    sprint.pace = body.pace;
    sprint.report = body.report.clone();
    sprint.carried = body.carried.clone();
    Ok(Done::updated(ctx.update(&mut sprint, &EventKind::SprintClosed)?))
}
