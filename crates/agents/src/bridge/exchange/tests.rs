//! The bridge against a Bus of scripted answers: nothing here goes over a wire.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration as Time;

use async_trait::async_trait;
use go_bus_client::Opened;
use serde_json::{Value, json};

use super::super::ended::Ended;
use super::*;

type Said = Result<(u16, &'static str, Vec<(&'static str, &'static str)>, Value), TransportError>;

/// Answers one after the other, and remembers what it was asked.
#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<VecDeque<Said>>,
    asked: Mutex<Vec<Request>>,
    /// A token that is there once the next request is on its way.
    rotates: Mutex<Option<(PathBuf, &'static str)>>,
}

#[async_trait]
impl Transport for &'static Scripted {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.asked.lock().unwrap().push(request);
        if let Some((file, token)) = self.rotates.lock().unwrap().take() {
            std::fs::write(file, token).unwrap();
        }
        let (status, media, more, body) =
            self.answers.lock().unwrap().pop_front().expect("one request more than was scripted")?;
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media))]);
        headers.extend(
            more.into_iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))),
        );
        let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        Ok(Response { status: StatusCode::from_u16(status).unwrap(), headers, body: body.into() })
    }

    async fn open_stream(&self, _: Request, _: Time) -> Result<Opened, TransportError> {
        Err(TransportError::Unsupported("not here"))
    }
}

fn answered(result: Value) -> Said {
    Ok((200, "application/json", Vec::new(), json!({"jsonrpc": "2.0", "id": 1, "result": result})))
}

/// A bridge to these answers, its token file, and what it was asked.
struct Scene {
    bridge: Bridge<&'static Scripted>,
    bus: &'static Scripted,
    ended: Ended,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new(answers: impl IntoIterator<Item = Said>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token_file = folder.path().join("token");
        std::fs::write(&token_file, "first\n").unwrap();
        let bus: &'static Scripted = Box::leak(Box::default());
        bus.answers.lock().unwrap().extend(answers);
        let ended = Ended::default();
        Self { bridge: Bridge::new(bus, token_file, Patience::until(ended.clone())), bus, ended, folder }
    }

    fn token(&self, text: &str) {
        std::fs::write(self.folder.path().join("token"), text).unwrap();
    }

    fn pass(&self, message: Value) -> Vec<Value> {
        let message = Message::read(&message.to_string()).unwrap();
        self.bridge.pass(&message).iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn call(&self) -> Value {
        let mut lines =
            self.pass(json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "bus_get_task"}}));
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }

    /// A header of each request so far.
    fn headers(&self, name: &str) -> Vec<String> {
        let asked = self.bus.asked.lock().unwrap();
        let of = |request: &Request| request.headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
        asked.iter().map(of).collect()
    }
}

#[test]
fn each_message_goes_under_the_token_as_it_is_then() {
    let scene = Scene::new([answered(json!(1)), answered(json!(2))]);
    assert_eq!(scene.call()["result"], 1);
    scene.token("second");
    assert_eq!(scene.call()["result"], 2);
    assert_eq!(scene.headers("authorization"), ["Bearer first", "Bearer second"]);
    assert_eq!(scene.headers("mcp-method"), ["tools/call", "tools/call"]);
    assert_eq!(scene.headers("mcp-name"), ["bus_get_task", "bus_get_task"]);
    let keys = scene.headers("idempotency-key");
    assert_ne!(keys[0], keys[1], "two calls are two");
}

fn refused() -> Said {
    let problem = json!({"type": "/problems/unauthorized", "title": "A valid token is needed.", "status": 401});
    Ok((401, "application/problem+json", Vec::new(), problem))
}

#[test]
fn a_token_that_is_replaced_while_a_call_is_on_its_way_breaks_nothing() {
    let scene = Scene::new([refused(), answered(json!("done"))]);
    *scene.bus.rotates.lock().unwrap() = Some((scene.folder.path().join("token"), "second"));
    assert_eq!(scene.call()["result"], "done");
    assert_eq!(scene.headers("authorization"), ["Bearer first", "Bearer second"]);
    let keys = scene.headers("idempotency-key");
    assert_eq!(keys[0], keys[1], "it is the same call");
}

#[test]
fn the_bus_has_less_time_for_a_call_than_its_program_gives_it() {
    let scene = Scene::new([answered(json!(1))]);
    scene.call();
    let asked = scene.bus.asked.lock().unwrap();
    // Claude Code waits 60 s.
    assert!(asked[0].timeout <= ANSWER && ANSWER < IN_ALL && IN_ALL < Time::from_secs(60), "{:?}", asked[0].timeout);
}

#[test]
fn a_refused_token_is_told_unless_another_is_there_by_then() {
    let scene = Scene::new([refused()]);
    let told = scene.call();
    assert!(told["error"]["message"].as_str().unwrap().contains("unauthorized"), "{told}");
    assert_eq!(scene.headers("authorization"), ["Bearer first"], "the same token is not tried again");
    scene.token("");
    let unreadable = scene.call();
    assert!(unreadable["error"]["message"].as_str().unwrap().contains("token can't be read"), "{unreadable}");
}

#[test]
fn a_call_is_sent_again_under_its_key_while_the_bus_is_away() {
    let away = || Err(TransportError::NotSent("refused".to_owned()));
    let busy = Ok((
        503,
        "application/problem+json",
        Vec::new(),
        json!({"type": "/problems/storage-unavailable", "title": "t", "status": 503}),
    ));
    let broken = Err(TransportError::Broken("reset".to_owned()));
    let scene = Scene::new([away(), busy, broken, answered(json!("there"))]);
    assert_eq!(scene.call()["result"], "there");
    let keys = scene.headers("idempotency-key");
    assert!(keys.len() == 4 && keys.iter().all(|key| key == &keys[0] && key != "-"), "{keys:?}");
}

#[test]
fn who_has_no_time_left_is_told_that_the_bus_is_away() {
    let scene = Scene::new([Err(TransportError::NotSent("refused".to_owned()))]);
    scene.ended.set();
    let told = scene.call();
    let words = told["error"]["message"].as_str().unwrap();
    assert!(words.contains("the Control Bus is away") && words.contains("call again later"), "{told}");
    assert_eq!(told["id"], 1);
}

#[test]
fn what_was_not_answered_in_time_is_not_sent_again() {
    let scene = Scene::new([Err(TransportError::TimedOut)]);
    assert!(scene.call()["error"]["message"].as_str().unwrap().contains("it may have done this"));
}

#[test]
fn a_notification_waits_for_nobody_and_is_answered_by_nothing() {
    let scene = Scene::new([Err(TransportError::NotSent("refused".to_owned())), Ok((202, "", Vec::new(), json!("")))]);
    let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(scene.pass(note.clone()), Vec::<Value>::new());
    assert_eq!(scene.pass(note), Vec::<Value>::new());
    assert_eq!(scene.headers("idempotency-key"), ["-", "-"]);
}

#[test]
fn the_revision_is_said_as_it_was_settled_and_a_session_is_kept_and_opened_anew() {
    let opened = |session: &'static str| {
        let result = json!({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-06-18"}});
        Ok((200, "application/json", vec![("mcp-session-id", session)], result))
    };
    let gone = Ok((404, "text/plain", Vec::new(), json!("no such session")));
    let stream = json!("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":7}\n\n");
    let streamed = Ok((200, "text/event-stream", Vec::new(), stream));
    let ready = Ok((202, "", Vec::new(), json!("")));
    let scene =
        Scene::new([opened("s-1"), answered(json!(1)), gone, opened("s-2"), ready, streamed, answered(json!(8))]);
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}});
    assert_eq!(scene.pass(hello)[0]["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(
        (scene.call()["result"].clone(), scene.call()["result"].clone(), scene.call()["result"].clone()),
        (json!(1), json!(7), json!(8))
    );
    assert_eq!(scene.headers("mcp-session-id"), ["-", "s-1", "s-1", "-", "s-2", "s-2", "s-2"]);
    assert_eq!(scene.headers("mcp-protocol-version")[1], "2025-06-18");
}

#[test]
fn a_refusal_that_is_a_message_itself_is_passed_on() {
    let error = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "no such method"}});
    let scene = Scene::new([Ok((404, "application/json", Vec::new(), error.clone()))]);
    assert_eq!(scene.call(), error);
}
