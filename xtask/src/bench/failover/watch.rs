//! A subscriber of `/events/stream` that notes when it heard what, and whom one may ask to wait for something. Nothing here polls: the
//! Bus wakes the reader, and the reader wakes whoever waits.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::record::Event;
use crate::bench::BenchError;
use crate::bench::bus::http::{Target, refused};
use crate::stopwatch::Stopwatch;

/// The longest wait for anything: more than a lease of 125 s needs to run out.
const LIMIT: Duration = Duration::from_secs(200);

/// A subscription with a thread of its own; over when dropped.
pub(super) struct Watch {
    heard: Arc<Heard>,
    stream: TcpStream,
    reader: Option<JoinHandle<()>>,
    /// The clock by which events are seen.
    pub(super) clock: Stopwatch,
}

#[derive(Default)]
struct Heard {
    events: Mutex<Vec<Event>>,
    news: Condvar,
}

impl Heard {
    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Follows the Bus at `target` from its first event on.
    pub(super) fn start(target: &Target) -> Result<Self, BenchError> {
        let failed = |e| BenchError::Io("a subscription", e);
        let mut stream = TcpStream::connect(target.address).map_err(failed)?;
        stream.write_all(&target.request("GET", "/events/stream?after=0", "")).map_err(failed)?;
        let mut reader = BufReader::new(stream.try_clone().map_err(failed)?);
        let head = head(&mut reader).map_err(failed)?;
        if !head.starts_with("HTTP/1.1 200") {
            return Err(refused(head.as_bytes()));
        }
        let (heard, clock) = (Arc::new(Heard::default()), Stopwatch::start());
        let notes = Arc::clone(&heard);
        let reader = thread::spawn(move || follow(reader, &notes, clock));
        Ok(Self { heard, stream, reader: Some(reader), clock })
    }

    /// Waits until the events so far have what is `wanted`.
    pub(super) fn until<T>(
        &self,
        what: &'static str,
        wanted: impl FnMut(&[Event]) -> Option<T>,
    ) -> Result<T, BenchError> {
        self.within(LIMIT, wanted).ok_or(BenchError::Stuck(what, LIMIT.as_secs()))
    }

    /// The same, for no longer than `limit`.
    pub(super) fn within<T>(&self, limit: Duration, mut wanted: impl FnMut(&[Event]) -> Option<T>) -> Option<T> {
        let watch = Stopwatch::start();
        let mut events = self.heard.events();
        loop {
            if let Some(found) = wanted(&events) {
                return Some(found);
            }
            let left = limit.checked_sub(watch.elapsed())?;
            events = self.heard.news.wait_timeout(events, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// What has been heard by now.
    pub(super) fn events(&self) -> Vec<Event> {
        self.heard.events().clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A stream that has broken already needs no shutting, and its reader is over.
        let _ = self.stream.shutdown(Shutdown::Both);
        let _ = self.reader.take().map(JoinHandle::join);
    }
}

/// The head of an answer, to its blank line.
fn head(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            break;
        }
    }
    Ok(head)
}

/// Reads until the stream ends.
fn follow(reader: impl BufRead, heard: &Heard, clock: Stopwatch) {
    let lines = BufReader::new(Chunks { inner: reader, left: 0 }).lines();
    for line in lines.map_while(Result::ok) {
        let seen = clock.elapsed();
        if let Some(event) = line.strip_prefix("data:").and_then(|text| Event::read(text.trim_start(), seen)) {
            heard.events().push(event);
            heard.news.notify_all();
        }
    }
}

/// A chunked body without its chunks (RFC 9112, 7.1).
struct Chunks<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> Read for Chunks<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let mut line = String::new();
        while self.left == 0 {
            line.clear();
            if self.inner.read_line(&mut line)? == 0 {
                return Ok(0);
            }
            // A blank line ends the chunk before.
            match line.trim() {
                "" => {}
                "0" => return Ok(0),
                size => self.left = usize::from_str_radix(size, 16).map_err(std::io::Error::other)?,
            }
        }
        let most = into.len().min(self.left);
        let read = self.inner.read(into.get_mut(..most).unwrap_or_default())?;
        self.left -= read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_however_it_is_cut_into_chunks() {
        let event = r#"data: {"seq":7,"kind":"task.assigned","at":"2026-03-21T08:15:30.250Z","epoch":2,"data":{}}"#;
        let body = format!("id: 7\n{event}\n\n: a comment\n");
        for cut in 1..body.len() {
            let (one, two) = body.split_at(cut);
            let wire = format!("{:x}\r\n{one}\r\n{:X}\r\n{two}\r\n0\r\n\r\n", one.len(), two.len());
            let heard = Heard::default();
            follow(wire.as_bytes(), &heard, Stopwatch::start());
            let seen: Vec<_> = heard.events().iter().map(|event| (event.seq, event.epoch)).collect();
            assert_eq!(seen, [(7, Some(2))], "cut at {cut}");
        }
    }
}
