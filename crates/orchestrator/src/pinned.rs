//! What GO does about pushes whose host is gone: a landing that another host can do moves there, of the rest people are told.

use go_bus_api::{TaskPatch, Timestamp};
use go_bus_client::World;
use go_plan::reconcile::PlanChange;
use go_sprint::{moves, stranded};

use crate::action::Action;

/// The moves and alerts that are due at `now`.
pub(crate) fn actions(world: &World, now: Timestamp) -> Vec<Action> {
    let to = |host| TaskPatch { host: Some(host), ..TaskPatch::default() };
    let moves = moves(world, now).into_iter().map(|(push, host)| Action::Change(PlanChange::PatchTask(push, to(host))));
    moves.chain(stranded(world, now).into_iter().map(Box::new).map(Action::Raise)).collect()
}
