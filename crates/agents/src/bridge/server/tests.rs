//! The door against a Bus on the wire, as an agent's program uses it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use go_bus_client::blocking::block_on;
use go_bus_client::{Request, Response};
use go_clock::{Clock, SystemClock};
use go_runtime::{AgentFolder, AgentSpec};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};
use wiremock::matchers::{header as has, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

/// An agent's folder, its door and what describes it.
struct Scene {
    folder: AgentFolder,
    server: Option<Server>,
    address: String,
    authorization: String,
    _place: tempfile::TempDir,
}

fn spec(url: &str) -> AgentSpec {
    let spec = json!({
        "agent": "a-1", "role": "worker", "host": "h-1", "boot": "b", "bus_url": url, "driver": "claude", "stop_grace_ms": 1000,
        "command": {"argv": ["true"], "folder": "/", "env": {}},
    });
    serde_json::from_value(spec).unwrap()
}

impl Scene {
    fn new(url: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = AgentFolder::at(place.path().join("a-1"));
        folder.prepare(&spec(url), "", "t-1", "t-2").unwrap();
        let server = Server::start(&folder).unwrap();
        let described: Value = serde_json::from_slice(&std::fs::read(folder.tools_path()).unwrap()).unwrap();
        let described = &described["mcpServers"]["bus"];
        assert_eq!(described["type"], "http");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let address = text(&described["url"]).strip_suffix("/mcp").unwrap().to_owned();
        let authorization = text(&described["headers"]["Authorization"]);
        Self { folder, server: Some(server), address, authorization, _place: place }
    }

    fn send(&self, authorization: &str, target: &str, body: String) -> Result<Response, TransportError> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(authorization).unwrap())]);
        let timeout = Duration::from_secs(30);
        let request = Request { method: Method::POST, target: target.to_owned(), headers, body: body.into(), timeout };
        block_on(BlockingTransport::new(&self.address).unwrap().send(request))
    }

    fn say(&self, message: Value) -> (StatusCode, Value) {
        let answer = self.send(&self.authorization, "/mcp", message.to_string()).unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }
}

fn question() -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list"})
}

/// A Bus that answers whoever has this token.
async fn bus(token: &str, answer: ResponseTemplate) -> MockServer {
    let bus = MockServer::start().await;
    let mock =
        Mock::given(method("POST")).and(path("/mcp")).and(has("authorization", format!("Bearer {token}").as_str()));
    mock.respond_with(answer).mount(&bus).await;
    bus
}

fn result(value: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"jsonrpc": "2.0", "id": 7, "result": value}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_the_key_goes_to_the_bus_under_the_token_as_it_is_then() {
    let first = bus("t-1", result("one")).await;
    let scene = Scene::new(&first.uri());
    assert_eq!(scene.say(question()), (StatusCode::OK, json!({"jsonrpc": "2.0", "id": 7, "result": "one"})));
    // Another token, and another address of the Bus: nothing that the program would have to know.
    let second = bus("t-3", result("two")).await;
    scene.folder.write_token("t-3").unwrap();
    scene.folder.write_spec(&spec(&second.uri())).unwrap();
    assert_eq!(scene.say(question()).1["result"], "two");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_the_key_gets_nothing_of_the_bus() {
    let bus = bus("t-1", result("one")).await;
    let scene = Scene::new(&bus.uri());
    let almost = format!("{}0", &scene.authorization[..scene.authorization.len() - 1]);
    let almost = if almost == scene.authorization { almost.replace("Bearer", "bearer") } else { almost };
    for wrong in ["", "Bearer ", "Bearer t-1", almost.as_str()] {
        let answer = scene.send(wrong, "/mcp", question().to_string()).unwrap();
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    assert!(bus.received_requests().await.unwrap().is_empty());
    let mode = std::fs::metadata(scene.folder.tools_path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "its owner alone reads the key");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_or_too_long_is_refused_here() {
    let bus = bus("t-1", result("one")).await;
    let scene = Scene::new(&bus.uri());
    let status = |target: &str, body: String| scene.send(&scene.authorization, target, body).unwrap().status;
    assert_eq!(status("/mcp", "nonsense".to_owned()), StatusCode::BAD_REQUEST);
    assert_eq!(status("/elsewhere", question().to_string()), StatusCode::NOT_FOUND);
    let long = json!({"jsonrpc": "2.0", "id": 7, "method": "x".repeat(usize::try_from(LONGEST).unwrap())});
    assert_eq!(status("/mcp", long.to_string()), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(bus.received_requests().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_is_accepted_and_several_messages_are_a_stream() {
    let stream = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}\n\n";
    let streamed = ResponseTemplate::new(200).set_body_raw(stream, "text/event-stream");
    let scene_bus = bus("t-1", streamed).await;
    let scene = Scene::new(&scene_bus.uri());
    let answer = scene.send(&scene.authorization, "/mcp", question().to_string()).unwrap();
    assert_eq!(answer.headers.get(header::CONTENT_TYPE).unwrap(), "text/event-stream");
    assert_eq!(answer.body.iter().filter(|byte| **byte == b'\n').count(), 6, "two events of two lines and their ends");
    let silent = bus("t-1", ResponseTemplate::new(202)).await;
    scene.folder.write_spec(&spec(&silent.uri())).unwrap();
    let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(scene.say(note), (StatusCode::ACCEPTED, Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_that_is_away_is_told_of_once_the_agent_is_over_and_the_door_is_closed() {
    let mut scene = Scene::new("http://127.0.0.1:9");
    let server = scene.server.take().unwrap();
    server.ended.set();
    let told = scene.say(question()).1;
    assert!(told["error"]["message"].as_str().unwrap().contains("the Control Bus is away"), "{told}");
    drop(server);
    let closed = || scene.send(&scene.authorization, "/mcp", question().to_string()).is_err();
    let began = SystemClock.boottime();
    while !closed() {
        assert!(SystemClock.boottime().since(began) < Duration::from_secs(10), "the door is still open");
        tokio::task::yield_now().await;
    }
}

/// Takes one request and answers it when told to.
fn asked(bus: &TcpListener) -> std::net::TcpStream {
    let (mut connection, _) = bus.accept().unwrap();
    let mut head = Vec::new();
    while !head.ends_with(br#""tools/list"}"#) {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    connection
}

fn answer(mut connection: std::net::TcpStream, value: u32) {
    let body = json!({"jsonrpc": "2.0", "id": 7, "result": value}).to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
    write!(connection, "{head} {}\r\n\r\n{body}", body.len()).unwrap();
}

#[test]
fn calls_are_at_the_bus_side_by_side_and_one_whose_program_is_gone_holds_up_no_other() {
    let bus = TcpListener::bind("127.0.0.1:0").unwrap();
    let scene = Scene::new(&format!("http://{}", bus.local_addr().unwrap()));
    // One that does not wait for its answer.
    let body = question().to_string();
    let mut gone = std::net::TcpStream::connect(scene.address.strip_prefix("http://").unwrap()).unwrap();
    let head = format!("POST /mcp HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\n", scene.authorization);
    write!(gone, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let left = asked(&bus);
    drop(gone);
    std::thread::scope(|scope| {
        let calls = [scope.spawn(|| scene.say(question())), scope.spawn(|| scene.say(question()))];
        // Both are here before either is answered.
        let (one, two) = (asked(&bus), asked(&bus));
        answer(two, 2);
        answer(one, 1);
        let mut results = calls.map(|call| call.join().unwrap().1["result"].as_u64().unwrap());
        results.sort_unstable();
        assert_eq!(results, [1, 2]);
    });
    drop(left);
}
