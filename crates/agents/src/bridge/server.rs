//! Over HTTP within the shim: one agent's door to the Bus's tools, on an address that only this machine reaches, for whoever has the key.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use go_bus_client::blocking::BlockingTransport;
use go_bus_client::{Opened, Transport, TransportError};
use go_runtime::{AgentFolder, RuntimeError};
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

use super::ended::Ended;
use super::exchange::Bridge;
use super::lines::LONGEST;
use super::message::Message;
use super::patience::Patience;

/// How many messages may be on their way to the Bus; more wait.
const AT_A_TIME: usize = 8;

/// How many connections are served; more wait in the system's queue.
const CONNECTIONS: usize = 32;

/// How long taking connections is left alone where the system has no place for another.
const NO_PLACE: Duration = Duration::from_millis(100);

/// How long a request may take to say what it is.
const HEAD: Duration = Duration::from_secs(10);

/// What the server is called in its description, and by the programs that read it.
const NAME: &str = "bus";

/// Why an agent has no such door.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No socket, thread or random numbers.
    #[error("can't {doing}: {source}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its description can't be written.
    #[error(transparent)]
    File(#[from] RuntimeError),
}

/// The door; closed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    runtime: Option<Runtime>,
    ended: Ended,
}

impl Server {
    /// Opens it for the agent of `folder`, and describes it in that folder's `mcp.json` as programs that speak MCP want it
    /// (`{"mcpServers": {"bus": {"type": "http", …}}}`), key and all.
    pub(crate) fn start(folder: &AgentFolder) -> Result<Self, ServerError> {
        let failed = |doing| move |source| ServerError::System { doing, source };
        let (listener, address) = listen().map_err(failed("listen on the loopback"))?;
        let key = key()?;
        let ended = Ended::default();
        let patience = Patience::until(ended.clone());
        let bridge = Bridge::new(WhereTheBusIs(folder.clone()), folder.token_path(), patience);
        let door = Door { bridge, key: bearer(&key) };
        let mut threads = Builder::new_multi_thread();
        threads.worker_threads(1).max_blocking_threads(AT_A_TIME).thread_name("mcp").enable_all();
        let runtime = threads.build().map_err(failed("start the thread of the Bus's tools"))?;
        let listener = {
            let _entered = runtime.enter();
            TcpListener::from_std(listener).map_err(failed("listen on the loopback"))?
        };
        runtime.spawn(serve(listener, Arc::new(door)));
        folder.write_tools(&description(address, &key))?;
        Ok(Self { runtime: Some(runtime), ended })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.set();
        if let Some(runtime) = self.runtime.take() {
            // What is on its way to the Bus has nobody to answer any more.
            runtime.shutdown_background();
        }
    }
}

/// To the Bus at the address that the agent's spec has: its launcher replaces that where a restarted Bus listens elsewhere.
#[derive(Debug)]
struct WhereTheBusIs(AgentFolder);

#[async_trait]
impl Transport for WhereTheBusIs {
    async fn send(&self, request: go_bus_client::Request) -> Result<go_bus_client::Response, TransportError> {
        let spec = self.0.spec().map_err(|error| TransportError::NotSent(error.to_string()))?;
        BlockingTransport::new(&spec.bus_url)?.send(request).await
    }

    async fn open_stream(&self, _: go_bus_client::Request, _: Duration) -> Result<Opened, TransportError> {
        Err(TransportError::Unsupported("messages are answered one by one"))
    }
}

/// The bridge and who may use it.
struct Door<T> {
    bridge: Bridge<T>,
    key: String,
}

async fn serve<T: Transport>(listener: TcpListener, door: Arc<Door<T>>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((connection, _)) => {
                let talk = talk(connection, Arc::clone(&door));
                tokio::spawn(async move {
                    talk.await;
                    drop(place);
                });
            }
            Err(error) => {
                eprintln!("shim: a connection to the Bus's tools can't be taken: {error}");
                tokio::time::sleep(NO_PLACE).await;
            }
        }
    }
}

/// One request to a connection: one that is kept may be closed from here just as the next call is sent, and that would be lost.
async fn talk<T: Transport>(connection: TcpStream, door: Arc<Door<T>>) {
    let service = service_fn(move |request| answered(Arc::clone(&door), request));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).keep_alive(false);
    if let Err(error) = http.serve_connection(TokioIo::new(connection), service).await {
        eprintln!("shim: a connection to the Bus's tools broke: {error}");
    }
}

type Answered = Result<Response<Full<Bytes>>, http::Error>;

/// A message and its answer. Of a conversation's state nothing is the program's to keep: that is the bridge's.
async fn answered<T: Transport>(door: Arc<Door<T>>, request: Request<Incoming>) -> Answered {
    if !door.admits(request.headers()) {
        return plain(StatusCode::UNAUTHORIZED, "this is another agent's");
    }
    if request.uri().path() != "/mcp" {
        return plain(StatusCode::NOT_FOUND, "the Bus's tools are at /mcp");
    }
    if request.method() != Method::POST {
        // There is no stream to listen to and no session to end.
        return plain(StatusCode::METHOD_NOT_ALLOWED, "send messages by POST");
    }
    let limit = usize::try_from(LONGEST).unwrap_or(usize::MAX);
    let Ok(body) = Limited::new(request.into_body(), limit).collect().await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "the message is cut or has more than 2 MiB");
    };
    let message = match Message::read(&String::from_utf8_lossy(&body.to_bytes())) {
        Ok(message) => message,
        Err(answer) => return response(StatusCode::BAD_REQUEST, JSON, answer),
    };
    match tokio::task::spawn_blocking(move || door.bridge.pass(&message)).await {
        Ok(lines) => passed(lines),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the shim failed at this"),
    }
}

/// The answers to a message: one as JSON, several as an event stream.
fn passed(mut lines: Vec<String>) -> Answered {
    match (lines.pop(), lines.as_slice()) {
        (None, _) => plain(StatusCode::ACCEPTED, ""),
        (Some(line), []) => response(StatusCode::OK, JSON, line),
        (Some(last), before) => {
            let all = before.iter().chain([&last]).map(|line| format!("event: message\ndata: {line}\n\n")).collect();
            response(StatusCode::OK, "text/event-stream", all)
        }
    }
}

const JSON: &str = "application/json";

fn plain(status: StatusCode, words: &str) -> Answered {
    response(status, "text/plain; charset=utf-8", words.to_owned())
}

fn response(status: StatusCode, media: &str, body: String) -> Answered {
    Response::builder().status(status).header(header::CONTENT_TYPE, media).body(Full::new(body.into()))
}

impl<T> Door<T> {
    /// Whether the request bears the key. A page in a browser has no way to know it, so that no name in `Host` can lead one here.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let said = headers.get(header::AUTHORIZATION).map(http::HeaderValue::as_bytes).unwrap_or_default();
        let key = self.key.as_bytes();
        // Each byte is looked at, so that the time it takes tells nothing of the key.
        said.len() == key.len() && said.iter().zip(key).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

/// A socket on a port that the system chooses.
fn listen() -> std::io::Result<(std::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

fn description(address: SocketAddr, key: &str) -> String {
    let server = json!({
        "type": "http",
        "url": format!("http://{address}/mcp"),
        "headers": { "Authorization": bearer(key) },
    });
    json!({ "mcpServers": { NAME: server } }).to_string()
}

/// 256 bits of the system's random numbers.
fn key() -> Result<String, ServerError> {
    let mut bytes = [0_u8; 32];
    let failed = |error: getrandom::Error| ServerError::System {
        doing: "draw a key",
        source: std::io::Error::other(error.to_string()),
    };
    getrandom::fill(&mut bytes).map_err(failed)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
