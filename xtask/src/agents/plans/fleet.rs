//! A `go` that runs: what it says, and its end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::super::AgentsError;
use super::place::io;
use crate::stopwatch::until;

/// The longest that a plan may take.
const LIMIT: Duration = Duration::from_secs(240);
/// The longest that a Bus may take until it listens.
const START: Duration = Duration::from_secs(30);

/// One that was started; it ends with this.
pub(super) struct Fleet {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    readers: Vec<thread::JoinHandle<()>>,
}

impl Fleet {
    /// Starts it and keeps what it says.
    pub(super) fn start(mut command: Command) -> Result<Self, AgentsError> {
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().map_err(io("go"))?;
        let said = Arc::<Mutex<Vec<String>>>::default();
        let mut readers = Vec::new();
        let (out, err) = (child.stdout.take(), child.stderr.take());
        readers.extend(out.map(|pipe| keep(BufReader::new(pipe), Arc::clone(&said))));
        readers.extend(err.map(|pipe| keep(BufReader::new(pipe), Arc::clone(&said))));
        Ok(Self { child, said, readers })
    }

    /// Where its Bus is.
    pub(super) fn url(&self) -> Result<String, AgentsError> {
        let url = |line: &String| {
            let word = line.split([' ', ',']).find(|word| word.starts_with("http://"))?;
            line.contains("the Bus listens at").then(|| word.to_owned())
        };
        let found = until(START, || self.lines().iter().find_map(url));
        found.ok_or_else(|| AgentsError::Scene("go".to_owned(), format!("no Bus: {}", self.said())))
    }

    /// Everything that it has said so far.
    pub(super) fn said(&self) -> String {
        self.lines().join("\n")
    }

    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `found` answers something; nothing where the fleet ends before.
    pub(super) fn until<T>(&mut self, mut found: impl FnMut() -> Option<T>) -> Option<T> {
        until(LIMIT, || match found() {
            Some(answer) => Some(Some(answer)),
            None => self.child.try_wait().ok().flatten().map(|_| None),
        })
        .flatten()
    }

    /// Waits for its end; how it ended and all that it said.
    pub(super) fn end(mut self) -> Result<(ExitStatus, String), AgentsError> {
        let status = until(LIMIT, || self.child.try_wait().ok().flatten());
        let Some(status) = status else {
            return Err(AgentsError::Scene("go up".to_owned(), format!("it did not end: {}", self.said())));
        };
        for reader in self.readers.drain(..) {
            // A reader that failed has kept what it read.
            let _ = reader.join();
        }
        Ok((status, self.said()))
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // One that has ended can't be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keep(pipe: impl BufRead + Send + 'static, said: Arc<Mutex<Vec<String>>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in pipe.lines().map_while(Result::ok) {
            said.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    })
}
