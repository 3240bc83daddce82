//! Connections to the Bus: made where none is idle, and kept for the next request.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use go_bus_client::TransportError;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use turmoil::net::TcpStream;

use super::io::GatedIo;
use crate::Node;
use crate::ground::Ground;

type Sender = SendRequest<Full<Bytes>>;

/// How many idle connections are kept.
const KEPT: usize = 8;

/// How long whoever connects waits for an answer before it asks again, as TCP does.
const RESEND: Duration = Duration::from_secs(1);

/// A process's connections to the Bus.
#[derive(Debug)]
pub(crate) struct Dial {
    ground: Arc<Ground>,
    node: Node,
    idle: Mutex<Vec<Sender>>,
}

impl Dial {
    pub(crate) fn new(ground: Arc<Ground>, node: Node) -> Self {
        Self { ground, node, idle: Mutex::new(Vec::new()) }
    }

    /// Sends a request over an idle connection or a new one; answers the head, and the connection that it came by.
    pub(crate) async fn exchange(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Response<Incoming>, Sender), TransportError> {
        loop {
            let (mut sender, is_new) = match self.take_idle() {
                Some(sender) => (sender, false),
                None => (self.connect().await?, true),
            };
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, sender)),
                Err(mut error) => match error.take_message().filter(|_| !is_new) {
                    // It was idle for too long and has ended; nothing was sent.
                    Some(unsent) => request = unsent,
                    None => return Err(TransportError::Broken(error.into_error().to_string())),
                },
            }
        }
    }

    /// Takes a connection back whose answer was read to its end.
    pub(crate) fn give_back(&self, sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT && !sender.is_closed() {
            idle.push(sender);
        }
    }

    fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(sender) = idle.pop() {
            if sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    async fn connect(&self) -> Result<Sender, TransportError> {
        let failed = |error: std::io::Error| TransportError::NotSent(error.to_string());
        let (there, back) = (self.ground.links.way(self.node, Node::Bus), self.ground.links.way(Node::Bus, self.node));
        // A handshake needs both ways.
        poll_fn(|cx| there.poll_open(cx)).await;
        back.opened().await;
        if self.ground.refuses(Node::Bus) {
            tokio::time::sleep(self.ground.settings.tick).await;
            return Err(TransportError::NotSent("connection refused".to_owned()));
        }
        let stream = loop {
            let connecting = TcpStream::connect((Node::Bus.name(), super::PORT));
            match tokio::time::timeout(RESEND, connecting).await {
                Ok(connected) => break connected.map_err(failed)?,
                Err(_) => tracing::debug!("a handshake is sent again"),
            }
        };
        let io = GatedIo::new(stream, self.ground.node(self.node).gate.clone(), back);
        let (sender, connection) =
            handshake(TokioIo::new(io)).await.map_err(|error| TransportError::NotSent(error.to_string()))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::trace!(%error, "a connection ended");
            }
        });
        Ok(sender)
    }
}
