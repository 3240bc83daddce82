//! The transport over ureq.

use std::io::ErrorKind;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ureq::{Agent, Error, Timeout};

use crate::{Opened, Request, Response, Transport, TransportError};

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// HTTP/1.1 over TCP to one Bus, blocking the thread that polls. It has no streams.
#[derive(Debug, Clone)]
pub struct BlockingTransport {
    agent: Agent,
    base: Box<str>,
}

impl BlockingTransport {
    /// A transport to the Bus at `base`, such as `http://localhost:8088`. No connection is made yet.
    pub fn new(base: &str) -> Result<Self, TransportError> {
        let unusable = |why: String| TransportError::NotSent(format!("{base:?} is no usable address: {why}"));
        let uri: http::Uri = base.parse().map_err(|error: http::uri::InvalidUri| unusable(error.to_string()))?;
        if uri.scheme_str() != Some("http") || uri.host().is_none() {
            return Err(unusable("it should look like http://localhost:8088".to_owned()));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            // A shim speaks seldom: a kept connection would be stale by the next time.
            .max_idle_connections(0)
            .build();
        Ok(Self { agent: config.into(), base: base.trim_end_matches('/').into() })
    }

    fn exchange(&self, request: Request) -> Result<Response, Error> {
        let uri = format!("{}{}", self.base, request.target);
        let mut builder = http::Request::builder().method(request.method).uri(uri);
        if let Some(headers) = builder.headers_mut() {
            *headers = request.headers;
        }
        let timeout = Some(request.timeout);
        let answer = if request.body.is_empty() {
            let bare = builder.body(())?;
            self.agent.run(self.agent.configure_request(bare).timeout_global(timeout).build())?
        } else {
            let full = builder.body(request.body.as_ref())?;
            self.agent.run(self.agent.configure_request(full).timeout_global(timeout).build())?
        };
        let (parts, mut body) = answer.into_parts();
        let body = Bytes::from(body.with_config().limit(LONGEST).read_to_vec()?);
        Ok(Response { status: parts.status, headers: parts.headers, body })
    }
}

#[async_trait]
impl Transport for BlockingTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.exchange(request).map_err(|error| failure(&error))
    }

    async fn open_stream(&self, _: Request, _: Duration) -> Result<Opened, TransportError> {
        Err(TransportError::Unsupported("a blocking client follows no events"))
    }
}

fn failure(error: &Error) -> TransportError {
    match error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect)
        | Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Http(_) => TransportError::NotSent(error.to_string()),
        Error::Timeout(_) => TransportError::TimedOut,
        Error::Io(io) if io.kind() == ErrorKind::TimedOut => TransportError::TimedOut,
        Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => TransportError::NotSent(error.to_string()),
        _ => TransportError::Broken(error.to_string()),
    }
}
