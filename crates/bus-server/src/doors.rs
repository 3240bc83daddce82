//! The way in: as many connections as there are places, each bounded in time and size before a handler sees anything of it.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use go_bus_api::{Problem, ProblemKind};
use go_clock::{Clock, Sleep};
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Semaphore, mpsc};
use tower::Service as _;

use crate::config::Limits;
use crate::connection::{Bounds, Connection, Ending, turned};
use crate::listener::Listener;

/// How many connections are told at once that there is no place; what comes beyond is closed without a word.
const TURNED_AWAY: usize = 64;

/// How long taking connections is left alone where the system has no place for another (EMFILE, ENFILE, ENOBUFS).
const NO_PLACE: Duration = Duration::from_millis(100);

/// Takes connections and serves each.
pub(crate) struct Doors<L> {
    listener: L,
    clock: Arc<dyn Clock>,
    limits: Limits,
    ending: Ending,
}

impl<L: Listener> Doors<L> {
    /// The connections of `listener`, within `limits`; all of them end as `ending` says.
    pub(crate) fn new(listener: L, clock: Arc<dyn Clock>, limits: Limits, ending: Ending) -> Self {
        Self { listener, clock, limits, ending }
    }

    /// Serves `app` until the Bus is closing and the last connection has ended.
    pub(crate) async fn serve(mut self, app: Router) {
        let places = Arc::new(Semaphore::new(self.limits.connections.min(Semaphore::MAX_PERMITS)));
        let porch = Arc::new(Semaphore::new(TURNED_AWAY.min(self.limits.connections.div_ceil(8))));
        let (open, mut all_closed) = mpsc::channel::<Infallible>(1);
        let mut closing = turned(self.ending.closing.clone());
        loop {
            let connection = tokio::select! {
                () = &mut closing => break,
                connection = self.accept() => connection,
            };
            let open = open.clone();
            if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                let talk = talk(connection, app.clone(), self.limits, turned(self.ending.closing.clone()));
                tokio::spawn(async move {
                    talk.await;
                    drop((place, open));
                });
            } else if let Ok(place) = Arc::clone(&porch).try_acquire_owned() {
                tokio::spawn(async move {
                    turn_away(connection).await;
                    drop((place, open));
                });
            }
        }
        // Nobody sends: it answers once every connection has dropped its end.
        drop((self, open));
        let _ = all_closed.recv().await;
    }

    async fn accept(&mut self) -> Connection<L::Io> {
        let io = self.take().await;
        let bounds = Bounds { stall: self.limits.stall, head: self.limits.head };
        Connection::new(io, Arc::clone(&self.clock), bounds, self.ending.clone())
    }

    /// The next connection. Where the system has no place for one, those that are open are served on.
    async fn take(&mut self) -> L::Io {
        let mut told = false;
        loop {
            match self.listener.accept().await {
                Ok(io) => return io,
                Err(error) if is_the_client_s(error.kind()) => {}
                Err(error) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(%error, "no new connection can be taken just now; those that are open go on");
                    }
                    self.clock.sleep(NO_PLACE).await;
                }
            }
        }
    }
}

/// Whether a client has gone before it was taken.
fn is_the_client_s(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
}

/// Speaks HTTP/1 over a connection until it ends, or until `closing` and the answers under way are out.
async fn talk<Io>(connection: Connection<Io>, app: Router, limits: Limits, closing: Sleep)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let phase = connection.phase();
    let service = service_fn(move |request: Request<Incoming>| {
        phase.head_is_there();
        let answering = app.clone().call(request);
        let phase = Arc::clone(&phase);
        async move {
            let answer = answering.await;
            phase.next_head();
            answer
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.idle);
    http.max_headers(limits.headers).max_buf_size(limits.head_size);
    let mut talk = pin!(http.serve_connection(TokioIo::new(connection), service));
    let ended = tokio::select! {
        ended = talk.as_mut() => ended,
        () = closing => {
            talk.as_mut().graceful_shutdown();
            talk.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

/// Answers whatever is asked with 429, so that a client knows to come again.
async fn turn_away<Io: AsyncRead + AsyncWrite + Unpin>(mut connection: Connection<Io>) {
    let problem = Problem::new(ProblemKind::TooMany, "there is no place for another connection; try again later");
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let told = connection.write_all(answer.as_bytes()).await;
    // The rest of the request is read first, or closing would destroy the answer on its way.
    if let Err(error) = told.and(connection.shutdown().await) {
        tracing::debug!(%error, "a connection that had no place ended");
    }
}
