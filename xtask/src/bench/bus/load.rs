//! A closed loop of requests over many connections, on one thread: each connection asks again once it has its answer.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::fd::OwnedFd;

use super::http::{Answer, Target, refused};
use crate::bench::BenchError;
use crate::stopwatch::Stopwatch;

/// What came of a load.
#[derive(Debug, Default)]
pub(super) struct Load {
    /// How many requests were sent; each was answered with a 2xx.
    pub(super) answered: usize,
    /// From the first request to the last answer, in seconds.
    seconds: f64,
    latencies_us: Vec<u32>,
}

impl Load {
    /// Requests a second.
    pub(super) fn rate(&self) -> f64 {
        self.answered as f64 / self.seconds
    }

    /// The 99th percentile from sending a request to its whole answer, in milliseconds.
    pub(super) fn p99_ms(mut self) -> f64 {
        percentile(&mut self.latencies_us, 99) / 1000.0
    }
}

/// The value below which `percent` of `values` lie.
pub(super) fn percentile(values: &mut [u32], percent: usize) -> f64 {
    values.sort_unstable();
    let place = (values.len() * percent / 100).min(values.len().saturating_sub(1));
    values.get(place).map_or(f64::NAN, |value| f64::from(*value))
}

/// Sends what `request` makes of 0, 1, 2, … over `connections` connections until `lasting` is over and all is answered.
pub(super) fn drive(
    target: &Target,
    connections: usize,
    lasting: Duration,
    mut request: impl FnMut(usize) -> Vec<u8>,
) -> Result<Load, BenchError> {
    let watch = Stopwatch::start();
    drive_all(target, connections, (0..).map_while(|number| (watch.elapsed() < lasting).then(|| request(number))))
}

/// Sends all `requests` over `connections` connections, until each is answered.
pub(super) fn drive_all(
    target: &Target,
    connections: usize,
    mut requests: impl Iterator<Item = Vec<u8>>,
) -> Result<Load, BenchError> {
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(|e| BenchError::Io("epoll", e.into()))?;
    let mut lines = Vec::with_capacity(connections);
    for number in 0..connections {
        lines.push(Line::open(target, &poll, number as u64)?);
    }
    let (watch, mut load, mut piece) = (Stopwatch::start(), Load::default(), vec![0; 64 * 1024]);
    let (mut sent, mut ready) = (0, Vec::with_capacity(connections));
    for (line, request) in lines.iter_mut().zip(&mut requests) {
        line.send(&request)?;
        sent += 1;
    }
    while load.answered < sent {
        epoll::wait(&poll, spare_capacity(&mut ready), None).map_err(|e| BenchError::Io("epoll", e.into()))?;
        for event in ready.drain(..) {
            let Some(line) = usize::try_from(event.data.u64()).ok().and_then(|at| lines.get_mut(at)) else { continue };
            let Some(took) = line.receive(&mut piece)? else { continue };
            load.answered += 1;
            load.latencies_us.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
            if let Some(request) = requests.next() {
                line.send(&request)?;
                sent += 1;
            }
        }
    }
    load.seconds = watch.elapsed().as_secs_f64();
    Ok(load)
}

/// One connection, with at most one request under way.
struct Line {
    stream: TcpStream,
    asked: Stopwatch,
    received: Vec<u8>,
}

impl Line {
    fn open(target: &Target, poll: &OwnedFd, number: u64) -> Result<Self, BenchError> {
        let failed = |e| BenchError::Io("a connection to the Bus", e);
        let stream = TcpStream::connect(target.address).map_err(failed)?;
        stream.set_nodelay(true).and_then(|()| stream.set_nonblocking(true)).map_err(failed)?;
        epoll::add(poll, &stream, epoll::EventData::new_u64(number), epoll::EventFlags::IN)
            .map_err(|e| failed(e.into()))?;
        Ok(Self { stream, asked: Stopwatch::start(), received: Vec::new() })
    }

    /// A request is far smaller than a socket's buffer, which is empty by now, so it goes out whole.
    fn send(&mut self, request: &[u8]) -> Result<(), BenchError> {
        self.asked = Stopwatch::start();
        self.stream.write_all(request).map_err(|e| BenchError::Io("sending a request", e))
    }

    /// Takes what has come; how long the answer took, once it is whole.
    fn receive(&mut self, piece: &mut [u8]) -> Result<Option<Duration>, BenchError> {
        let read = self.stream.read(piece).map_err(|e| BenchError::Io("an answer", e))?;
        self.received.extend_from_slice(piece.get(..read).unwrap_or_default());
        match Answer::read(&self.received) {
            Some(answer) if answer.is_good() => {
                self.received.clear();
                Ok(Some(self.asked.elapsed()))
            }
            Some(_) => Err(refused(&self.received)),
            None if read == 0 => Err(refused(&self.received)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_there() {
        let mut values: Vec<u32> = (1..=100).rev().collect();
        assert_eq!(percentile(&mut values, 99), 100.0);
        assert_eq!(percentile(&mut values, 50), 51.0);
        assert_eq!(percentile(&mut [7], 99), 7.0);
        assert!(percentile(&mut [], 99).is_nan());
    }
}
