//! Costs, in exact decimals, and the budgets they count against (R21).

use go_bus_api::{Agent, EventKind, NewCost, Project, Task, Timestamp, Usd};
use serde::Serialize;

use super::Done;
use super::ctx::Ctx;
use crate::{Outcome, Reject};

/// A `cost.recorded` event's data.
#[derive(Serialize)]
struct CostData<'a> {
    #[serde(flatten)]
    cost: &'a NewCost,
    at: Timestamp,
}

/// `POST /costs`.
pub(super) fn record(ctx: &mut Ctx<'_>, body: &NewCost) -> Result<Done, Reject> {
    ctx.refer::<Agent>(body.agent.as_str(), "/agent")?;
    let project: Project = ctx.refer(body.project.as_str(), "/project")?;
    ctx.refer_some::<Task>(body.task.as_ref().map(AsRef::as_ref), "/task")?;
    let before = ctx.tx.spent(&project.id)?;
    ctx.tx.add_cost(body, ctx.at)?;
    ctx.emit(&EventKind::CostRecorded, Some("costs"), &CostData { cost: body, at: ctx.at })?;
    if let Some(kind) = crossed(before, before + body.usd, project.budget_usd) {
        let document = crate::stored::Stored::document(&project)?;
        ctx.emit_document(&kind, &document)?;
    }
    Ok(Done::bare(Outcome::Created))
}

/// The event of a budget that is nearly spent (four fifths) or spent with this cost.
fn crossed(before: Usd, after: Usd, budget: Option<Usd>) -> Option<EventKind> {
    let budget = budget?;
    let fifths = |amount: Usd| (0..5).map(|_| amount).sum::<Usd>();
    let nearly = |amount: Usd| fifths(amount) >= (0..4).map(|_| budget).sum::<Usd>();
    if before < budget && after >= budget {
        return Some(EventKind::BudgetExceeded);
    }
    (!nearly(before) && nearly(after)).then_some(EventKind::BudgetWarned)
}
