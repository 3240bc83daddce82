//! The port that carries requests to a Bus.

use std::fmt::Debug;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderMap, Method, StatusCode};

/// A request, complete but for the Bus's address, which the transport knows.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query: begins with `/`.
    pub target: String,
    /// All headers, the token's among them (marked sensitive, so that it doesn't print).
    pub headers: HeaderMap,
    /// The body; none where it is empty.
    pub body: Bytes,
    /// How long the whole exchange may take; for a stream, how long until its head.
    pub timeout: Duration,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// One dispatched server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The `event` field.
    pub event: String,
    /// The `data` field.
    pub data: String,
}

/// The events of an open stream. Ends with `None` or an error; either way it is over.
pub type Frames = Pin<Box<dyn Stream<Item = Result<Frame, TransportError>> + Send>>;

/// What came of opening a stream.
pub enum Opened {
    /// It is open.
    Stream(Frames),
    /// The Bus answered with a status other than 200, or with something other than an event stream.
    Refused(Response),
}

/// Why an exchange failed beneath HTTP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection came about: the request was certainly not carried out.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The connection broke after the request may have gone out: it may have been carried out.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// No complete answer came in time, or a stream fell silent: the request may have been carried out.
    #[error("no answer in time")]
    TimedOut,
    /// This transport can't do that.
    #[error("{0}")]
    Unsupported(&'static str),
}

/// Takes the body of an answer as it comes, where nobody should have to hold the whole of it.
pub trait Sink: Send {
    /// An answer begins; whatever came of one before was cut short and does not count.
    fn begin(&mut self);

    /// The next bytes of it.
    fn take(&mut self, piece: &[u8]);
}

/// How requests reach a Bus.
///
/// *Flow*: [`crate::BusClient`] hands over one request at a time per call and reads the whole answer.
///
/// *Guarantees* of an implementation: one call is one request at most, never repeated and never redirected; nothing takes longer
/// than [`Request::timeout`]; a body that was cut short is [`TransportError::Broken`], never a short answer; a stream yields
/// only events that were dispatched whole (the blank line came), and ends with [`TransportError::TimedOut`] once not even
/// a comment has come for `idle`.
///
/// *Assumptions*: HTTP semantics, UTF-8 bodies. Any status is an answer, not an error.
///
/// *Crash semantics*: dropping the future abandons the exchange; whether the Bus carries it out is then unknown.
#[async_trait]
pub trait Transport: Debug + Send + Sync + 'static {
    /// Sends `request` and reads the whole answer.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;

    /// Like [`Transport::send`], but the body of a 2xx answer goes into `sink`; the answer that is returned has none then.
    async fn send_into(&self, request: Request, sink: &mut dyn Sink) -> Result<Response, TransportError> {
        let mut response = self.send(request).await?;
        if response.status.is_success() {
            sink.begin();
            sink.take(&std::mem::take(&mut response.body));
        }
        Ok(response)
    }

    /// Sends `request` and hands out the events of its answer as they come; silence longer than `idle` ends them.
    async fn open_stream(&self, request: Request, idle: Duration) -> Result<Opened, TransportError>;
}
