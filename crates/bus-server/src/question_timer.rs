//! Questions whose deadline comes: the default holds then.
//!
//! A deadline is an instant of the wall clock, which may be set, so it is looked at once a minute at least while one is ahead.

use std::time::Duration;

use go_bus_api::{ListQuery, QuestionId, ResourceKind, Timestamp};
use go_bus_store::{Action, Document, Query, QueryAnswer, Reject, StoreError};
use serde::Deserialize;

use crate::bus::{Bus, wrong_answer};

/// The longest sleep before a deadline.
const LOOK: Duration = Duration::from_secs(60);

/// How long a store that fails is left alone.
const BACKOFF: Duration = Duration::from_secs(1);

/// What of a question tells when it ends.
#[derive(Debug, Deserialize)]
struct Open {
    id: QuestionId,
    deadline: Option<Timestamp>,
}

/// Ends each question at its deadline, until the Bus ends.
pub(crate) async fn run(bus: Bus) {
    loop {
        let pause = match end_what_is_due(&bus).await {
            Ok(next) => next.map(|deadline| deadline.since(bus.wall()).min(LOOK)),
            Err(error) => {
                tracing::warn!(%error, "the questions' deadlines can't be looked at; it is tried again");
                Some(BACKOFF)
            }
        };
        tokio::select! {
            () = bus.closing() => return,
            () = bus.question_asked.notified() => {}
            () = rest(&bus, pause) => {}
        }
    }
}

async fn rest(bus: &Bus, pause: Option<Duration>) {
    match pause {
        Some(pause) => bus.clock.sleep(pause).await,
        None => std::future::pending().await,
    }
}

/// Ends the questions that are due, and answers the next deadline.
async fn end_what_is_due(bus: &Bus) -> Result<Option<Timestamp>, StoreError> {
    let mut next: Option<Timestamp> = None;
    for Open { id, deadline } in open(bus).await? {
        let Some(deadline) = deadline else { continue };
        if bus.wall() < deadline {
            next = Some(next.map_or(deadline, |next| next.min(deadline)));
        } else if let Err(Reject::Store(error)) = bus.commit_own(Action::ExpireQuestion(id)).await {
            return Err(error);
        }
    }
    Ok(next)
}

async fn open(bus: &Bus) -> Result<Vec<Open>, StoreError> {
    let mut query =
        ListQuery { state: Some("open".to_owned()), limit: Some(ListQuery::MAX_LIMIT), ..ListQuery::default() };
    let mut questions = Vec::new();
    loop {
        let answer = bus.store.read(Query::List(ResourceKind::Question, query.clone())).await?;
        let QueryAnswer::List(page) = answer else { return Err(wrong_answer()) };
        questions.extend(page.items.iter().filter_map(read));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(questions),
        }
    }
}

fn read(document: &Document) -> Option<Open> {
    let read = serde_json::from_str(&document.json);
    read.inspect_err(|error| tracing::warn!(%error, "a question does not read")).ok()
}
