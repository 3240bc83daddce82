//! Sprints: their tickets, and what comes with their end.

use go_bus_api::{
    CarriedOver, CloseSprint, NewMessage, NewSprint, NewTask, ProblemKind, Sprint, SprintState, TaskKind, TaskPatch,
    Text,
};
use serde_json::json;

use super::MakeStore;
use super::people::{body, digest};
use super::world::{World, id, later, read, refused};
use crate::{Action, Outcome};

async fn kinds(world: &World) -> Vec<String> {
    world.events().await.iter().map(|event| event.kind.to_string()).collect()
}

/// A sprint's tickets know it, once each; it closes once.
pub async fn a_sprint_marks_its_tickets(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.ticket("T-1", &[]).await;
    let epoch = world.epoch().await;
    let new = |tickets: Vec<&str>| NewSprint {
        id: Some(id("S-1")),
        tickets: tickets.into_iter().map(id).collect(),
        ends_at: later(),
    };
    assert_eq!(refused(world.lead(epoch, Action::StartSprint(new(vec!["T-9"]))).await), ProblemKind::Invalid);
    let sprint: Sprint =
        read(&world.lead(epoch, Action::StartSprint(new(vec!["T-1", "T-1"]))).await.expect("a sprint"));
    assert_eq!(sprint.tickets, [id("T-1")]);
    assert_eq!(world.task("T-1").await.sprint, Some(id("S-1")));
    assert_eq!(digest(&world).await.sprint, Some(id("S-1")));
    let close =
        || Action::EndSprint(id("S-1"), CloseSprint { summary: Text::clipped("done"), ..CloseSprint::default() });
    let closed: Sprint = read(&world.lead(epoch, close()).await.expect("its end"));
    assert_eq!((closed.state, closed.closed_at), (SprintState::Closed, Some(world.now())));
    assert_eq!(world.lead(epoch, close()).await.expect("a repeat").outcome, Outcome::Unchanged);
    assert_eq!(digest(&world).await.sprint, None);
    let late = Action::PatchTask(id("T-1"), TaskPatch { sprint: Some(id("S-1")), ..TaskPatch::default() });
    assert!(world.lead(epoch, late).await.is_ok(), "it is in it already");
}

/// What GO puts into a sprint that is under way is in its batch.
pub async fn a_ticket_joins_a_sprint_that_is_under_way(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.ticket("T-1", &[]).await;
    world.ticket("T-2", &[]).await;
    let epoch = world.epoch().await;
    let new = NewSprint { id: Some(id("S-1")), tickets: vec![id("T-1")], ends_at: later() };
    world.lead(epoch, Action::StartSprint(new)).await.expect("a sprint");
    let join = |ticket| Action::PatchTask(id(ticket), TaskPatch { sprint: Some(id("S-1")), ..TaskPatch::default() });
    world.lead(epoch, join("T-2")).await.expect("it joins");
    let events = kinds(&world).await;
    assert!(events.contains(&"sprint.updated".to_owned()), "{events:?}");
    let close = Action::EndSprint(id("S-1"), CloseSprint::default());
    let closed: Sprint = read(&world.lead(epoch, close).await.expect("its end"));
    assert_eq!(closed.tickets, [id("T-1"), id("T-2")]);
    world.ticket("T-3", &[]).await;
    assert_eq!(refused(world.lead(epoch, join("T-3")).await), ProblemKind::WrongState);
}

/// The pushes and messages of a sprint's end come in its commit, all or none, and once.
pub async fn a_sprint_s_end_brings_its_pushes_and_messages_once(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let epoch = world.epoch().await;
    let new = NewSprint { id: Some(id("S-1")), tickets: Vec::new(), ends_at: later() };
    world.lead(epoch, Action::StartSprint(new)).await.expect("a sprint");
    let push = |project: &str| NewTask {
        id: Some(id("push-S-1-site")),
        kind: TaskKind::Push,
        ..NewTask::ticket(id(project), Text::clipped("Push site"))
    };
    let notice: NewMessage = body(json!({"to": "c0", "subject": "S-1 is over", "kind": "progress"}));
    let close = |push| {
        let carried = vec![CarriedOver { ticket: id("T-9"), why: Text::clipped("no time") }];
        let close = CloseSprint {
            report: Some(json!({"done": 0})),
            carried,
            pushes: vec![push],
            notices: vec![notice.clone()],
            ..CloseSprint::default()
        };
        Action::EndSprint(id("S-1"), close)
    };
    assert_eq!(refused(world.lead(epoch, close(push("nowhere"))).await), ProblemKind::Invalid);
    let ticket = NewTask { kind: TaskKind::Ticket, ..push("site") };
    assert_eq!(refused(world.lead(epoch, close(ticket)).await), ProblemKind::Invalid);
    let sent = |events: Vec<String>| events.iter().filter(|kind| *kind == "message.sent").count();
    assert_eq!(sent(kinds(&world).await), 0, "half of a refused end was kept");
    for _ in 0..2 {
        world.lead(epoch, close(push("site"))).await.expect("its end");
    }
    assert_eq!(world.task("push-S-1-site").await.kind, TaskKind::Push);
    assert_eq!(sent(kinds(&world).await), 1);
}
