//! Alerts: once a key, told to whom their level says, exactly once.

use go_bus_api::{Agent, AgentId, Alert, AlertLevel, ListQuery, Message, NewAgent, NewAlert, ProblemKind, Role, Text};
use serde_json::json;

use super::MakeStore;
use super::world::{World, actor, id, new_agent, read, refused};
use crate::{Action, Outcome, Policy, Query, QueryAnswer};

/// An alert of a level, with a key or without.
pub(super) fn alert(level: &str, key: Option<&str>) -> Action {
    let json = json!({"level": level, "title": format!("disk {level}"), "detail": "of forge", "dedupe_key": key});
    Action::RaiseAlert(serde_json::from_value::<NewAlert>(json).expect("an alert"))
}

/// The IO of a human, spawned by GO.
pub(super) async fn io(world: &World, user: &str) -> Agent {
    let body = NewAgent { user: Some(id(user)), ..new_agent(Role::Io) };
    let epoch = world.epoch().await;
    read(&world.lead(epoch, Action::Spawn(body)).await.expect("an IO"))
}

/// The messages to an agent, oldest first.
pub(super) async fn inbox(world: &World, agent: &AgentId) -> Vec<Message> {
    match world.store.read(Query::Inbox(agent.clone(), ListQuery::default())).await {
        Ok(QueryAnswer::List(page)) => {
            page.items.iter().map(|one| serde_json::from_str(&one.json).expect("a message")).collect()
        }
        other => panic!("no inbox: {other:?}"),
    }
}

/// The subjects of the messages to an agent.
async fn told(world: &World, agent: &AgentId) -> Vec<String> {
    inbox(world, agent).await.into_iter().map(|message| message.subject.to_string()).collect()
}

/// While nobody took note, the same key is the same alert, and nobody is told again.
pub async fn an_alert_is_raised_once_per_key(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let raise = || world.done(alert("L3", Some("disk")));
    let first: Alert = read(&raise().await);
    for level in ["L3", "L1"] {
        let again = world.done(alert(level, Some("disk"))).await;
        assert_eq!((again.outcome, read::<Alert>(&again)), (Outcome::Unchanged, first.clone()), "{level}");
    }
    assert_eq!(told(&world, &AgentId::c0()).await, ["L3 disk L3"]);
    let noted: Alert = read(&world.done(Action::AcknowledgeAlert(first.id.clone())).await);
    assert_eq!(noted.acknowledged_by, Some(Text::clipped("operator")));
    assert_ne!(read::<Alert>(&raise().await).id, first.id);
    assert_eq!(told(&world, &AgentId::c0()).await.len(), 2);
}

/// L1 to L3 go to C0, L4 and L5 to every live IO and to nobody else, in the commit that raises them.
pub async fn the_level_says_who_is_told(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let (anna, bert, gone) = (io(&world, "anna").await, io(&world, "bert").await, io(&world, "carl").await);
    world.done(Action::Terminate { agent: gone.id.clone(), hold: false }).await;
    let po = world.po("site").await;
    for level in ["L1", "L2", "L3", "L4", "L5"] {
        let from = world.seq().await;
        world.act(actor(&po), alert(level, None)).await.expect("an alert");
        let kinds: Vec<String> = world
            .events()
            .await
            .into_iter()
            .filter(|event| event.seq > from)
            .map(|event| event.kind.to_string())
            .collect();
        let messages = if level < "L4" { 1 } else { 2 };
        assert_eq!(kinds.len(), 1 + messages, "{level}: {kinds:?}");
    }
    assert_eq!(told(&world, &AgentId::c0()).await, ["L1 disk L1", "L2 disk L2", "L3 disk L3"]);
    for human in [&anna, &bert] {
        assert_eq!(told(&world, &human.id).await, ["L4 disk L4", "L5 disk L5"]);
    }
    assert_eq!((told(&world, &gone.id).await.len(), told(&world, &po.id).await.len()), (0, 0));
    let message = inbox(&world, &anna.id).await.remove(0);
    assert_eq!((message.from, message.kind), (Some(po.id), Some(Text::clipped("alert"))));
    assert!(message.body.as_str().starts_with("alerts/alert-") && message.body.as_str().ends_with("\nof forge"));
}

/// Raised again at a higher level, the open alert grows, says what is said now, and goes to whom that level goes.
pub async fn a_worse_repeat_escalates_and_is_told_anew(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let anna = io(&world, "anna").await;
    let first: Alert = read(&world.done(alert("L2", Some("disk"))).await);
    for level in ["L3", "L5"] {
        let from = world.seq().await;
        let grown = world.done(alert(level, Some("disk"))).await;
        assert_eq!(grown.outcome, Outcome::Updated);
        let grown: Alert = read(&grown);
        assert_eq!((&grown.id, format!("{:?}", grown.level).as_str()), (&first.id, level));
        assert_eq!((grown.title.as_str(), grown.raised_at), (format!("disk {level}").as_str(), first.raised_at));
        assert_eq!(world.told_since(from).await[0], format!("alert.escalated alerts/{}", first.id));
    }
    assert_eq!(world.done(alert("L4", Some("disk"))).await.outcome, Outcome::Unchanged, "it was worse already");
    assert_eq!(told(&world, &AgentId::c0()).await, ["L2 disk L2", "L3 disk L3"]);
    assert_eq!(told(&world, &anna.id).await, ["L5 disk L5"]);
    let kept: Alert = world.get(go_bus_api::ResourceKind::Alert, first.id.as_str()).await;
    assert_eq!(kept.level, AlertLevel::L5);
}

/// An IO that is spawned later, a successor too, hears of each open alert that is a human's; of one that is noted nobody does.
pub async fn an_io_that_comes_later_is_told_what_is_open(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    for level in ["L1", "L4", "L5"] {
        world.done(alert(level, None)).await;
    }
    let noted: Alert = read(&world.done(alert("L4", Some("noted"))).await);
    world.done(Action::AcknowledgeAlert(noted.id)).await;
    let anna = io(&world, "anna").await;
    assert_eq!(told(&world, &anna.id).await, ["L4 disk L4", "L5 disk L5"]);
    let epoch = world.epoch().await;
    let heir = NewAgent { user: Some(id("anna")), replaces: Some(anna.id.clone()), ..new_agent(Role::Io) };
    let heir: Agent = read(&world.lead(epoch, Action::Spawn(heir)).await.expect("a successor"));
    assert_eq!(told(&world, &heir.id).await, ["L4 disk L4", "L5 disk L5"]);
    assert_eq!(told(&world, &anna.id).await.len(), 2);
    let message = inbox(&world, &heir.id).await.remove(0);
    let acknowledge = Action::AcknowledgeMessage(message.id);
    assert_eq!(refused(world.act(actor(&anna), acknowledge.clone()).await), ProblemKind::Unauthorized);
    world.act(actor(&heir), acknowledge).await.expect("its own message");
}

/// Of a heap of open alerts an IO that comes later hears of the latest, and how many there are beside them.
pub async fn of_many_open_alerts_a_later_io_is_told_the_latest(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    for _ in 0..22 {
        world.done(alert("L4", None)).await;
    }
    world.done(alert("L5", None)).await;
    let told = told(&world, &io(&world, "anna").await.id).await;
    assert_eq!(told.len(), 21, "{told:?}");
    assert_eq!(told.first().map(String::as_str), Some("3 older alerts are open as well"));
    assert_eq!(told.last().map(String::as_str), Some("L5 disk L5"));
}
