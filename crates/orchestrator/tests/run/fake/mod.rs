//! A Bus in memory behind the client's `Transport` port: as much of it as GO uses, with its fencing, and a log of all requests.

mod routes;
mod sprints;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use go_bus_api::{Event, Problem, ProblemKind, Task, TaskId, TaskState};
use go_bus_client::{BusClient, Frame, Opened, Request, Response, Token, Transport, TransportError};
use go_clock::{Clock as _, SystemClock};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use tokio::sync::watch;

use state::State;

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) epoch: Option<u64>,
    pub(crate) status: u16,
}

/// The fake; clones are the same Bus.
#[derive(Debug, Clone)]
pub(crate) struct FakeBus {
    state: Arc<Mutex<State>>,
    seq: watch::Sender<u64>,
}

impl FakeBus {
    pub(crate) fn new() -> Self {
        Self { state: Arc::default(), seq: watch::Sender::new(0) }
    }

    /// A client with the operator's token.
    pub(crate) fn operator(&self) -> BusClient {
        BusClient::new(Arc::new(self.clone()), Token::new("operator").unwrap())
    }

    /// Looks at the Bus, or changes it; whoever follows the events is woken.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        let result = look(&mut state);
        self.seq.send_replace(state.seq());
        result
    }

    /// Waits until `holds` does; tells the last requests where it takes too long.
    pub(crate) async fn until(&self, what: &str, mut holds: impl FnMut(&mut State) -> bool) {
        let mut seq = self.seq.subscribe();
        let wait = async {
            while !holds(&mut self.lock()) {
                // Not every change is an event: requests are looked at too.
                let _ = tokio::time::timeout(Duration::from_millis(20), seq.changed()).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(20), wait).await.is_err() {
            panic!("waited for {what} in vain; {:#?}", self.lock().seen());
        }
    }

    /// Plays the POs: every assigned task is at once ended as `judge` says.
    pub(crate) async fn play_pos(self, judge: impl Fn(&Task) -> TaskState) {
        let mut seq = self.seq.subscribe();
        loop {
            let assigned: Vec<TaskId> = self.with(|state| state.tasks_in(TaskState::InProgress));
            for id in assigned {
                self.with(|state| {
                    let task = state.task(id.as_str()).unwrap();
                    state.end(&id, judge(&task));
                });
            }
            if seq.changed().await.is_err() {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn answer(status: u16, body: &Value) -> Response {
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    Response { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body }
}

/// What a problem looks like on the wire.
pub(crate) fn problem(kind: ProblemKind) -> (u16, Value) {
    (kind.status(), serde_json::to_value(Problem::new(kind, "")).unwrap())
}

#[async_trait]
impl Transport for FakeBus {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let epoch = header(&request.headers, "lease-epoch");
        let token = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        if request.target.starts_with("/agents/000/lease/wait") {
            self.until("the lease to be free", |state| state.lease_is_free()).await;
        }
        if self.lock().away {
            let seen = Seen { method: request.method, target: request.target, epoch, status: 0 };
            self.with(|state| state.note(seen));
            return Err(TransportError::NotSent("it is away".to_owned()));
        }
        let (status, reply) = self.with(|state| {
            let (status, reply) = state.handle(&request.method, &request.target, token, epoch, &body);
            state.note(Seen { method: request.method.clone(), target: request.target.clone(), epoch, status });
            (status, reply)
        });
        if status == 201 && request.target.ends_with("/lease") && self.lock().grants_unheard {
            std::future::pending::<()>().await;
        }
        let mut response = answer(status, &reply);
        if request.target == "/snapshot" && status == 200 {
            let (seq, lines) = self.with(|state| state.snapshot());
            response.headers.insert("event-seq", HeaderValue::from(seq));
            response.body = Bytes::from(lines);
        }
        Ok(response)
    }

    async fn open_stream(&self, request: Request, _idle: Duration) -> Result<Opened, TransportError> {
        let after = header(&request.headers, "last-event-id").unwrap_or(0);
        let slow = self.lock().slow;
        SystemClock.sleep(slow).await;
        self.with(|state| state.note(Seen { method: Method::GET, target: request.target, epoch: None, status: 200 }));
        let frames = stream::unfold((self.clone(), self.seq.subscribe(), after), |(bus, mut seq, after)| async move {
            loop {
                let event = bus.lock().event_after(after);
                if let Some(event) = event {
                    return Some((Ok(frame(&event)), (bus, seq, event.seq.0)));
                }
                seq.changed().await.ok()?;
            }
        });
        Ok(Opened::Stream(frames.boxed()))
    }
}

fn frame(event: &Event) -> Frame {
    Frame { event: event.kind.to_string(), data: serde_json::to_string(event).unwrap() }
}
