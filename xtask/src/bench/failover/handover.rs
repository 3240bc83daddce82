//! A leader that is told to stop while a standby waits: how long nobody acts. Tasks are posted from the signal on, so that whoever leads has
//! something to assign at every moment.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use super::crash::worst;
use super::record::{Event, between, ended, first_act, last_write};
use super::stage::Stage;
use super::verdict::{Verdict, judge};
use super::watch::Watch;
use super::work::{Work, extra};
use crate::bench::bus::http::Target;
use crate::bench::table::Row;
use crate::bench::{BenchError, median};

/// The longest that nobody may act, in milliseconds.
const BOUND: f64 = 50.0;
/// All that is to be done but for the lasting tickets is posted; there is room for all of it.
const WORK: Work = Work { short: 0, slots: 16 };
/// Tasks posted around a handover, at most, and how far apart.
const POSTS: u32 = 12;
const PACE: Duration = Duration::from_millis(2);

/// What a handover took, in milliseconds.
#[derive(Default)]
struct Times {
    by_the_bus: Vec<f64>,
    as_seen: Vec<f64>,
    from_release: Vec<f64>,
    from_signal: Vec<f64>,
}

/// Measures `runs` handovers of one fleet, from each leader to the next.
pub(super) fn measure(binary: &Path, runs: u32, verdict: &mut Verdict) -> Result<Vec<Row>, BenchError> {
    let mut stage = Stage::open(binary, WORK)?;
    let mut leader = stage.go()?;
    let watch = stage.watch()?;
    let mut times = Times::default();
    stage.await_lasting()?;
    let mut poster = Poster::open(&stage)?;
    for run in 1..=runs {
        let standby = stage.standby()?;
        poster.warm_up(&watch)?;
        let signal = if run % 2 == 1 { Signal::TERM } else { Signal::INT };
        let signalled = watch.clock.elapsed();
        leader.signal(signal)?;
        poster.post_until_taken_over(&watch, u64::from(run) + 1)?;
        leader.end()?;
        times.take(&watch.events(), u64::from(run), signalled);
        eprintln!("handover {run}/{runs}: {:.0} ms", times.by_the_bus.last().copied().unwrap_or(f64::NAN));
        leader = standby;
    }
    stage.let_go()?;
    poster.await_all(&watch)?;
    *verdict += judge(&stage, &watch.events())?;
    Ok(times.rows())
}

impl Times {
    fn take(&mut self, log: &[Event], old: u64, signalled: Duration) {
        let (Some(last), Some(first)) = (last_write(log, old), first_act(log, old + 1)) else { return };
        self.by_the_bus.push(between(last.at_ms, first.at_ms));
        self.as_seen.push(millis(first.seen) - millis(last.seen));
        self.from_release.extend(ended(log, old).map(|end| millis(first.seen) - millis(end.seen)));
        self.from_signal.push(millis(first.seen) - millis(signalled));
    }

    fn rows(&self) -> Vec<Row> {
        vec![
            Row::bound("stop of the leader, its last write to the next act: max", worst(&self.by_the_bus), BOUND, "ms"),
            Row::bound("  the same by a subscriber's clock: max", worst(&self.as_seen), BOUND, "ms"),
            Row::plain("  the same: p50", median(&self.as_seen), "ms"),
            Row::plain("  from the lease's release: max", worst(&self.from_release), "ms"),
            Row::plain("  from the signal: max", worst(&self.from_signal), "ms"),
        ]
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Posts tasks on one connection, and throws the answers away: a task that was refused is one that is never done.
struct Poster {
    target: Target,
    connection: TcpStream,
    posted: usize,
}

impl Poster {
    fn open(stage: &Stage) -> Result<Self, BenchError> {
        let failed = |e| BenchError::Io("a connection to post on", e);
        let connection = TcpStream::connect(stage.target().address).map_err(failed)?;
        connection.set_nodelay(true).and_then(|()| connection.set_nonblocking(true)).map_err(failed)?;
        Ok(Self { target: stage.target(), connection, posted: 0 })
    }

    fn post(&mut self) -> Result<(), BenchError> {
        self.posted += 1;
        let mut answers = [0; 16 * 1024];
        while self.connection.read(&mut answers).is_ok_and(|read| read > 0) {}
        let request = self.target.request("POST", "/tasks", &extra(&format!("E-{}", self.posted)));
        self.connection.write_all(&request).map_err(|e| BenchError::Io("posting a task", e))
    }

    /// A little work for the present leader, which the standby sees too.
    fn warm_up(&mut self, watch: &Watch) -> Result<(), BenchError> {
        for _ in 0..4 {
            self.post()?;
        }
        self.await_all(watch)
    }

    /// Posts at a steady pace until `epoch` has acted.
    fn post_until_taken_over(&mut self, watch: &Watch, epoch: u64) -> Result<(), BenchError> {
        let acted = |log: &[Event]| first_act(log, epoch).map(drop);
        for _ in 0..POSTS {
            self.post()?;
            if watch.within(PACE, acted).is_some() {
                return Ok(());
            }
        }
        watch.until("the next leader acts", acted)
    }

    /// Waits until all that was posted is done.
    fn await_all(&self, watch: &Watch) -> Result<(), BenchError> {
        let done = |event: &&Event| event.kind == "task.completed" && event.subject.starts_with("tasks/t-");
        let all = |log: &[Event]| (log.iter().filter(done).count() >= self.posted).then_some(());
        watch.until("all that was posted is done", all)
    }
}
