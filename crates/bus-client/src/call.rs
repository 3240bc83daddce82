//! One call of the contract, described: what goes out, how long it may take, whether it may be repeated.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;

use crate::retry::Repeat;
use crate::{BusError, Request};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How long a call may take, retries included, where nothing else is said.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// A call before authorization and fencing.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Result<Bytes, String>,
    pub(crate) repeat: Repeat,
    pub(crate) deadline: Duration,
}

impl Call {
    fn new(method: Method, target: impl Into<String>, repeat: Repeat) -> Self {
        let (headers, body) = (HeaderMap::new(), Ok(Bytes::new()));
        Self { method, target: target.into(), headers, body, repeat, deadline: DEADLINE }
    }

    /// A read.
    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target, Repeat::Harmless)
    }

    /// A replacement of the whole.
    pub(crate) fn put(target: impl Into<String>) -> Self {
        Self::new(Method::PUT, target, Repeat::Harmless)
    }

    /// An end.
    pub(crate) fn delete(target: impl Into<String>) -> Self {
        Self::new(Method::DELETE, target, Repeat::Harmless)
    }

    /// A change of some fields: a repeat may meet another state than the first did.
    pub(crate) fn patch(target: impl Into<String>) -> Self {
        Self::new(Method::PATCH, target, Repeat::Counts)
    }

    /// A step whose repeat the contract does not absorb.
    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target, Repeat::Counts)
    }

    /// A POST whose repeat the contract absorbs: a heartbeat, an exit, a completion.
    pub(crate) fn post_idempotent(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target, Repeat::Harmless)
    }

    /// A POST that creates, made harmless to repeat by `key`.
    pub(crate) fn create(target: impl Into<String>, key: &str) -> Self {
        let mut call = Self::new(Method::POST, target, Repeat::Counts);
        if let Ok(value) = HeaderValue::try_from(key) {
            call.headers.insert(IDEMPOTENCY_KEY, value);
            call.repeat = Repeat::Harmless;
        }
        call
    }

    /// The same with a JSON body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        self.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = serde_json::to_vec(body).map(Bytes::from).map_err(|error| error.to_string());
        self
    }

    /// The same with a header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The same with another deadline.
    pub(crate) fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The request of one try, which has `timeout` left.
    pub(crate) fn request(&self, timeout: Duration) -> Result<Request, BusError> {
        Ok(Request {
            method: self.method.clone(),
            target: self.target.clone(),
            headers: self.headers.clone(),
            body: self.body.clone().map_err(BusError::Unwritable)?,
            timeout,
        })
    }
}
