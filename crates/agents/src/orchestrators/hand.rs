//! Asking for a hand: a builder or a reviewer for one attempt of a task.

use std::sync::Arc;

use go_bus_api::{AgentId, DriverKind, NewAgent, TaskId, TaskKind, Timestamp};
use go_bus_client::World;
use go_review::{Delivery, ReviewPolicy};
use go_spawn::{AllRest, Desk, Handbook, NoHand, builder_for, reviewer_for};

/// What hands are chosen and told by.
#[derive(Debug, Clone)]
pub struct HandConfig {
    /// Models and rules.
    pub handbook: Handbook,
    /// What is significant and how it is reviewed.
    pub review: Arc<dyn ReviewPolicy>,
    /// What runs a hand where its project names nothing (`agents.driver`).
    pub driver: DriverKind,
}

/// The request for a hand with `task` at `now`; `Ok(None)` where the World lacks what it needs, or no host has a free slot: the change
/// that mends it wakes us.
pub(super) fn request(
    config: &HandConfig,
    me: &AgentId,
    world: &World,
    task: &TaskId,
    now: Timestamp,
) -> Result<Option<NewAgent>, AllRest> {
    let reason = match asked(config, me, world, task, now) {
        Some(Ok(request)) => return Ok(Some(request)),
        Some(Err(NoHand::AllRest(rest))) => return Err(rest),
        Some(Err(reason)) => reason.to_string(),
        None => "what it is about is not known".to_owned(),
    };
    tracing::debug!(%task, %reason, "no hand yet");
    Ok(None)
}

fn asked(
    config: &HandConfig,
    me: &AgentId,
    world: &World,
    task: &TaskId,
    now: Timestamp,
) -> Option<Result<NewAgent, NoHand>> {
    let desk = Desk {
        world,
        router: config.handbook.router.as_ref(),
        parent: me,
        driver: config.driver,
        prompts: config.handbook.prompts.as_ref(),
        now,
    };
    let task = world.task(task)?;
    Some(match task.kind {
        TaskKind::Review => {
            let delivered = world.task(task.review_of.as_ref()?)?;
            let brief = config.review.brief(&Delivery::in_world(delivered, world));
            reviewer_for(task, delivered, &brief.mission, &brief.checks, &desk)
        }
        _ => builder_for(task, &desk),
    })
}
