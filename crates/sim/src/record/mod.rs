//! Watches a run: makes facts of what is seen, writes them down, and shows them to the judge.

mod call;
mod commit;
mod translate;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::judge::{Bounds, Fact, Judge, SimTime, Violation, What};
use crate::timeline::Timeline;
use crate::{Node, Probe, Seen};
use translate::Translator;

/// The record of a run. Clones are of the same record.
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    translator: Translator,
    judge: Judge,
    timeline: Timeline,
    violations: Vec<Violation>,
}

impl Recorder {
    /// An empty record, with a judge who goes by `bounds`.
    pub fn new(bounds: &Bounds) -> Self {
        let judge = Judge::new(bounds);
        let (translator, timeline) = (Translator::default(), Timeline::default());
        Self { inner: Arc::new(Mutex::new(Inner { translator, judge, timeline, violations: Vec::new() })) }
    }

    /// Notes something that the simulation itself does or finds.
    pub fn note(&self, at: Duration, node: Option<Node>, what: What) {
        self.lock().take(Fact { at: SimTime(at), node, what });
    }

    /// The run is over: what should have come to its end by now.
    pub fn end(&self) {
        let mut inner = self.lock();
        let found = inner.judge.end();
        inner.violations.extend(found);
    }

    /// Whether anything was wrong so far.
    pub fn is_wrong(&self) -> bool {
        !self.lock().violations.is_empty()
    }

    /// Looks at the record.
    pub fn look<T>(&self, look: impl FnOnce(&Judge, &Timeline, &[Violation]) -> T) -> T {
        let inner = self.lock();
        look(&inner.judge, &inner.timeline, &inner.violations)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // One thread alone comes here, and a poisoned record is still a record.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn take(&mut self, fact: Fact) {
        let found = self.judge.see(&fact);
        self.violations.extend(found);
        self.timeline.add(fact);
    }
}

impl Probe for Recorder {
    fn see(&self, at: Duration, seen: &Seen<'_>) {
        let mut inner = self.lock();
        for (node, what) in inner.translator.facts(seen) {
            inner.take(Fact { at: SimTime(at), node, what });
        }
    }
}
