//! A way to the Bus on which one chosen write goes wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use go_bus_api::{Problem, ProblemKind};
use go_bus_client::{Opened, Request, Response, Transport, TransportError};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::step::{Step, Write};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 503, and nothing is done.
    Refused,
    /// No connection.
    NotSent,
    /// It is done, but the connection breaks before the answer.
    AnswerLost,
    /// It is done, but the answer does not come in time.
    TimedOut,
    /// It arrives twice; the second answer is the one that is read.
    Twice,
}

impl Fault {
    /// One that keeps a write from being done, one that loses its answer, and one that does it twice: of two of a kind each has its
    /// turn.
    pub(crate) fn of_turn(turn: usize) -> [Self; 3] {
        match turn % 2 {
            0 => [Self::Refused, Self::AnswerLost, Self::Twice],
            _ => [Self::NotSent, Self::TimedOut, Self::Twice],
        }
    }

    /// Whether GO gets over it. A registration that goes wrong is told to whoever starts GO, which has done nothing yet; it alone
    /// carries no key, since its answer has a token that the Bus keeps nowhere.
    pub(crate) fn fits(self, step: Step) -> bool {
        step != Step::Register || matches!(self, Self::NotSent)
    }
}

/// Which write of a run goes wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) write: Numbered,
    pub(crate) fault: Fault,
}

/// A write, and which of its like it is: a handoff is written more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) step: Step,
    pub(crate) write: Write,
    pub(crate) nth: usize,
}

#[derive(Debug, Default)]
struct Record {
    counts: HashMap<Write, usize>,
    writes: Vec<Numbered>,
    struck: bool,
}

/// The way.
#[derive(Debug)]
pub(crate) struct Faulty {
    inner: Arc<dyn Transport>,
    target: Option<Target>,
    record: Mutex<Record>,
}

impl Faulty {
    pub(crate) fn new(inner: Arc<dyn Transport>, target: Option<Target>) -> Self {
        Self { inner, target, record: Mutex::default() }
    }

    /// Every write so far, in order, and whether the chosen one came about.
    pub(crate) fn record(&self) -> (Vec<Numbered>, bool) {
        let record = self.record.lock().unwrap();
        (record.writes.clone(), record.struck)
    }

    /// Notes the request; the fault that strikes it.
    fn strike(&self, request: &Request) -> Option<Fault> {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let fenced = request.headers.contains_key("lease-epoch");
        let write = Write::of(&request.method, &request.target, fenced, &body)?;
        let mut record = self.record.lock().unwrap();
        let count = record.counts.entry(write.clone()).or_default();
        *count += 1;
        let numbered = Numbered { step: write.step, write, nth: *count };
        record.writes.push(numbered.clone());
        let target = self.target.as_ref().filter(|target| target.write == numbered)?;
        record.struck = true;
        Some(target.fault)
    }
}

fn unavailable() -> Response {
    let problem = Problem::new(ProblemKind::StorageUnavailable, "");
    let body = Bytes::from(serde_json::to_vec(&problem).unwrap());
    Response { status: StatusCode::SERVICE_UNAVAILABLE, headers: HeaderMap::new(), body }
}

#[async_trait]
impl Transport for Faulty {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        match self.strike(&request) {
            None => self.inner.send(request).await,
            Some(Fault::Refused) => Ok(unavailable()),
            Some(Fault::NotSent) => Err(TransportError::NotSent("by order".to_owned())),
            Some(Fault::AnswerLost) => {
                let answer = self.inner.send(request).await;
                answer.and(Err(TransportError::Broken("by order".to_owned())))
            }
            Some(Fault::TimedOut) => self.inner.send(request).await.and(Err(TransportError::TimedOut)),
            Some(Fault::Twice) => {
                self.inner.send(request.clone()).await?;
                self.inner.send(request).await
            }
        }
    }

    async fn open_stream(&self, request: Request, idle: Duration) -> Result<Opened, TransportError> {
        self.inner.open_stream(request, idle).await
    }
}
