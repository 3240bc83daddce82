//! A Bus on loopback over an in-memory store, and a client that shows what really goes over the wire.

#![expect(dead_code, reason = "each test binary uses a part of it")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's way to say that a step failed")]

use std::sync::Arc;
use std::time::Duration;

use go_bus_server::{Config, ServeError, Server};
use go_bus_store::{Policy, SqliteStore, Store};
use go_clock::{Clock, SystemClock};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long anything may take here before a test says that it never came.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A prompt that any role may be spawned with.
pub(crate) const PROMPT: &str =
    "# Brief\nDo it.\n\n## Context rotation\nHand over.\n\n## Verification\n- Run the tests.\n";

/// A running Bus.
pub(crate) struct TestBus {
    pub(crate) api: Api,
    pub(crate) data: tempfile::TempDir,
    pub(crate) store: Arc<dyn Store>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<Result<(), ServeError>>>,
}

/// Starts a Bus on the real clock.
pub(crate) async fn start() -> TestBus {
    start_with(Arc::new(SystemClock), |_| {}).await
}

/// Starts a Bus on `clock`, with settings of the test's own.
pub(crate) async fn start_with(clock: Arc<dyn Clock>, adjust: impl FnOnce(&mut Config)) -> TestBus {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory(Policy::default()).unwrap());
    start_on(store, clock, tempfile::tempdir().unwrap(), adjust).await
}

/// Starts a Bus on a store and a data folder that are there already.
pub(crate) async fn start_on(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    data: tempfile::TempDir,
    adjust: impl FnOnce(&mut Config),
) -> TestBus {
    let mut config = Config::loopback(data.path());
    adjust(&mut config);
    let server = Server::bind(config, Arc::clone(&store), clock).await.unwrap();
    let token = std::fs::read_to_string(data.path().join("operator.token")).unwrap().trim().to_owned();
    let api = Api { address: server.local_addr().to_string(), token: Some(token), headers: Vec::new() };
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    TestBus { api, data, store, stop: Some(stop), served: Some(served) }
}

impl TestBus {
    /// Gives the shutdown signal and waits for `run` to end.
    pub(crate) async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        within(self.served.take().unwrap()).await.unwrap().unwrap();
    }

    /// Drops `run` as it is, without a signal.
    pub(crate) async fn drop_it(&mut self) {
        let served = self.served.take().unwrap();
        served.abort();
        let _ = within(served).await;
    }
}

/// Fails loudly where something never comes.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it did not come in time")
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The slug of a problem.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        json["type"].as_str().unwrap_or_default().trim_start_matches("/problems/").to_owned()
    }

    /// The body as JSON, where the status is as expected.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The same for a refusal, by its kind; and it is a problem document in every way.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, slug: &str) -> Value {
        assert_eq!((self.status, self.problem().as_str()), (status, slug), "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.json()["status"], status);
        self.json()
    }
}

/// Requests to one Bus, each on a connection of its own, in HTTP/1.0: an answer ends where its connection does.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) address: String,
    pub(crate) token: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Api {
    /// The same Bus as somebody else.
    pub(crate) fn using(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same Bus as nobody.
    pub(crate) fn nobody(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The same with a header.
    pub(crate) fn with(&self, name: &str, value: impl ToString) -> Self {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_string()));
        other
    }

    /// The same under a lease epoch.
    pub(crate) fn fenced(&self, epoch: u64) -> Self {
        self.with("Lease-Epoch", epoch)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, b"").await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body.to_string().as_bytes()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, body.to_string().as_bytes()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, body.to_string().as_bytes()).await
    }

    pub(crate) async fn delete(&self, path: &str, body: Value) -> Answer {
        self.send("DELETE", path, body.to_string().as_bytes()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        within(async {
            let mut connection = self.open(method, path, body).await;
            let (status, headers) = read_head(&mut connection).await;
            let mut body = Vec::new();
            connection.read_to_end(&mut body).await.unwrap();
            Answer { status, headers, body }
        })
        .await
    }

    /// Opens a stream and reads its head.
    pub(crate) async fn stream(&self, path: &str) -> Stream {
        within(async {
            let mut connection = self.open("GET", path, b"").await;
            let (status, headers) = read_head(&mut connection).await;
            assert_eq!(status, 200, "{path}");
            let kind = headers.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| kind.as_str());
            assert_eq!(kind, Some("text/event-stream"));
            Stream { connection }
        })
        .await
    }

    /// Waits until there is a place for one more event stream: until one of those before it has ended at the Bus.
    pub(crate) async fn until_a_stream_has_a_place(&self) {
        within(async { while read_head(&mut self.open("GET", "/events/stream", b"").await).await.0 != 200 {} }).await;
    }

    /// Sends a request and leaves its answer unread.
    pub(crate) async fn open(&self, method: &str, path: &str, body: &[u8]) -> BufReader<TcpStream> {
        let mut connection = TcpStream::connect(&self.address).await.unwrap();
        let mut head = format!("{method} {path} HTTP/1.0\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(token) = &self.token {
            head.push_str(&format!("authorization: Bearer {token}\r\n"));
        }
        head.push_str("\r\n");
        connection.write_all(head.as_bytes()).await.unwrap();
        // The server may have answered and closed before it has all of a body that it refuses.
        let _ = connection.write_all(body).await;
        BufReader::new(connection)
    }

    /// Acquires the lease: its epoch.
    pub(crate) async fn lead(&self, holder: &str, ttl_ms: u64) -> u64 {
        let grant = self.post("/agents/000/lease", json!({"holder": holder, "ttl_ms": ttl_ms})).await.expect(201);
        grant["epoch"].as_u64().unwrap()
    }

    /// Makes a project with this id.
    pub(crate) async fn project(&self, id: &str) {
        self.post("/projects", json!({"id": id})).await.expect(201);
    }

    /// Makes a task in a project: its id.
    pub(crate) async fn task(&self, project: &str) -> String {
        let task = self.post("/tasks", json!({"project": project, "title": "t"})).await.expect(201);
        task["id"].as_str().unwrap().to_owned()
    }

    /// The place of the last event.
    pub(crate) async fn last_seq(&self) -> u64 {
        let page = self.get("/events?limit=1000").await.expect(200);
        page["items"].as_array().unwrap().last().map_or(0, |event| event["seq"].as_u64().unwrap())
    }
}

async fn read_head(connection: &mut BufReader<TcpStream>) -> (u16, Vec<(String, String)>) {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await.unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let status = lines.first().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("no status line");
    let header = |line: &String| line.split_once(':').map(|(n, v)| (n.to_lowercase(), v.trim().to_owned()));
    (status, lines.iter().skip(1).filter_map(header).collect())
}

/// An open event stream.
pub(crate) struct Stream {
    pub(crate) connection: BufReader<TcpStream>,
}

/// A frame of it; a comment has neither.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Frame {
    pub(crate) id: Option<u64>,
    pub(crate) event: Option<String>,
    pub(crate) data: Value,
}

impl Stream {
    /// The next frame or comment; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        within(self.read()).await
    }

    /// The next event, past comments.
    pub(crate) async fn event(&mut self) -> Frame {
        loop {
            let frame = self.next().await.expect("the stream ended");
            if frame.event.is_some() {
                return frame;
            }
        }
    }

    async fn read(&mut self) -> Option<Frame> {
        let mut frame = Frame::default();
        loop {
            let mut line = String::new();
            if self.connection.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(':').map(|(name, value)| (name, value.trim())) {
                None => return Some(frame),
                Some(("id", id)) => frame.id = id.parse().ok(),
                Some(("event", event)) => frame.event = Some(event.to_owned()),
                Some(("data", data)) => frame.data = serde_json::from_str(data).unwrap(),
                Some(_) => {}
            }
        }
    }
}
