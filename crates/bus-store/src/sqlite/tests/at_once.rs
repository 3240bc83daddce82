//! Who commits on the caller's own thread, and who in the queue.

use std::sync::Arc;

use super::super::batch::{Committer, News};
use super::super::writer::{Job, Writer};
use super::super::{Durability, schema, tx};
use crate::conformance::world::{World, ticket};
use crate::{Action, Actor, Command, Policy, SqliteStore};

/// A writer over a new file, and commands for it.
struct Place {
    _folder: tempfile::TempDir,
    world: World,
    writer: Writer,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        let world = World::over(Arc::new(SqliteStore::open(&path, Policy::default()).unwrap()));
        world.create_project("site").await;
        drop(world);
        let connection = schema::open(&path, Durability::Scratch).unwrap();
        let news = News::after_event(tx::last_seq(&connection).unwrap());
        let committer = Committer::new(connection, &path, Policy::default(), news, Arc::default()).unwrap();
        let world = World::over(Arc::new(SqliteStore::in_memory(Policy::default()).unwrap()));
        Self { _folder: folder, world, writer: Writer::start(committer).unwrap() }
    }

    fn command(&self, id: &str) -> Vec<Command> {
        vec![self.world.command(Actor::Operator, Action::CreateTask(ticket(id, &[])))]
    }

    /// Through the queue, all at the same time.
    async fn queued(&self, ids: &[&str]) {
        let mut waiting = Vec::new();
        for id in ids {
            let (answer, answered) = tokio::sync::oneshot::channel();
            assert!(self.writer.send(Job { commands: self.command(id), answer }).await);
            waiting.push(answered);
        }
        for answered in waiting {
            answered.await.unwrap().pop().unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn who_is_alone_commits_at_once_and_the_first_after_a_start_does_not() {
    let place = Place::new().await;
    assert!(place.writer.at_once(place.command("T-0")).is_err(), "nothing is known of the disk yet");
    for number in 0.. {
        // A machine that is busy just now takes longer than is quick; the queue finds out when that is over.
        place.queued(&[&format!("Q-{number}")]).await;
        if let Ok(answers) = place.writer.at_once(place.command(&format!("N-{number}"))) {
            assert!(matches!(answers.as_slice(), [Ok(_)]), "{answers:?}");
            return;
        }
    }
}

#[tokio::test]
async fn after_a_crowd_nobody_commits_at_once_until_somebody_was_alone() {
    let place = Place::new().await;
    let held = place.writer.hold();
    let ids = ["A", "B", "C", "D"];
    let all = place.queued(&ids);
    tokio::pin!(all);
    assert!(now(all.as_mut()).is_none(), "the writer is held");
    assert!(place.writer.at_once(place.command("E")).is_err(), "others wait");
    drop(held);
    all.await;
    assert!(place.writer.at_once(place.command("F")).is_err(), "there was a crowd");
}

/// What a future has come to after one look.
fn now<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}
