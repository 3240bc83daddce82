//! `GET /snapshot`: every resource in any state, a JSON line each, and the event after which that was.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use go_bus_store::{Document, Snapshot, StoreError};
use go_clock::Sleep;
use http::StatusCode;
use http::header;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::answer::Answer;
use crate::bus::{Bus, wrong_answer};
use crate::openapi::Operation;
use crate::permits::Right;

/// How long a client may take over all of it: the store keeps that moment for it. A body that ends early is cut, never whole.
const WHOLE: Duration = Duration::from_secs(60);

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/snapshot", get(snapshot))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(
            "/snapshot",
            "get_snapshot",
            "Every resource in any state, from one moment: that of `Event-Seq`.",
        )
        .needs(&[Right::AgentsRead, Right::TasksRead])
        .answers_as::<String>(StatusCode::OK, "application/x-ndjson", "A line `{type, resource}` for each."),
    ]
}

async fn snapshot(State(bus): State<Bus>) -> Answer {
    // Nobody closes them: there is a place sooner or later.
    let place = Arc::clone(&bus.snapshots).acquire_owned().await.map_err(|_| wrong_answer())?;
    let snapshot = bus.store.snapshot().await?;
    let seq = snapshot.seq().to_string();
    let headers = [(header::CONTENT_TYPE.as_str(), "application/x-ndjson".to_owned()), ("event-seq", seq)];
    let (chunks, taken) = mpsc::channel(1);
    tokio::spawn(hand_out(snapshot, place, chunks, bus.clock.sleep(WHOLE)));
    let chunks = stream::unfold(taken, |mut taken| async move { Some((taken.recv().await?, taken)) });
    Ok((headers, Body::from_stream(chunks)).into_response())
}

/// Sends the pages on until all are taken, nobody takes more, or it is `late`. A task of its own, as a body whose client takes
/// nothing is not asked for more, and the store would not be let go.
async fn hand_out(
    mut snapshot: Snapshot,
    place: OwnedSemaphorePermit,
    chunks: mpsc::Sender<Result<Bytes, StoreError>>,
    late: Sleep,
) {
    let all = async {
        let _place = place;
        while let Some(page) = snapshot.next().await {
            if chunks.send(page.map(|page| chunk(&page))).await.is_err() {
                return;
            }
        }
    };
    let in_time = tokio::select! {
        () = all => true,
        () = late => false,
    };
    drop(snapshot);
    if !in_time {
        // Nobody is told who is not there any more.
        let _ = chunks.send(Err(StoreError::Engine("the snapshot was not taken in time".to_owned()))).await;
    }
}

fn chunk(page: &[Document]) -> Bytes {
    let mut chunk = String::new();
    page.iter().for_each(|document| line(&mut chunk, document));
    Bytes::from(chunk)
}

fn line(out: &mut String, document: &Document) {
    for part in [r#"{"type":""#, document.kind.as_str(), r#"","resource":"#, &document.json, "}\n"] {
        out.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::Seq;
    use tokio::sync::{Semaphore, oneshot};

    use super::*;

    #[tokio::test]
    async fn the_store_is_let_go_in_time_though_nobody_takes_a_page_and_the_body_is_cut() {
        let places = Arc::new(Semaphore::new(1));
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        let ((turn, pages), (chunks, mut taken)) = (mpsc::channel(1), mpsc::channel(1));
        let (end, ended) = oneshot::channel::<()>();
        let late: Sleep = Box::pin(async { drop(ended.await) });
        let handing = tokio::spawn(hand_out(Snapshot::new(Seq(1), pages), place, chunks, late));
        for _ in 0..3 {
            turn.send(Ok(Vec::new())).await.unwrap();
        }
        end.send(()).unwrap();
        tokio::time::timeout(WHOLE, turn.closed()).await.expect("the store is held");
        assert_eq!(places.available_permits(), 1);
        assert_eq!(taken.recv().await, Some(Ok(Bytes::new())));
        assert!(matches!(taken.recv().await, Some(Err(_))));
        assert_eq!(taken.recv().await, None);
        handing.await.unwrap();
    }
}
