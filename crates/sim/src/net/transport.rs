//! The client's transport on the simulated network.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use go_bus_api::Epoch;
use go_bus_client::{Frames, Opened, Request, Response, Transport, TransportError, sse};
use go_clock::Clock;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use super::dial::Dial;
use super::tampering::Fate;
use crate::clock::NodeClock;
use crate::ground::Ground;
use crate::{Exchange, Node, Seen};

/// HTTP/1.1 from one process of a node to the Bus. Nothing leaves it and nothing reaches it while the process is stopped.
#[derive(Debug, Clone)]
pub(crate) struct SimTransport(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ground: Arc<Ground>,
    node: Node,
    life: u32,
    clock: NodeClock,
    dial: Dial,
}

impl SimTransport {
    /// The transport of the process that a node runs now.
    pub(crate) fn new(ground: &Arc<Ground>, node: Node) -> Self {
        let (clock, life) = (ground.clock(node), ground.node(node).life());
        let dial = Dial::new(Arc::clone(ground), node);
        Self(Arc::new(Inner { ground: Arc::clone(ground), node, life, clock, dial }))
    }

    /// Tells that a request begins.
    fn begin(&self, request: &Request) -> Exchange {
        let Inner { ground, node, life, clock, .. } = &*self.0;
        let exchange = ground.next_exchange();
        let epoch = request.headers.get("lease-epoch").and_then(|value| value.to_str().ok()?.parse().ok()).map(Epoch);
        ground.see(&Seen::RequestBegun {
            exchange,
            node: *node,
            life: *life,
            method: &request.method,
            target: &request.target,
            epoch,
            headers: &request.headers,
            body: &request.body,
            timeout: request.timeout,
            boottime: clock.boottime(),
        });
        exchange
    }

    fn answered(&self, exchange: Exchange, status: u16, body: &[u8]) {
        let Inner { ground, node, clock, .. } = &*self.0;
        ground.see(&Seen::RequestAnswered { exchange, node: *node, status, body, boottime: clock.boottime() });
    }

    fn failed(&self, exchange: Exchange, error: Option<&TransportError>) {
        let Inner { ground, node, clock, .. } = &*self.0;
        ground.see(&Seen::RequestFailed { exchange, node: *node, error, boottime: clock.boottime() });
    }

    /// `work` for as long as `timeout` by this process's clock, and not while it is stopped.
    async fn within<T>(
        &self,
        timeout: Duration,
        work: impl Future<Output = Result<T, TransportError>>,
    ) -> Result<T, TransportError> {
        let done = tokio::select! {
            biased;
            done = work => done,
            () = self.0.clock.sleep(timeout) => Err(TransportError::TimedOut),
        };
        self.gate().await;
        done
    }

    async fn gate(&self) {
        self.0.ground.node(self.0.node).gate.opened().await;
    }

    /// Sends a request once and reads the whole answer.
    async fn whole(&self, request: &Request) -> Result<Response, TransportError> {
        self.gate().await;
        let (answer, connection) = self.0.dial.exchange(http_request(request)?).await?;
        let response = collected(answer).await?;
        self.0.dial.give_back(connection);
        Ok(response)
    }

    /// The same with what befalls it on its way.
    async fn carried(&self, request: &Request) -> Result<Response, TransportError> {
        let tampering = &self.0.ground.node(self.0.node).tampering;
        match tampering.next() {
            Fate::Usual => self.whole(request).await,
            Fate::AnswerLost => {
                self.whole(request).await?;
                std::future::pending().await
            }
            Fate::Duplicated => {
                let answer = self.whole(request).await;
                let (again, request, later) = (self.clone(), request.clone(), self.0.ground.settings.latency * 4);
                tokio::spawn(async move {
                    tokio::time::sleep(later).await;
                    // Its answer belongs to nobody.
                    let _ = again.whole(&request).await;
                });
                answer
            }
        }
    }

    /// The answer's body where it is a stream, else the whole answer.
    async fn opened(&self, request: &Request) -> Result<Result<Incoming, Response>, TransportError> {
        let fate = self.0.ground.node(self.0.node).tampering.next();
        let opened = self.opened_once(request).await?;
        if fate == Fate::AnswerLost {
            // It stays open until the client gives up.
            let _held = opened;
            return std::future::pending().await;
        }
        Ok(opened)
    }

    async fn opened_once(&self, request: &Request) -> Result<Result<Incoming, Response>, TransportError> {
        self.gate().await;
        let (answer, connection) = self.0.dial.exchange(http_request(request)?).await?;
        if sse::is_event_stream(answer.status(), answer.headers()) {
            return Ok(Ok(answer.into_body()));
        }
        let response = collected(answer).await?;
        self.0.dial.give_back(connection);
        Ok(Err(response))
    }

    /// The bytes of a stream, until none has come for `idle`.
    fn watched(
        &self,
        body: Incoming,
        idle: Duration,
    ) -> impl Stream<Item = Result<Bytes, TransportError>> + Send + use<> {
        let this = self.clone();
        stream::unfold(Some(body), move |body| {
            let this = this.clone();
            async move {
                let mut body = body?;
                let next = async { Ok(body.frame().await) };
                match this.within(idle, next).await {
                    Ok(Some(Ok(frame))) => Some((Ok(frame.into_data().unwrap_or_default()), Some(body))),
                    Ok(None) => None,
                    Ok(Some(Err(error))) => Some((Err(TransportError::Broken(error.to_string())), None)),
                    Err(error) => Some((Err(error), None)),
                }
            }
        })
    }

    /// The frames of a stream, each told as it comes.
    fn told(&self, exchange: Exchange, frames: Frames) -> Frames {
        let this = self.clone();
        let ended = self.clone();
        let frames = frames.inspect(move |frame| match frame {
            Ok(frame) => {
                let Inner { ground, node, clock, .. } = &*this.0;
                let (event, data) = (frame.event.as_str(), frame.data.as_str());
                ground.see(&Seen::Frame { exchange, node: *node, event, data, boottime: clock.boottime() });
            }
            Err(error) => this.failed(exchange, Some(error)),
        });
        let end = stream::once(async move {
            ended.failed(exchange, None);
            None
        });
        Box::pin(frames.map(Some).chain(end).filter_map(|frame| async move { frame }))
    }
}

#[async_trait]
impl Transport for SimTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let exchange = self.begin(&request);
        let answer = self.within(request.timeout, self.carried(&request)).await;
        match &answer {
            Ok(response) => self.answered(exchange, response.status.as_u16(), &response.body),
            Err(error) => self.failed(exchange, Some(error)),
        }
        answer
    }

    async fn open_stream(&self, request: Request, idle: Duration) -> Result<Opened, TransportError> {
        let exchange = self.begin(&request);
        match self.within(request.timeout, self.opened(&request)).await {
            Ok(Ok(body)) => {
                self.answered(exchange, 200, &[]);
                let frames = sse::frames(self.watched(body, idle));
                Ok(Opened::Stream(self.told(exchange, frames)))
            }
            Ok(Err(refused)) => {
                self.answered(exchange, refused.status.as_u16(), &refused.body);
                Ok(Opened::Refused(refused))
            }
            Err(error) => {
                self.failed(exchange, Some(&error));
                Err(error)
            }
        }
    }
}

fn http_request(request: &Request) -> Result<hyper::Request<Full<Bytes>>, TransportError> {
    let mut http = hyper::Request::new(Full::new(request.body.clone()));
    *http.method_mut() = request.method.clone();
    let target = request.target.parse();
    *http.uri_mut() = target.map_err(|_| TransportError::NotSent(format!("{:?} is no target", request.target)))?;
    *http.headers_mut() = request.headers.clone();
    http.headers_mut().insert(http::header::HOST, http::HeaderValue::from_static("bus:8088"));
    Ok(http)
}

async fn collected(answer: hyper::Response<Incoming>) -> Result<Response, TransportError> {
    let (head, body) = answer.into_parts();
    let body = body.collect().await.map_err(|error| TransportError::Broken(error.to_string()))?;
    Ok(Response { status: head.status, headers: head.headers, body: body.to_bytes() })
}
