//! A Bus of bare sockets, for tests: it can break off where a mock server can't. One script a connection, in turn.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// What a connection gets after its request.
#[derive(Debug, Clone)]
pub(crate) enum Script {
    /// These bytes, then the end of the connection.
    Cut(String),
    /// These bytes, then nothing more while the fake lives.
    Hang(String),
    /// These bytes one after the other with this pause after each, then nothing more.
    Drip(Vec<String>, Duration),
}

/// A fake Bus; it ends with the test's process.
#[derive(Debug)]
pub(crate) struct FakeBus {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<String>>>,
    open: Arc<(Mutex<bool>, Condvar)>,
}

impl FakeBus {
    /// Listens, and plays `scripts` to the connections as they come; further connections are closed at once.
    pub(crate) fn play(scripts: impl IntoIterator<Item = Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let fake = Self { url, seen: Arc::default(), open: Arc::new((Mutex::new(true), Condvar::new())) };
        let mut scripts: Vec<Script> = scripts.into_iter().collect();
        scripts.reverse();
        let (seen, open) = (Arc::clone(&fake.seen), Arc::clone(&fake.open));
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let Ok(connection) = connection else { return };
                let Some(script) = scripts.pop() else { continue };
                let (seen, open) = (Arc::clone(&seen), Arc::clone(&open));
                std::thread::spawn(move || serve(connection, &script, &seen, &open));
            }
        });
        fake
    }

    /// The heads of the requests so far, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        lock(&self.seen).clone()
    }

    /// The `Last-Event-ID` of each request so far that had one.
    pub(crate) fn resumed_after(&self) -> Vec<u64> {
        let id = |head: &String| head.lines().find_map(|line| line.strip_prefix("last-event-id: ")?.parse().ok());
        self.requests().iter().filter_map(id).collect()
    }
}

impl Drop for FakeBus {
    fn drop(&mut self) {
        *lock(&self.open.0) = false;
        self.open.1.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

fn serve(mut connection: TcpStream, script: &Script, seen: &Mutex<Vec<String>>, open: &(Mutex<bool>, Condvar)) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {}
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    lock(seen).push(head);
    let (pieces, pause) = match script {
        Script::Cut(answer) | Script::Hang(answer) => (std::slice::from_ref(answer), Duration::ZERO),
        Script::Drip(pieces, pause) => (pieces.as_slice(), *pause),
    };
    for piece in pieces {
        let _ = connection.write_all(piece.as_bytes());
        let _open = open.1.wait_timeout_while(lock(&open.0), pause, |open| *open).unwrap();
    }
    if !matches!(script, Script::Cut(_)) {
        let _open = open.1.wait_while(lock(&open.0), |open| *open).unwrap();
    }
}

/// The head of an event stream and these frames after it.
pub(crate) fn stream(frames: &[String]) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{}", frames.concat())
}

/// A whole JSON answer.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> String {
    let body = body.to_string();
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close");
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// A snapshot after event `seq`, without a resource.
pub(crate) fn snapshot(seq: u64, lines: &str) -> String {
    let head = format!("HTTP/1.1 200 OK\r\nevent-seq: {seq}\r\nconnection: close");
    format!("{head}\r\ncontent-length: {}\r\n\r\n{lines}", lines.len())
}

/// A host at this revision, as a snapshot or an event has it.
pub(crate) fn host(revision: u64) -> serde_json::Value {
    serde_json::json!({
        "id": "h1", "state": "active", "slots": 4, "labels": {}, "last_heartbeat": null, "revision": revision,
    })
}

/// An event about the host, whose revision is the event's number.
pub(crate) fn event(seq: u64) -> serde_json::Value {
    serde_json::json!({
        "seq": seq, "kind": "host.updated", "at": "2026-03-21T08:15:30.250Z", "actor": "operator", "epoch": null,
        "subject": "hosts/h1", "data": host(seq),
    })
}

/// The frame of [`event`].
pub(crate) fn frame(seq: u64) -> String {
    format!("id: {seq}\nevent: host.updated\ndata: {}\n\n", event(seq))
}
