//! What the engine itself owes: order, durability's visible half, isolation.

use std::sync::Arc;

use go_bus_api::{EventKind, NewTask, ProblemKind, ResourceKind, Seq, Task, Text};

use super::MakeStore;
use super::world::{World, id, read, refused, ticket};
use crate::{Action, Actor, EventFilter, Outcome, Policy, SNAPSHOT_PAGE};

/// Sixteen callers at once: events are numbered 1, 2, 3, …, and a reader that follows meets them in that order.
pub async fn seq_has_no_gap_under_sixteen_committers(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let from = world.seq().await;
    let writers = (0..16).map(|caller| tokio::spawn(write_forty(world.clone(), caller)));
    let writers: Vec<_> = writers.collect();
    let last = Seq(from.0 + 16 * 40);
    let (mut cursor, mut wake) = (from, world.store.wake());
    while cursor < last {
        let batch = world.store.events(cursor, 64, &EventFilter::default()).await.expect("events");
        for line in &batch {
            assert_eq!(line.seq, cursor.next(), "a hole or a repeat after {cursor}");
            cursor = line.seq;
        }
        if batch.is_empty() {
            wake.changed().await.expect("a store that lives");
        }
    }
    for writer in writers {
        writer.await.expect("a writer");
    }
    assert_eq!(world.seq().await, last);
}

async fn write_forty(world: Arc<World>, caller: usize) {
    for number in 0..40 {
        let refused_one = world.act(Actor::Operator, Action::CreateTask(ticket("T-x", &["nowhere"]))).await;
        assert_eq!(refused(refused_one), ProblemKind::Invalid);
        world.done(Action::CreateTask(ticket(&format!("T-{caller}-{number}"), &[]))).await;
    }
}

/// Good commands around a bad one, in one call and so in one batch: each good one is done, in order.
pub async fn a_reject_spoils_nobody_s_write(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let from = world.seq().await;
    let create = |name: &str| world.command(Actor::Operator, Action::CreateTask(ticket(name, &[])));
    let mut answers = world.store.commit(vec![create("T-1"), create("T-1"), create("T-2")]).await;
    assert_eq!(answers.len(), 3);
    assert_eq!(answers.remove(2).expect("the third").seq, Seq(from.0 + 2));
    assert_eq!(refused(answers.remove(1)), ProblemKind::AlreadyExists);
    assert_eq!(answers.remove(0).expect("the first").seq, from.next());
    assert_eq!(world.told_since(from).await, ["task.created tasks/T-1", "task.created tasks/T-2"]);
}

/// Whoever has an answer reads what it tells of.
pub async fn who_was_answered_reads_the_write(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    for number in 0..50 {
        let name = format!("T-{number}");
        let receipt = world.done(Action::CreateTask(ticket(&name, &[]))).await;
        assert_eq!(receipt.outcome, Outcome::Created);
        assert_eq!(world.task(&name).await, read::<Task>(&receipt));
        assert_eq!(world.seq().await, receipt.seq);
    }
}

/// The watch moves once per commit at least, to an event that can be read by then; a refusal moves nothing.
pub async fn wake_tells_of_what_can_be_read(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let mut wake = world.store.wake();
    let before = *wake.borrow_and_update();
    assert_eq!(before, world.seq().await);
    let receipt = world.done(Action::CreateTask(ticket("T-1", &[]))).await;
    assert!(wake.has_changed().expect("a store that lives"), "the answer came before the wake-up");
    assert_eq!(*wake.borrow_and_update(), receipt.seq);
    assert_eq!(
        refused(world.act(Actor::Operator, Action::CreateTask(ticket("T-1", &[]))).await),
        ProblemKind::AlreadyExists
    );
    assert!(!wake.has_changed().expect("a store that lives"));
}

/// While others write, a snapshot has exactly the tasks of the events up to its place.
pub async fn a_snapshot_is_of_one_instant(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let from = world.seq().await;
    let writers: Vec<_> = (0..4).map(|caller| tokio::spawn(write_forty(world.clone(), caller))).collect();
    loop {
        let snapshot = world.store.snapshot().await.expect("a snapshot");
        let seq = snapshot.seq();
        let documents = snapshot.rest().await.expect("the whole of it");
        let order = |kind| ResourceKind::ALL.iter().position(|known| *known == kind);
        assert!(documents.is_sorted_by_key(|document| order(document.kind)), "kinds are out of order");
        let tasks = documents.iter().filter(|document| document.kind == ResourceKind::Task).count();
        assert_eq!(Seq(from.0 + tasks as u64), seq, "a snapshot of two instants");
        if tasks == 4 * 40 {
            break;
        }
    }
    for writer in writers {
        writer.await.expect("a writer");
    }
}

/// A snapshot stays at its instant while its pages are taken, and no page is much longer than it should be.
pub async fn a_snapshot_comes_in_pages(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let text = Text::clipped(&"x".repeat(SNAPSHOT_PAGE / 4));
    let long = |name: String| NewTask { description: text.clone(), ..ticket(&name, &[]) };
    for number in 0..20 {
        world.act(Actor::Operator, Action::CreateTask(long(format!("T-{number}")))).await.expect("a task");
    }
    let mut snapshot = world.store.snapshot().await.expect("a snapshot");
    let (mut pages, mut tasks) = (0, 0);
    while let Some(page) = snapshot.next().await {
        let page = page.expect("a page");
        let length: usize = page.iter().map(|document| document.json.len()).sum();
        assert!(length < 2 * SNAPSHOT_PAGE, "a page of {length} bytes");
        tasks += page.iter().filter(|document| document.kind == ResourceKind::Task).count();
        pages += 1;
        world.ticket(&format!("L-{pages}"), &[]).await;
    }
    assert_eq!(tasks, 20, "written since, or lost");
    assert!(pages >= 4, "{pages} pages");
    drop(world.store.snapshot().await.expect("one that nobody takes"));
    world.ticket("after", &[]).await;
}

/// Events go on after any place, with any limit, and by kind and subject.
pub async fn events_resume_at_any_place(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    for name in ["T-1", "T-2", "T-3"] {
        world.ticket(name, &[]).await;
    }
    let last = world.seq().await;
    let all = EventFilter::default();
    for after in 0..=last.0 {
        let line = world.store.events(Seq(after), 1, &all).await.expect("events").pop();
        assert_eq!(line.map(|line| line.seq), (after < last.0).then_some(Seq(after + 1)));
    }
    let created = EventFilter { kind: Some(EventKind::TaskCreated), subject: None };
    assert_eq!(world.store.events(Seq(0), 9, &created).await.expect("events").len(), 3);
    let of_one = EventFilter { kind: None, subject: Some("tasks/T-2".to_owned()) };
    let lines = world.store.events(Seq(0), 9, &of_one).await.expect("events");
    assert_eq!(lines.len(), 1);
    assert!(world.store.events(Seq(last.0 + 7), 9, &all).await.expect("events").is_empty());
}

/// An event's data is the resource as it is stored after the change.
pub async fn an_event_holds_the_whole_resource(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    world.create_project("site").await;
    world.ticket("T-1", &[]).await;
    let event = world.events().await.pop().expect("an event");
    assert_eq!((event.kind, event.at), (EventKind::TaskCreated, world.now()));
    assert_eq!(event.subject.as_ref().and_then(|subject| subject.resource()), Some((ResourceKind::Task, "T-1")));
    let told: Task = serde_json::from_value(event.data).expect("a task");
    assert_eq!(told, world.task("T-1").await);
    assert_eq!(told.id, id("T-1"));
}
