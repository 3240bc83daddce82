//! A Bus that is played by the test: streams that tick when they are told to, and a network that can be away.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use go_bus_api::{Problem, ProblemKind};
use go_bus_client::{Frame, Opened, Request, Response, Transport, TransportError};
use http::{HeaderMap, Method, StatusCode};
use serde_json::json;
use tokio::sync::mpsc;

/// How the Bus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Nothing answers.
    Away,
    /// It keeps no sessions.
    Sessionless,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    bids: usize,
    streams: Vec<mpsc::UnboundedSender<Frame>>,
}

/// The played Bus. Every grant is epoch 7 for 125 s with a grace of 2 s.
#[derive(Debug, Clone)]
pub(crate) struct Scripted(Arc<Mutex<State>>);

impl Scripted {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { mood: Mood::Well, bids: 0, streams: Vec::new() })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn be(&self, mood: Mood) {
        self.lock().mood = mood;
    }

    /// Bids and renewals answered so far.
    pub(crate) fn bids(&self) -> usize {
        self.lock().bids
    }

    /// Streams opened so far.
    pub(crate) fn streams(&self) -> usize {
        self.lock().streams.len()
    }

    /// Whether the client still listens to a stream.
    pub(crate) fn is_heard(&self, stream: usize) -> bool {
        !self.lock().streams[stream].is_closed()
    }

    /// Ticks on a stream.
    pub(crate) fn tick(&self, stream: usize, elapsed: Duration) {
        let data = json!({"epoch": 7, "grace_ms": 2000, "elapsed_ms": elapsed.as_millis() as u64}).to_string();
        // A stream that nobody listens to takes nothing.
        let _ = self.lock().streams[stream].send(Frame { event: "tick".to_owned(), data });
    }

    /// Breaks a stream.
    pub(crate) fn cut(&self, stream: usize) {
        self.lock().streams[stream] = mpsc::unbounded_channel().0;
    }
}

fn answer(status: StatusCode, body: Vec<u8>) -> Response {
    Response { status, headers: HeaderMap::new(), body: Bytes::from(body) }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let mut state = self.lock();
        if state.mood == Mood::Away {
            return Err(TransportError::NotSent("away".to_owned()));
        }
        if request.method == Method::DELETE {
            return Ok(answer(StatusCode::NO_CONTENT, Vec::new()));
        }
        state.bids += 1;
        let grant = json!({
            "holder": "go-1", "epoch": 7, "ttl_ms": 125_000, "remaining_ms": 125_000,
            "acquired_at": "2026-03-21T08:15:30.250Z", "handoff": null, "session_grace_ms": 2000,
        });
        Ok(answer(StatusCode::OK, grant.to_string().into_bytes()))
    }

    async fn open_stream(&self, _: Request, _: Duration) -> Result<Opened, TransportError> {
        let mut state = self.lock();
        match state.mood {
            Mood::Away => Err(TransportError::NotSent("away".to_owned())),
            Mood::Sessionless => {
                let problem = serde_json::to_vec(&Problem::new(ProblemKind::NotFound, "off")).unwrap();
                Ok(Opened::Refused(answer(StatusCode::NOT_FOUND, problem)))
            }
            Mood::Well => {
                let (sender, receiver) = mpsc::unbounded_channel();
                state.streams.push(sender);
                let frames = stream::unfold(receiver, |mut receiver| async {
                    let frame = receiver.recv().await?;
                    Some((Ok(frame), receiver))
                });
                Ok(Opened::Stream(Box::pin(frames)))
            }
        }
    }
}
