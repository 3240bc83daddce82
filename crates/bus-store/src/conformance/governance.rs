//! Costs, the audit log, roles, counts.

use std::time::Duration;

use go_bus_api::{
    AgentState, AuditEntry, AuditQuery, AuditVerification, CostTotals, NewAuditEntry, NewCost, ProblemKind, RbacMode,
    RoleBinding, Seq, TaskState, Text, Timestamp,
};
use serde_json::json;

use super::MakeStore;
use super::world::{World, refused};
use crate::{Action, Actor, Census, CostAxis, Denial, Policy, Query, QueryAnswer};

fn cost(agent: &str, project: &str, usd: &str) -> Action {
    let json = json!({"agent": agent, "project": project, "model": "haiku", "input_tokens": 10, "output_tokens": 2,
        "cache_read_tokens": 3, "cache_write_tokens": 4, "usd": usd});
    Action::RecordCost(serde_json::from_value::<NewCost>(json).expect("a cost"))
}

async fn totals(world: &World, axis: CostAxis, since: Option<Timestamp>) -> CostTotals {
    match world.store.read(Query::Costs(axis, since)).await {
        Ok(QueryAnswer::Costs(totals)) => totals,
        other => panic!("no costs: {other:?}"),
    }
}

/// Who, how much, input tokens.
fn rows(totals: &CostTotals) -> Vec<(String, String, u64)> {
    let name = |row: &go_bus_api::CostRow| match (&row.agent, &row.project) {
        (Some(agent), None) => agent.to_string(),
        (None, Some(project)) => project.to_string(),
        other => panic!("a row has exactly one key: {other:?}"),
    };
    totals.items.iter().map(|row| (name(row), row.usd.to_string(), row.input_tokens)).collect()
}

async fn spent_in_two_projects(make: MakeStore<'_>) -> World {
    let world = World::with_place(make).await;
    world.create_project("shop").await;
    for (agent, project, usd) in [("m0", "site", "0.1"), ("m0", "shop", "0.2"), ("c0", "site", "0.0003")] {
        world.done(cost(agent, project, usd)).await;
        world.pass(Duration::from_secs(1));
    }
    world
}

/// Both sums are exact, and the same altogether; who spent nothing has no row.
pub async fn costs_are_summed_by_agent_and_by_project(make: MakeStore<'_>) {
    let world = spent_in_two_projects(make).await;
    let (agents, projects) =
        (totals(&world, CostAxis::Agent, None).await, totals(&world, CostAxis::Project, None).await);
    assert_eq!(rows(&agents), [("c0".into(), "0.0003".into(), 10), ("m0".into(), "0.3".into(), 20)]);
    assert_eq!(rows(&projects), [("shop".into(), "0.2".into(), 10), ("site".into(), "0.1003".into(), 20)]);
    assert_eq!((agents.total_usd.to_string().as_str(), agents.total_usd), ("0.3003", projects.total_usd));
    let site = projects.items.last().expect("a row");
    assert_eq!((site.output_tokens, site.cache_read_tokens, site.cache_write_tokens), (4, 6, 8));
}

/// An instant counts itself and what comes after; from the beginning on it is the same as without.
pub async fn costs_since_an_instant_leave_out_what_was_before(make: MakeStore<'_>) {
    let world = spent_in_two_projects(make).await;
    let ago = |seconds: i64| Some(Timestamp::from_unix_millis(world.now().unix_millis() - seconds * 1000));
    for axis in CostAxis::ALL {
        assert_eq!(totals(&world, axis, ago(3)).await, totals(&world, axis, None).await);
        assert_eq!(totals(&world, axis, ago(0)).await.items, []);
    }
    let late = totals(&world, CostAxis::Project, ago(2)).await;
    assert_eq!(rows(&late), [("shop".into(), "0.2".into(), 10), ("site".into(), "0.0003".into(), 10)]);
    assert_eq!(late.total_usd.to_string(), "0.2003");
}

async fn entries(world: &World, query: AuditQuery) -> (Vec<AuditEntry>, Option<String>) {
    match world.store.read(Query::Audit(query)).await {
        Ok(QueryAnswer::Audit(lines, next)) => {
            (lines.iter().map(|line| serde_json::from_str(line).expect("an entry")).collect(), next)
        }
        other => panic!("no audit log: {other:?}"),
    }
}

fn note(action: &str) -> Action {
    Action::AppendAudit(NewAuditEntry { action: Text::clipped(action), subject: None, detail: json!({"z": 1, "a": 2}) })
}

/// Pages are complete and in order; the filters hold together.
pub async fn the_audit_log_is_read_by_page_and_filter(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    for action in ["look", "touch", "look", "look"] {
        world.done(note(action)).await;
        world.pass(Duration::from_secs(1));
    }
    let mut query = AuditQuery { limit: Some(3), ..AuditQuery::default() };
    let (first, next) = entries(&world, query.clone()).await;
    query.cursor = next;
    let (second, end) = entries(&world, query).await;
    let places: Vec<u64> = first.iter().chain(&second).map(|entry| entry.seq.0).collect();
    assert_eq!((places, end), (vec![1, 2, 3, 4], None));
    let since = Some(Timestamp::from_unix_millis(world.now().unix_millis() - 3000));
    let filtered = |actor: &str, action: &str| {
        let query =
            AuditQuery { actor: Some(actor.into()), action: Some(action.into()), since, ..AuditQuery::default() };
        entries(&world, query)
    };
    let places = |found: &(Vec<AuditEntry>, _)| found.0.iter().map(|entry| entry.seq.0).collect::<Vec<_>>();
    assert_eq!(places(&filtered("operator", "look").await), [3, 4]);
    assert_eq!(places(&filtered("operator", "spawn").await), Vec::<u64>::new());
    assert_eq!(places(&filtered("000", "look").await), Vec::<u64>::new());
}

/// The chain of an untouched log holds, an empty one's too.
pub async fn the_audit_chain_holds(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    for count in [0, 1, 2] {
        let verified = world.store.read(Query::AuditVerification).await;
        let expected = AuditVerification { ok: true, entries: count, first_bad: None };
        assert_eq!(verified, Ok(QueryAnswer::AuditVerification(expected)));
        world.done(note("look")).await;
    }
}

async fn roles(world: &World) -> Vec<RoleBinding> {
    match world.store.read(Query::Roles).await {
        Ok(QueryAnswer::Roles(roles)) => roles,
        other => panic!("no roles: {other:?}"),
    }
}

/// What is put is what is read; nonsense is refused and changes nothing.
pub async fn roles_are_the_defaults_until_others_are_put(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    assert_eq!(roles(&world).await, go_rules::rbac::default_roles());
    let read = |json| serde_json::from_value::<Vec<RoleBinding>>(json).expect("roles");
    let typo = read(json!([{"name": "worker", "permissions": [{"action": "task.read", "resource": "*"}]}]));
    assert_eq!(refused(world.act(Actor::Operator, Action::PutRoles(typo)).await), ProblemKind::Invalid);
    assert_eq!(roles(&world).await, go_rules::rbac::default_roles());
    let mine = read(json!([{"name": "worker", "permissions": [{"action": "tasks.*", "resource": "*"}]}]));
    let from = world.seq().await;
    world.done(Action::PutRoles(mine.clone())).await;
    assert_eq!(roles(&world).await, mine);
    assert_eq!(world.told_since(from).await, ["config.changed rbac/roles"]);
    assert_eq!(
        entries(&world, AuditQuery::default()).await.0.pop().expect("an entry").action.as_str(),
        "config.change"
    );
}

/// It leaves an audit entry and an event; nobody else may say so.
pub async fn a_denial_is_noted_by_the_bus_alone(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let denial = Denial {
        subject: Text::clipped("a-1"),
        action: Text::clipped("tokens.revoke"),
        resource: Text::clipped("*"),
        mode: RbacMode::Audit,
        reason: "nothing grants it".to_owned(),
    };
    let noted = world.act(Actor::Operator, Action::NoteDenial(denial.clone())).await;
    assert_eq!(refused(noted), ProblemKind::Forbidden);
    world.bus(Action::NoteDenial(denial)).await;
    let event = world.events().await.pop().expect("an event");
    assert_eq!((event.kind.as_str(), event.data["subject"].as_str()), ("rbac.denied", Some("a-1")));
    let entry = entries(&world, AuditQuery::default()).await.0.pop().expect("an entry");
    assert_eq!((entry.seq, entry.actor.as_str(), entry.action.as_str()), (Seq(1), "bus", "rbac.denied"));
}

/// Each task and each agent is counted once, in its state.
pub async fn the_census_counts_by_state(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.ticket("T-1", &[]).await;
    world.ticket("T-2", &[]).await;
    world.assigned("T-3", &po).await;
    let Ok(QueryAnswer::Census(Census { tasks, agents })) = world.store.read(Query::Census).await else {
        panic!("no census");
    };
    let count_of = |state| tasks.iter().find(|(known, _)| *known == state).map(|(_, count)| *count);
    assert_eq!((count_of(TaskState::Pending), count_of(TaskState::InProgress)), (Some(2), Some(1)));
    assert_eq!(count_of(TaskState::Done), None);
    // The fixed three, and the PO.
    let mut agents = agents;
    agents.sort();
    assert_eq!(agents, [(AgentState::Requested, 1), (AgentState::Ready, 3)]);
}
