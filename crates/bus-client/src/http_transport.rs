//! The transport over reqwest and eventsource-stream.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, stream};

use crate::{Opened, Request, Response, Sink, Transport, TransportError, sse};

/// HTTP/1.1 over TCP to one Bus. Needs a tokio runtime.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    http: reqwest::Client,
    base: Box<str>,
}

impl HttpTransport {
    /// A transport to the Bus at `base`, such as `http://localhost:8088`. No connection is made yet.
    pub fn new(base: &str) -> Result<Self, TransportError> {
        let unusable = |why: String| TransportError::NotSent(format!("{base:?} is no usable address: {why}"));
        let url = reqwest::Url::parse(base).map_err(|error| unusable(error.to_string()))?;
        if url.scheme() != "http" || url.host_str().is_none() {
            return Err(unusable("it should look like http://localhost:8088".to_owned()));
        }
        let http = reqwest::Client::builder()
            // A redirect would carry the token to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| unusable(describe(&error)))?;
        Ok(Self { http, base: base.trim_end_matches('/').into() })
    }

    fn builder(&self, request: Request) -> reqwest::RequestBuilder {
        let url = format!("{}{}", self.base, request.target);
        let builder = self.http.request(request.method, url).headers(request.headers);
        if request.body.is_empty() { builder } else { builder.body(request.body) }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let timeout = request.timeout;
        let answer = self.builder(request).timeout(timeout).send().await.map_err(|error| failure(&error))?;
        whole(answer).await
    }

    async fn send_into(&self, request: Request, sink: &mut dyn Sink) -> Result<Response, TransportError> {
        let timeout = request.timeout;
        let mut answer = self.builder(request).timeout(timeout).send().await.map_err(|error| failure(&error))?;
        if !answer.status().is_success() {
            return whole(answer).await;
        }
        sink.begin();
        while let Some(piece) = answer.chunk().await.map_err(|error| failure(&error))? {
            sink.take(&piece);
        }
        Ok(Response { status: answer.status(), headers: answer.headers().clone(), body: Bytes::new() })
    }

    async fn open_stream(&self, request: Request, idle: Duration) -> Result<Opened, TransportError> {
        let timeout = request.timeout;
        // reqwest's own timeout would span the whole stream; here it is for the head alone.
        let opening = async {
            let answer = self.builder(request).send().await.map_err(|error| failure(&error))?;
            if sse::is_event_stream(answer.status(), answer.headers()) {
                Ok(Ok(answer))
            } else {
                whole(answer).await.map(Err)
            }
        };
        match tokio::time::timeout(timeout, opening).await {
            Err(_) => Err(TransportError::TimedOut),
            Ok(Err(error)) => Err(error),
            Ok(Ok(Err(refused))) => Ok(Opened::Refused(refused)),
            Ok(Ok(Ok(answer))) => Ok(Opened::Stream(sse::frames(watched(answer, idle)))),
        }
    }
}

async fn whole(answer: reqwest::Response) -> Result<Response, TransportError> {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.map_err(|error| failure(&error))?;
    Ok(Response { status, headers, body })
}

/// The bytes of `answer`, comments included, until none has come for `idle`.
fn watched(answer: reqwest::Response, idle: Duration) -> impl Stream<Item = Result<Bytes, TransportError>> + Send {
    stream::unfold(Some(answer), move |answer| async move {
        let mut answer = answer?;
        match tokio::time::timeout(idle, answer.chunk()).await {
            Ok(Ok(Some(bytes))) => Some((Ok(bytes), Some(answer))),
            Ok(Ok(None)) => None,
            Ok(Err(error)) => Some((Err(failure(&error)), None)),
            Err(_) => Some((Err(TransportError::TimedOut), None)),
        }
    })
}

fn failure(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        TransportError::TimedOut
    } else if error.is_connect() || error.is_builder() {
        TransportError::NotSent(describe(error))
    } else {
        TransportError::Broken(describe(error))
    }
}

/// The chain of causes in one line; reqwest's own words name only the outermost.
fn describe(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
