//! A completion has to agree with what a keeper saw: whoever answers for a task may think what it likes, but not call done what failed, or what
//! has yet to land.

use go_bus_api::{Agent, Complete, Project, Task, TaskKind};

use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::authority;
use crate::Reject;

/// Refuses a completion while the attempt's hand is at work, after an end that was no success, and without the landing that its work needs. The operator
/// may call done whatever they like; work that its assignee did itself has no keeper.
pub(super) fn check(ctx: &mut Ctx<'_>, task: &Task, body: &Complete) -> Result<(), Reject> {
    if ctx.who.is_operator() {
        return Ok(());
    }
    let mut hands = authority::builders_of_attempt(ctx, task)?;
    hands.retain(|hand| task.assignee.as_ref() != Some(&hand.id));
    if let Some(hand) = hands.iter().find(|hand| !hand.state.is_ended()) {
        return Err(wrong_state(format!("agent {} has task {} in hand and has not ended", hand.id, task.id)));
    }
    let Some(last) = hands.into_iter().max_by_key(|hand| hand.spawned_at) else { return Ok(()) };
    let Some(exit) = &last.exit else {
        return Err(wrong_state(format!("how agent {} ended is not known, so task {} is not done", last.id, task.id)));
    };
    if !exit.report.succeeded() {
        let failed = exit.report.verify.iter().find(|check| check.code != 0);
        let why = failed.map_or_else(
            || "its end is no success".to_owned(),
            |check| format!("verification `{}` exited {}", check.command, check.code),
        );
        let detail =
            format!("agent {} did not do task {}: {why}; fail the attempt, or spawn another agent", last.id, task.id);
        return Err(wrong_state(detail));
    }
    must_land(ctx, task, &last, body)
}

/// Work that changed something in a project that delivers is done once that has landed: its commit, and no other.
fn must_land(ctx: &mut Ctx<'_>, task: &Task, hand: &Agent, body: &Complete) -> Result<(), Reject> {
    let work = hand.exit.as_ref().and_then(|exit| exit.report.work.as_ref()).filter(|work| work.changed);
    let Some(work) = work.filter(|_| !matches!(task.kind, TaskKind::Push | TaskKind::Review)) else { return Ok(()) };
    let project: Project = ctx.refer(task.project.as_str(), "/landing")?;
    let lands = project.workplace.as_ref().is_some_and(|workplace| workplace.deliver.lands());
    if project.repo.is_none() || !lands {
        return Ok(());
    }
    match &body.landing {
        Some(landing) if landing.commit == work.commit => Ok(()),
        Some(landing) => {
            let detail = format!("agent {} left commit {}, not {}", hand.id, work.commit, landing.commit);
            Err(Reject::field("/landing/commit", detail))
        }
        None => {
            Err(Reject::field("/landing", format!("what agent {} left, commit {}, has to land", hand.id, work.commit)))
        }
    }
}
