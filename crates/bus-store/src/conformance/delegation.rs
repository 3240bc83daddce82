//! M0: what is delegated to it, and how it sleeps and comes back (R9).

use go_bus_api::{
    Agent, AgentState, Assign, Fail, Heartbeat, Message, NewAgent, NewTask, ProblemKind, Role, Task, TaskState, Text,
};

use super::MakeStore;
use super::world::{World, acquire, actor, id, later, new_agent, read, refused, ticket};
use crate::{Action, Actor, Command, Outcome, Query, QueryAnswer, Receipt, Reject};

/// A GO that leads by a token of its own, and does `action`.
async fn lead(world: &World, go: &Agent, action: Action) -> Result<Receipt, Reject> {
    let lease = world.act(actor(go), Action::AcquireLease(acquire("go-1"))).await.expect("a lease").lease;
    let epoch = lease.map(|lease| lease.epoch);
    world.commit(Command { epoch, ..world.command(actor(go), action) }).await
}

async fn beat(world: &World, agent: &Agent) {
    world.act(actor(agent), Action::HeartbeatAgent(agent.id.clone(), Heartbeat::default())).await.expect("a beat");
}

async fn po(world: &World, go: &Agent) -> Agent {
    let body = NewAgent { project: Some(id("site")), ..new_agent(Role::Po) };
    read(&lead(world, go, Action::Spawn(body)).await.expect("a PO"))
}

async fn delegated(world: &World, go: &Agent, body: NewTask) -> Task {
    let task: Task = read(&world.done(Action::CreateTask(body)).await);
    let assign = Action::AssignTask(task.id.clone(), Assign { agent: id("m0") });
    read(&lead(world, go, assign).await.expect("M0 may"))
}

/// M0 hears of a ticket in the commit that gives it the start signal; a PO needs no such word.
pub async fn m0_is_told_of_what_it_is_assigned(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let go = world.register(new_agent(Role::Go)).await;
    let from = world.seq().await;
    let body = NewTask { run: Some(Text::clipped("open .")), ..ticket("T-1", &[]) };
    delegated(&world, &go, body).await;
    let told: Vec<_> = world.events().await.into_iter().filter(|event| event.seq > from).collect();
    let sent = told.iter().filter(|event| event.kind.as_str() == "message.sent").collect::<Vec<_>>();
    let [sent] = sent.as_slice() else { panic!("{told:?}") };
    let message: Message = serde_json::from_value(sent.data.clone()).expect("a message");
    assert!(message.is_about(Message::DELEGATION) && message.to == id("m0"), "{message:?}");
    assert!(message.body.as_str().contains("attempt 1") && message.body.as_str().contains("open ."), "{message:?}");
    let po = po(&world, &go).await;
    let before = world.seq().await;
    world.assigned("T-2", &po).await;
    assert!(!world.told_since(before).await.iter().any(|told| told.starts_with("message.sent")));
}

/// M0 may be asleep when its time is over, so GO ends its attempts; those of a PO are that PO's to end.
pub async fn go_ends_an_attempt_of_m0_and_of_nobody_else(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let go = world.register(new_agent(Role::Go)).await;
    let task = delegated(&world, &go, ticket("T-1", &[])).await;
    let body =
        |task: &Task| Fail { attempt: task.attempt, error: Text::clipped("too long"), retryable: true, remedy: None };
    let fail = |task: &Task| Action::FailTask { task: task.id.clone(), body: body(task), jitter: 0 };
    let without_epoch = world.act(actor(&go), fail(&task)).await;
    assert_eq!(refused(without_epoch), ProblemKind::NotAssignee);
    let failed: Task = read(&lead(&world, &go, fail(&task)).await.expect("GO may"));
    assert_eq!((failed.state, failed.failures, failed.attempt.0, failed.assignee), (TaskState::Pending, 1, 1, None));
    assert_eq!(lead(&world, &go, fail(&task)).await.expect("the same again").outcome, Outcome::Unchanged);
    let po = po(&world, &go).await;
    let theirs = world.assigned("T-2", &po).await;
    assert_eq!(refused(lead(&world, &go, fail(&theirs)).await), ProblemKind::NotAssignee);
}

/// No host offers what M0 was asked for, so the reviewer of its delivery is not asked to have it.
pub async fn what_m0_delivers_is_reviewed_anywhere(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let go = world.register(new_agent(Role::Go)).await;
    let m0 = world.agent(&id("m0")).await;
    let browser = vec![Text::clipped("browser")];
    let by_m0 = delegated(&world, &go, NewTask { capabilities: browser.clone(), ..ticket("T-1", &[]) }).await;
    world.complete(&by_m0, &m0, Some("feature")).await.expect("a delivery");
    let po = po(&world, &go).await;
    world.done(Action::CreateTask(NewTask { capabilities: browser.clone(), ..ticket("T-2", &[]) })).await;
    let by_po: Task = read(&world.assign("T-2", &po).await.expect("an assignment"));
    world.complete(&by_po, &po, Some("feature")).await.expect("a delivery");
    for (task, wanted) in [("T-1", Vec::new()), ("T-2", browser)] {
        let created =
            world.events().await.into_iter().filter_map(|event| serde_json::from_value::<Task>(event.data).ok());
        let mut reviews = created.filter(|review| review.review_of == Some(id(task)));
        let review = reviews.next_back().expect("a review");
        assert_eq!(review.capabilities, wanted, "{task}");
    }
}

/// The first that is heard of it is told, for GO gives it nothing before; after a silence it comes back with the token it has.
pub async fn m0_sleeps_and_comes_back(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let m0 = world.agent(&id("m0")).await;
    let from = world.seq().await;
    beat(&world, &m0).await;
    beat(&world, &m0).await;
    assert_eq!(world.told_since(from).await, ["agent.ready agents/m0"]);
    let rotate = |token| {
        let (agent, previous_until) = (m0.id.clone(), later());
        world.done(Action::RotateToken { agent, token, expires_at: later(), previous_until })
    };
    let token = world.fresh_token();
    rotate(token).await;
    let heard = world.agent(&m0.id).await.last_heartbeat;
    world.bus(Action::LoseAgent { agent: m0.id.clone(), last_heartbeat: heard }).await;
    assert_eq!(world.agent(&m0.id).await.state, AgentState::Lost);
    let task = world.ticket("T-1", &[]).await.id;
    let assign = || world.act(Actor::Operator, Action::AssignTask(task.clone(), Assign { agent: m0.id.clone() }));
    assert_eq!(refused(assign().await), ProblemKind::WrongState);
    rotate(world.fresh_token()).await;
    let held = world.store.read(Query::Token(token, world.now())).await;
    assert!(matches!(held, Ok(QueryAnswer::Token(Some(_)))), "its token is void: {held:?}");
    let before = world.seq().await;
    beat(&world, &m0).await;
    assert_eq!(world.told_since(before).await, ["agent.ready agents/m0"]);
    assign().await.expect("it is there again");
}
