//! What a run got wrong, beside how long it took.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::record::{Event, restarts, stale_writes};
use super::stage::Stage;
use crate::bench::BenchError;
use crate::bench::trace::{Edge, Mark};

/// Faults by kind; all have to be none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Agents that were started though they, or what they did, were there already.
    pub(super) restarted: usize,
    /// Writes that were accepted under an epoch that was over.
    pub(super) stale: usize,
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.restarted += other.restarted;
        self.stale += other.stale;
    }
}

/// Judges a run by the Bus's log and by what the tickets themselves wrote, and says what it found.
pub(super) fn judge(stage: &Stage, events: &[Event]) -> Result<Verdict, BenchError> {
    let mut found = restarts(events);
    found.extend(begun_twice(&stage.marks()?));
    found.iter().for_each(|fault| eprintln!("restarted needlessly: {fault}"));
    Ok(Verdict { restarted: found.len(), stale: stale_writes(events) })
}

/// Tickets that began more than once.
fn begun_twice(marks: &[Mark]) -> Vec<String> {
    let mut begun: BTreeMap<&str, u32> = BTreeMap::new();
    for mark in marks.iter().filter(|mark| mark.edge == Edge::Begin) {
        *begun.entry(&mark.ticket).or_default() += 1;
    }
    let twice = begun.into_iter().filter(|(_, times)| *times > 1);
    twice.map(|(ticket, times)| format!("{ticket} began {times} times")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::trace::parse;

    #[test]
    fn a_ticket_that_began_again_is_found() {
        let once = "begin A 1 10\nbegin B 2 10\nend A 1 20\n";
        assert!(begun_twice(&parse(once).unwrap()).is_empty());
        assert_eq!(begun_twice(&parse(&format!("{once}begin B 3 30\n")).unwrap()), ["B began 2 times"]);
    }
}
