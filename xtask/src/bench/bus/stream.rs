//! Many subscribers of `/events/stream` on one thread, and one that posts events at a steady pace.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;

use super::http::Target;
use super::load::percentile;
use crate::bench::BenchError;
use crate::stopwatch::Stopwatch;

/// How long subscribers may take to hear the last event.
const LIMIT: Duration = Duration::from_secs(10);

/// What subscribers have heard.
pub(super) struct Heard {
    /// From posting an event, so before its commit, to each subscriber, the 99th percentile in milliseconds.
    pub(super) p99_ms: f64,
    /// Events that somebody missed, or got out of order or twice.
    pub(super) missed: usize,
}

/// The subscribers, and the connection that posts.
pub(super) struct Crowd {
    target: Target,
    poll: OwnedFd,
    subscribers: Vec<Subscriber>,
    poster: TcpStream,
    /// The last event before the first that is posted.
    base: u64,
}

impl Crowd {
    /// Opens `count` streams, and waits until each has begun.
    pub(super) fn subscribe(target: &Target, count: usize) -> Result<Self, BenchError> {
        let failed = |e| BenchError::Io("a subscription", e);
        let base = last_seq(target)?;
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(|e| failed(e.into()))?;
        let request = target.request("GET", &format!("/events/stream?after={base}"), "");
        let mut subscribers = Vec::with_capacity(count);
        for number in 0..count {
            let mut stream = TcpStream::connect(target.address).map_err(failed)?;
            stream.write_all(&request).map_err(failed)?;
            let mut head = [0; 512];
            let read = stream.read(&mut head).map_err(failed)?;
            if !head.get(..read).unwrap_or_default().starts_with(b"HTTP/1.1 200") {
                return Err(super::http::refused(head.get(..read).unwrap_or_default()));
            }
            stream.set_nonblocking(true).map_err(failed)?;
            let data = epoll::EventData::new_u64(number as u64);
            epoll::add(&poll, &stream, data, epoll::EventFlags::IN).map_err(|e| failed(e.into()))?;
            subscribers.push(Subscriber { stream, last: base, line: Vec::new() });
        }
        let poster = TcpStream::connect(target.address).map_err(failed)?;
        poster.set_nodelay(true).and_then(|()| poster.set_nonblocking(true)).map_err(failed)?;
        let data = epoll::EventData::new_u64(count as u64);
        epoll::add(&poll, &poster, data, epoll::EventFlags::IN).map_err(|e| failed(e.into()))?;
        Ok(Self { target: target.clone(), poll, subscribers, poster, base })
    }

    /// Posts `events` events, `pace` a second, and waits until all have heard the last.
    pub(super) fn listen(&mut self, events: usize, pace: u32) -> Result<Heard, BenchError> {
        let body = r#"{"kind":"bench.tick","data":{"note":"about as much as an event has to say"}}"#;
        let request = self.target.request("POST", "/events", body);
        let (mut posted, mut log) = (Vec::with_capacity(events), Log::default());
        let (mut piece, mut ready) = (vec![0; 64 * 1024], Vec::with_capacity(256));
        let (watch, all) = (Stopwatch::start(), events * self.subscribers.len());
        let last_post = Duration::from_secs(1) * u32::try_from(events).unwrap_or(u32::MAX) / pace;
        while log.latencies_us.len() < all && watch.elapsed() < last_post + LIMIT {
            let due = Duration::from_secs(1) * u32::try_from(posted.len()).unwrap_or(u32::MAX) / pace;
            let wait = if posted.len() == events { LIMIT } else { due.saturating_sub(watch.elapsed()) };
            if wait.is_zero() {
                posted.push(watch.elapsed());
                self.poster.write_all(&request).map_err(|e| BenchError::Io("posting an event", e))?;
                continue;
            }
            let timeout = Timespec::try_from(wait).ok();
            epoll::wait(&self.poll, spare_capacity(&mut ready), timeout.as_ref())
                .map_err(|e| BenchError::Io("epoll", e.into()))?;
            for event in ready.drain(..) {
                let at = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
                match self.subscribers.get_mut(at) {
                    Some(subscriber) => {
                        let seen = |seq: u64| watch.elapsed().saturating_sub(sent(&posted, self.base, seq));
                        subscriber.receive(&mut piece, &mut log, seen)?;
                    }
                    None => drain(&mut self.poster, &mut piece)?,
                }
            }
        }
        let missed = all.saturating_sub(log.latencies_us.len()) + log.out_of_order;
        Ok(Heard { p99_ms: percentile(&mut log.latencies_us, 99) / 1000.0, missed })
    }
}

/// When the event `seq` was posted.
fn sent(posted: &[Duration], base: u64, seq: u64) -> Duration {
    let number = usize::try_from(seq.saturating_sub(base + 1)).unwrap_or(usize::MAX);
    posted.get(number).copied().unwrap_or_default()
}

fn last_seq(target: &Target) -> Result<u64, BenchError> {
    let page = target.call("GET", "/events?after=0&limit=1000", "")?;
    Ok(page["items"].as_array().and_then(|events| events.last()?["seq"].as_u64()).unwrap_or(0))
}

/// Throws the answers to posts away; a failed post shows as an event that nobody hears.
fn drain(stream: &mut TcpStream, piece: &mut [u8]) -> Result<(), BenchError> {
    stream.read(piece).map(drop).map_err(|e| BenchError::Io("an answer", e))
}

#[derive(Default)]
struct Log {
    latencies_us: Vec<u32>,
    out_of_order: usize,
}

/// One stream.
struct Subscriber {
    stream: TcpStream,
    last: u64,
    /// The begin of a line whose rest has not come yet.
    line: Vec<u8>,
}

impl Subscriber {
    fn receive(&mut self, piece: &mut [u8], log: &mut Log, seen: impl Fn(u64) -> Duration) -> Result<(), BenchError> {
        let read = match self.stream.read(piece) {
            Ok(0) => return Err(BenchError::Io("an event stream", ErrorKind::UnexpectedEof.into())),
            Ok(read) => read,
            Err(error) => return Err(BenchError::Io("an event stream", error)),
        };
        for part in piece.get(..read).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                if let Some(seq) = place(&self.line) {
                    log.out_of_order += usize::from(seq != self.last + 1);
                    self.last = seq;
                    log.latencies_us.push(u32::try_from(seen(seq).as_micros()).unwrap_or(u32::MAX));
                }
                self.line.clear();
            }
        }
        Ok(())
    }
}

/// The event's place, where the line tells it. Frames are told apart by their lines, chunks by nothing.
fn place(line: &[u8]) -> Option<u64> {
    std::str::from_utf8(line.strip_prefix(b"id: ")?).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_line_tells_a_place() {
        assert_eq!(place(b"id: 17\n"), Some(17));
        assert_eq!(place(b"data: {\"id\": 17}\n"), None);
        assert_eq!(place(b"5c\r\n"), None);
    }

    #[test]
    fn events_are_counted_from_the_one_before_the_first() {
        let posted = [Duration::from_millis(1), Duration::from_millis(2)];
        assert_eq!(sent(&posted, 10, 12), posted[1]);
    }
}
