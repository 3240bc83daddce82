//! A program that talks: what it says is kept and read as it comes, what it is told is written, each by a thread of its own.

mod heard;
mod log;
mod teller;

use std::fs::File;
use std::io::{self, Read, Write};
use std::process::ChildStdin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use go_bus_api::{Ratio, Timestamp};
use go_clock::{Boottime, Clock, SystemClock};
use go_driver::{Lines, StreamReader};

pub(super) use heard::Heard;
pub(super) use log::Log;
pub(super) use teller::Teller;

use super::ShimError;
use super::wake::Wake;
use super::watch::{Breach, Moment, Watch};

/// How long the rest of the output may take once nothing is left of the program: whoever else holds its pipe is not waited for.
pub(super) const REST: Duration = Duration::from_secs(2);

/// How much is read at once.
const PART: usize = 64 * 1024;

/// What a program says, and what it is told.
#[derive(Debug)]
pub(super) struct Talk {
    state: Arc<Mutex<State>>,
    said_all: Option<Receiver<()>>,
}

#[derive(Debug)]
struct State {
    reader: Box<dyn StreamReader>,
    watch: Watch,
    heard: Heard,
    /// What it is told; nothing where it takes no more.
    messages: Option<Sender<String>>,
    /// Whether the shim was woken and has not looked yet.
    woken: bool,
}

impl Talk {
    /// What will be read by `reader` and judged by `watch`.
    pub(super) fn new(reader: Box<dyn StreamReader>, watch: Watch) -> Self {
        let state = State { reader, watch, heard: Heard::default(), messages: None, woken: false };
        Self { state: Arc::new(Mutex::new(state)), said_all: None }
    }

    /// Listens to `output` from now on; every byte of it goes to `log` too. Answers who tells it more than its prompt.
    pub(super) fn listen(
        &mut self,
        output: impl Read + Send + 'static,
        log: File,
        wakes: Sender<Wake>,
    ) -> Result<Teller, ShimError> {
        let (tell, said_all) = channel();
        let (state, log) = (Arc::clone(&self.state), Arc::new(Mutex::new(Log::new(log))));
        let teller = Teller { state: Arc::clone(&state), log: Arc::clone(&log) };
        let listen = move || {
            follow(output, &log, &state, &wakes);
            // Where nobody waits any more, nobody has to know.
            let _ = tell.send(());
        };
        thread("output", listen)?;
        self.said_all = Some(said_all);
        Ok(teller)
    }

    /// Says `first` to the program, as its driver writes messages, and keeps its input open for more.
    pub(super) fn say(&mut self, first: &str, input: ChildStdin) -> Result<(), ShimError> {
        let Some(message) = lock(&self.state).reader.say(first) else { return Ok(()) };
        let (messages, told) = channel::<String>();
        let write = move || {
            let mut input = input;
            // A program that takes no more has ended, or says why it has not.
            let _ = told.iter().try_for_each(|text| input.write_all(text.as_bytes()).and_then(|()| input.flush()));
        };
        thread("input", write)?;
        // The thread has only just begun to listen.
        let _ = messages.send(message);
        lock(&self.state).messages = Some(messages);
        Ok(())
    }

    /// What it has to be ended for now; see [`Watch::breach`].
    pub(super) fn breach(&self, now: Boottime, last_change: impl Fn() -> Option<Boottime>) -> Option<Breach> {
        lock(&self.state).watch.breach(now, last_change)
    }

    /// When to look again though nothing is heard.
    pub(super) fn next(&self) -> Option<Boottime> {
        lock(&self.state).watch.next()
    }

    /// How full its context is.
    pub(super) fn context(&self) -> Option<Ratio> {
        lock(&self.state).heard.context
    }

    /// Looks at what was heard since the last look. A turn that has ended ends its input too: nothing more is to be said.
    pub(super) fn look(&mut self) -> Heard {
        let mut state = lock(&self.state);
        state.woken = false;
        if state.heard.turn_ended {
            state.messages = None;
        }
        state.heard.clone()
    }

    /// Nothing is left of the program: it is told nothing more, and what it said is heard to its end.
    pub(super) fn settle(&mut self) {
        lock(&self.state).messages = None;
        if let Some(said_all) = self.said_all.take() {
            // An error means that the listener is gone, and so has read all it ever will.
            let _ = said_all.recv_timeout(REST);
        }
    }

    /// What the end of the program means as its driver reads it, and everything that was heard.
    pub(super) fn finish<T>(&mut self, end: impl FnOnce(&mut dyn StreamReader, &Heard) -> T) -> T {
        self.settle();
        let mut state = lock(&self.state);
        let State { reader, heard, .. } = &mut *state;
        end(reader.as_mut(), heard)
    }
}

/// Reads `output` to its end; who has a terminal ends with an error.
fn follow(mut output: impl Read, log: &Mutex<Log>, state: &Mutex<State>, wakes: &Sender<Wake>) {
    let (mut part, mut lines) = (vec![0; PART], Lines::default());
    loop {
        let bytes = match output.read(&mut part) {
            Ok(0) => break,
            Ok(count) => part.get(..count).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        lock(log).write(bytes);
        lock(state).watch.hear(SystemClock.boottime());
        lines.push(bytes, |line| hear(line, state, wakes));
    }
    lock(log).end();
    lines.end(|line| hear(line, state, wakes));
}

/// Takes a line and wakes the shim where it tells something.
fn hear(line: &str, state: &Mutex<State>, wakes: &Sender<Wake>) {
    let now = Moment { boot: SystemClock.boottime(), wall: wall() };
    let mut state = lock(state);
    let signs = state.reader.line(line, now.wall);
    if signs.is_empty() {
        return;
    }
    for sign in signs {
        state.watch.see(&sign, now);
        state.heard.take(sign);
    }
    if !state.woken {
        state.woken = true;
        // A send fails only when the shim itself is over.
        let _ = wakes.send(Wake::Heard);
    }
}

fn wall() -> Timestamp {
    SystemClock.wall()
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins a thread.
pub(super) fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), ShimError> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(drop).map_err(|source| ShimError::System { doing: "start a thread", source })
}
