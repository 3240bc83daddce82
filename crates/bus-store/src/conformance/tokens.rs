//! Tokens: whose they are, and until when.

use std::time::Duration;

use go_bus_api::{Agent, ProblemKind, Role, Timestamp};

use super::MakeStore;
use super::world::{World, actor, exited, later, refused, shim};
use crate::{Action, Actor, Principal, Query, QueryAnswer, TokenHash};

async fn whose(world: &World, hash: TokenHash, at: Timestamp) -> Option<Principal> {
    match world.store.read(Query::Token(hash, at)).await {
        Ok(QueryAnswer::Token(token)) => token.map(|token| token.principal),
        other => panic!("no answer: {other:?}"),
    }
}

async fn rotate(world: &World, agent: &Agent) -> TokenHash {
    let (token, agent) = (world.fresh_token(), agent.id.clone());
    let previous_until = world.now().after(Duration::from_secs(300));
    world.done(Action::RotateToken { agent, token, expires_at: later(), previous_until }).await;
    token
}

/// The old token works on for its overlap, no longer; the new one to its own end.
pub async fn a_rotated_token_overlaps(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let own = Some(Principal::Agent(po.id.clone(), Role::Po));
    let (old, new) = (rotate(&world, &po).await, rotate(&world, &po).await);
    let end = world.now().after(Duration::from_secs(300));
    let just_before = Timestamp::from_unix_millis(end.unix_millis() - 1);
    assert_eq!((whose(&world, old, just_before).await, whose(&world, old, end).await), (own.clone(), None));
    assert_eq!((whose(&world, new, end).await, whose(&world, new, later()).await), (own, None));
    let foreign = world.builder(&po, "T-1").await;
    assert!(foreign.is_err(), "there is no T-1");
}

/// An exit voids the agent's token and its shim's; a loss voids its own alone, for the exit is yet to come.
pub async fn an_end_voids_every_token(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let launcher = world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    let (own, its_shim) = (rotate(&world, &builder).await, world.fresh_token());
    let issue = |who| world.act(who, Action::IssueShimToken { agent: builder.id.clone(), token: its_shim });
    assert_eq!(refused(issue(actor(&po)).await), ProblemKind::Forbidden);
    issue(actor(&launcher)).await.expect("its launcher may");
    world.started(&builder).await;
    world.bus(Action::LoseAgent { agent: builder.id.clone(), last_heartbeat: None }).await;
    assert_eq!(whose(&world, own, world.now()).await, None);
    assert_eq!(whose(&world, its_shim, world.now()).await, Some(Principal::Shim(builder.id.clone())));
    world.act(shim(&builder), Action::ReportExit(builder.id.clone(), exited(0))).await.expect("its exit");
    assert_eq!(whose(&world, its_shim, world.now()).await, None);
    let dead = world.act(actor(&builder), Action::HeartbeatAgent(builder.id.clone(), Default::default())).await;
    assert_eq!(refused(dead), ProblemKind::Unauthorized);
}

/// A new operator's token takes the place of the one before.
pub async fn the_operator_has_one(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let [first, second] = [world.fresh_token(), world.fresh_token()];
    for token in [first, second] {
        world.bus(Action::SetOperatorToken(token)).await;
    }
    assert_eq!(whose(&world, first, later()).await, None);
    assert_eq!(whose(&world, second, later()).await, Some(Principal::Operator));
    let third = world.act(Actor::Operator, Action::SetOperatorToken(world.fresh_token())).await;
    assert_eq!(refused(third), ProblemKind::Forbidden);
}
