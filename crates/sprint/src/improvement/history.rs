//! What became of the improvements that were made: the World has all of it, so a successor needs no memory.

use std::time::Duration;

use go_bus_api::{ProjectId, TaskState, Timestamp};
use go_bus_client::{ImprovementRecord, World};

use super::naming::{Stem, is_of_kind};
use super::{ImprovementKind, NOTHING_TO_IMPROVE, rest};

/// How long a made one counts for `per_day`.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How an improvement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Its `verify` passes.
    Improved,
    /// It failed or was cancelled, or there was nothing to improve.
    InVain,
}

/// All improvements, past or not.
#[derive(Debug, Clone)]
pub(super) struct History(Vec<ImprovementRecord>);

impl History {
    /// What `world` tells.
    pub(super) fn of(world: &World) -> Self {
        Self(world.improvements().collect())
    }

    /// How many are open.
    pub(super) fn open(&self) -> usize {
        self.0.iter().filter(|made| made.state.is_open()).count()
    }

    /// How many are open in `project`.
    pub(super) fn open_in(&self, project: &ProjectId) -> usize {
        self.0.iter().filter(|made| made.state.is_open() && made.project == *project).count()
    }

    /// How many were made within the 24 hours before `now`, whatever became of them.
    pub(super) fn made_within_a_day(&self, now: Timestamp) -> usize {
        self.0.iter().filter(|made| is_within(made.created_at, DAY, now)).count()
    }

    /// Whether one of the finding's is open.
    pub(super) fn is_open(&self, stem: &Stem) -> bool {
        self.of_finding(stem).any(|made| made.state.is_open())
    }

    /// When one of the finding's improvements last mended it.
    pub(super) fn mended_at(&self, stem: &Stem) -> Option<Timestamp> {
        let mended = self.of_finding(stem).filter(|made| outcome(made) == Some(Outcome::Improved));
        mended.map(ended_at).max()
    }

    /// How many of the finding's were made.
    pub(super) fn count(&self, stem: &Stem) -> usize {
        self.of_finding(stem).count()
    }

    /// Until when findings of this kind rest in this project; `None` where they don't at `now`. The rest grows with each in a row that was
    /// in vain.
    pub(super) fn rests_until(&self, project: &ProjectId, kind: ImprovementKind, now: Timestamp) -> Option<Timestamp> {
        let alike = self.0.iter().filter(|made| made.project == *project && is_of_kind(&made.id, project, kind));
        let mut ends: Vec<_> = alike.filter_map(|made| Some((ended_at(made), outcome(made)?))).collect();
        ends.sort_by_key(|(at, _)| *at);
        let in_vain = ends.iter().rev().take_while(|(_, outcome)| *outcome == Outcome::InVain).count();
        let (last, _) = ends.last().filter(|_| in_vain > 0)?;
        rest::until(*last, in_vain, now)
    }

    fn of_finding<'a>(&'a self, stem: &'a Stem) -> impl Iterator<Item = &'a ImprovementRecord> + use<'a> {
        self.0.iter().filter(|made| stem.is_of(&made.id))
    }
}

fn ended_at(made: &ImprovementRecord) -> Timestamp {
    made.finished_at.unwrap_or(made.created_at)
}

fn outcome(made: &ImprovementRecord) -> Option<Outcome> {
    let found_nothing = || made.result.as_ref().is_some_and(|line| line.as_str().starts_with(NOTHING_TO_IMPROVE));
    match made.state {
        TaskState::Done if found_nothing() => Some(Outcome::InVain),
        TaskState::Done => Some(Outcome::Improved),
        TaskState::Failed | TaskState::Cancelled => Some(Outcome::InVain),
        _ => None,
    }
}

/// Whether `at` is less than `length` ago. One that lies ahead by more than that was stamped by another clock.
pub(super) fn is_within(at: Timestamp, length: Duration, now: Timestamp) -> bool {
    now.since(at) < length && at.since(now) < length
}
