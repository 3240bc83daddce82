//! The server: a thread for each connection, and a record of what was asked.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use go_clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::http::{Connection, Request};
use crate::place::{with_folder, working_folder};
use crate::play::Plays;
use crate::script::{Answer, Fault, Script, Turn, Usage};
use crate::soon::{body_at, header_at};
use crate::{anthropic, openai};

/// A request that was answered, and what for.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// What was asked.
    pub request: Request,
    /// The script's run that it belongs to; none for an agent's side questions.
    pub run: Option<String>,
    /// What was played; none where the script had ended or none was named.
    pub turn: Option<Turn>,
}

/// A server on loopback, which ends with this.
///
/// It answers as Anthropic and as OpenAI, and as a proxy it refuses every other host and records the attempt.
#[derive(Debug)]
pub struct ModelServer {
    address: SocketAddr,
    stage: Arc<Stage>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Stage {
    state: Mutex<State>,
    heard: Condvar,
}

#[derive(Debug, Default)]
struct State {
    plays: Plays,
    received: Vec<Received>,
    open: Vec<TcpStream>,
    answers: u64,
    over: bool,
}

impl ModelServer {
    /// One with these scripts, on any free port.
    pub fn start(scripts: impl IntoIterator<Item = Script>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let stage = Arc::new(Stage::default());
        stage.state().plays.add(scripts);
        let accepting = Arc::clone(&stage);
        let acceptor = Some(thread::spawn(move || accepting.accept(&listener)));
        Ok(Self { address, stage, acceptor })
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds scripts while it runs; one of the same name is replaced.
    pub fn add(&self, scripts: impl IntoIterator<Item = Script>) {
        self.stage.state().plays.add(scripts);
    }

    /// Everything that was asked so far, in order.
    pub fn received(&self) -> Vec<Received> {
        self.stage.state().received.clone()
    }

    /// Other hosts that somebody wanted to reach through it.
    pub fn strangers(&self) -> Vec<String> {
        let foreign = |received: &Received| {
            let request = &received.request;
            (request.method == "CONNECT" || request.path.starts_with("http")).then(|| request.path.clone())
        };
        self.stage.state().received.iter().filter_map(foreign).collect()
    }

    /// Waits until something was received for which `condition` holds; whether that was so within `limit`.
    pub fn await_request(&self, limit: Duration, mut condition: impl FnMut(&Received) -> bool) -> bool {
        let state = self.stage.state();
        let missing = |state: &mut State| !state.received.iter().any(&mut condition);
        let waited = self.stage.heard.wait_timeout_while(state, limit, missing);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        let mut state = self.stage.state();
        state.over = true;
        for stream in state.open.drain(..) {
            // One that is closed already is as it should be.
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(state);
        // Wakes the acceptor; where that fails it has ended already.
        let _ = TcpStream::connect(self.address);
        let _ = self.acceptor.take().map(JoinHandle::join);
    }
}

impl Stage {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut state = self.state();
            if state.over {
                return;
            }
            state.open.extend(stream.try_clone());
            drop(state);
            let stage = Arc::clone(&self);
            // A client that goes away in the middle is its own business.
            thread::spawn(move || stage.serve(stream).map_or((), drop));
        }
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let peer = stream.peer_addr()?;
        let answered = Connection::accept(stream).and_then(|accepted| match accepted {
            Some((connection, request)) => self.answer(connection, request),
            None => Ok(()),
        });
        self.state().open.retain(|open| open.peer_addr().is_ok_and(|open| open != peer));
        answered
    }

    fn answer(&self, connection: Connection, request: Request) -> io::Result<()> {
        let path = request.path.split('?').next().unwrap_or_default().to_owned();
        match (request.method.as_str(), path.as_str()) {
            ("POST", path) if path.ends_with("/v1/messages/count_tokens") => {
                let count = anthropic::count_tokens(&request);
                self.heard(request, None, None);
                connection.answer(200, &[], &count)
            }
            ("POST", path) if path.ends_with("/v1/messages") => self.messages(connection, request),
            ("POST", path) if path.ends_with("/v1/responses") => self.responses(connection, request),
            ("CONNECT", _) => {
                self.heard(request, None, None);
                connection.answer(403, &[], &json!({"error": "no other host is reached from here"}))
            }
            _ => {
                self.heard(request, None, None);
                connection.answer(404, &[], &json!({"error": {"type": "not_found_error", "message": "not found"}}))
            }
        }
    }

    /// Keeps what was asked; the number of the answer.
    fn heard(&self, request: Request, run: Option<String>, turn: Option<Turn>) -> u64 {
        let mut state = self.state();
        state.received.push(Received { request, run, turn });
        state.answers += 1;
        self.heard.notify_all();
        state.answers
    }

    fn messages(&self, mut connection: Connection, request: Request) -> io::Result<()> {
        let said = anthropic::said(&request);
        let next = if anthropic::is_conversation(&request) { self.state().plays.next(&said) } else { None };
        let (run, turn) = next.map_or((None, None), |(run, turn)| (Some(run), turn));
        let id = self.heard(request.clone(), run, turn.clone());
        match turn {
            Some(Turn::Mishap { fault: Fault::Cut, .. }) => anthropic::begin_broken(&mut connection, &request, id),
            Some(Turn::Mishap { fault: Fault::Event { name, data }, .. }) => {
                anthropic::begin_broken(&mut connection, &request, id)?;
                connection.event(&name, &data)?;
                connection.end_events()
            }
            Some(Turn::Mishap { fault, .. }) => fail(connection, fault),
            Some(Turn::Answer(answer)) => {
                anthropic::answer(connection, &request, &in_its_folder(answer, &request.body), id)
            }
            None => anthropic::answer(connection, &request, &nothing_more(), id),
        }
    }

    fn responses(&self, mut connection: Connection, request: Request) -> io::Result<()> {
        let next = self.state().plays.next(&openai::said(&request));
        let (run, turn) = next.map_or((None, None), |(run, turn)| (Some(run), turn));
        let id = self.heard(request.clone(), run, turn.clone());
        match turn {
            Some(Turn::Mishap { fault: Fault::Cut, .. }) => openai::begin_broken(&mut connection, &request, id),
            Some(Turn::Mishap { fault: Fault::Event { name, data }, .. }) => {
                openai::begin_broken(&mut connection, &request, id)?;
                connection.event(&name, &data)?;
                connection.end_events()
            }
            Some(Turn::Mishap { fault, .. }) => fail(connection, fault),
            Some(Turn::Answer(answer)) => {
                openai::answer(connection, &request, &in_its_folder(answer, &request.body), id)
            }
            None => openai::answer(connection, &request, &nothing_more(), id),
        }
    }
}

/// What goes wrong before an answer begins.
fn fail(connection: Connection, fault: Fault) -> io::Result<()> {
    match fault {
        Fault::Status { status, headers, body } => {
            let now = u64::try_from(SystemClock.wall().unix_millis() / 1000).unwrap_or_default();
            let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name, header_at(&value, now))).collect();
            connection.answer(status, &headers, &body_at(&body, now))
        }
        Fault::Hang => connection.hang(),
        Fault::Reset | Fault::Cut | Fault::Event { .. } => {
            connection.reset();
            Ok(())
        }
    }
}

fn nothing_more() -> Answer {
    Answer { words: "The script has ended.".to_owned(), calls: Vec::new(), usage: Usage::default() }
}

/// The answer with `${cwd}` in its calls replaced.
fn in_its_folder(mut answer: Answer, body: &Value) -> Answer {
    let folder = working_folder(body);
    for call in &mut answer.calls {
        call.input = with_folder(&call.input, &folder);
    }
    answer
}
