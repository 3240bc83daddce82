//! One seed from start to verdict.

use std::path::Path;
use std::time::Duration;

use super::diary::Diary;
use super::fleet::Fleet;
use super::judge::{Evidence, Fault, judge};
use super::place::Place;
use super::plan::{self, Ticket};
use super::random::Random;
use super::schedule::{self, Kill, Mode, Target};
use super::{TortureError, history, processes, trace};
use crate::bench::leftovers;
use crate::stopwatch::{Stopwatch, until};

/// How long the work may stand still before it counts as stuck: longer than any lease, silence or backoff in it.
const STUCK: Duration = Duration::from_secs(150);
/// How long a target is looked for before another one takes its place.
const SEARCH: Duration = Duration::from_secs(3);
/// How long what was ended in order may take to be gone.
const GONE: Duration = Duration::from_secs(20);

/// What came of a seed.
pub(super) struct Outcome {
    /// How many kills hit somebody.
    pub(super) kills: usize,
    /// What is wrong.
    pub(super) faults: Vec<Fault>,
}

/// Runs one seed in `place`, noting everything in `diary`.
pub(super) fn run(
    binary: &Path,
    place: &Place,
    tickets: &[Ticket],
    (mode, kills): (Mode, &[Kill]),
    diary: &mut Diary,
) -> Result<Outcome, TortureError> {
    let mut session = Session { fleet: Fleet::start(binary, place, mode)?, place, mode, diary, over: false };
    let mut hits = 0;
    for (number, kill) in kills.iter().enumerate() {
        session.await_moment(kill)?;
        if session.over {
            break;
        }
        hits += usize::from(session.strike(number + 1, kill)?);
    }
    session.finish(binary)?;
    let mut bus = Fleet::bus_alone(binary, place)?;
    let events = history::parse(&bus.ask(&["events", "--json"])?).map_err(TortureError::Unreadable)?;
    bus.stop()?;
    let orphans = match until(GONE, || leftovers::of(place.path()).is_empty().then_some(())) {
        Some(()) => Vec::new(),
        None => leftovers::of(place.path()),
    };
    let marks = trace::parse(&place.trace()).map_err(TortureError::Unreadable)?;
    let statuses = place.statuses();
    let evidence =
        Evidence { tickets, cap: plan::CAP, marks: &marks, statuses: &statuses, orphans: &orphans, events: &events };
    Ok(Outcome { kills: hits, faults: judge(&evidence) })
}

/// The plan and the kills of a seed.
pub(super) fn drawn(seed: u64, mode: Mode, kills: usize, tickets: usize) -> (Vec<Ticket>, Vec<Kill>) {
    let mut random = Random::new(seed);
    let tickets = plan::tickets(&mut random, tickets);
    let runs = tickets.len() + tickets.iter().filter(|ticket| ticket.reviewed).count();
    let kills = schedule::kills(&mut random, mode, kills, runs * 2);
    (tickets, kills)
}

struct Session<'a> {
    fleet: Fleet,
    place: &'a Place,
    mode: Mode,
    diary: &'a mut Diary,
    /// Whether `go up` has ended well.
    over: bool,
}

impl Session<'_> {
    fn await_moment(&mut self, kill: &Kill) -> Result<(), TortureError> {
        self.watch(|place| place.trace().lines().count() >= kill.marks)?;
        until(kill.pause, || None::<()>);
        self.tend()
    }

    /// Waits until `reached`, or until `go up` has ended. Only work that stands still for long is stuck.
    fn watch(&mut self, reached: impl Fn(&Place) -> bool) -> Result<(), TortureError> {
        let (mut seen, mut since) = (0, Stopwatch::start());
        loop {
            self.tend()?;
            if self.over || reached(self.place) {
                return Ok(());
            }
            let now = self.place.trace().len();
            if now != seen {
                (seen, since) = (now, Stopwatch::start());
            }
            if since.elapsed() > STUCK {
                return Err(TortureError::Stuck("nothing moves any more"));
            }
            until(Duration::from_millis(5), || None::<()>);
        }
    }

    /// Looks whether a part has ended by itself, which only `go up` may, and only well.
    fn tend(&mut self) -> Result<(), TortureError> {
        match self.fleet.ended() {
            None => Ok(()),
            Some((Target::Up, status)) if status.success() => {
                if !self.over {
                    self.diary.note("go up ended well");
                }
                self.over = true;
                Ok(())
            }
            Some((target, status)) => Err(TortureError::Ended(target.to_string(), status.to_string())),
        }
    }

    /// Kills its target, or where there is none for some time somebody else; whether anybody was hit.
    fn strike(&mut self, number: usize, kill: &Kill) -> Result<bool, TortureError> {
        let whole = if self.mode == Mode::Together { Target::Up } else { Target::Bus };
        for target in [kill.target, Target::Agent, Target::Shim, whole] {
            let hit = if target.is_part() {
                self.fleet.strike(target, kill.which)?
            } else {
                until(SEARCH, || hit_process(self.place.path(), target, kill.which))
            };
            if let Some(line) = hit {
                let line = line.replace(&*self.place.path().to_string_lossy(), ".");
                self.diary.note(format_args!("kill {number}: {target}, {line}"));
                return Ok(true);
            }
            self.diary.note(format_args!("kill {number}: no {target} is there"));
        }
        Ok(false)
    }

    /// Waits for the end of all work, and ends the fleet in order.
    fn finish(mut self, binary: &Path) -> Result<(), TortureError> {
        let done = |place: &Place| place.statuses().iter().all(|(_, status)| status == "done");
        match self.mode {
            Mode::Together => self.watch(|_| false),
            Mode::Split => {
                self.watch(done)?;
                self.diary.note("every ticket is done; the parts are ended in order");
                self.fleet.stop()?;
                // Orchestrators work on without a launcher; a `go up` on the same folder adopts them and ends them.
                self.fleet = Fleet::start(binary, self.place, Mode::Together)?;
                self.watch(|_| false)
            }
        }
    }
}

fn hit_process(folder: &Path, target: Target, which: usize) -> Option<String> {
    let found = processes::of(folder, target);
    let process = found.get(which % found.len().max(1))?;
    processes::kill(process).then(|| format!("pid {}: {}", process.pid, process.line))
}
