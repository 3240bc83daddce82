//! What was decided lately: a few lines, so that a successor and people see what GO was at.

use std::collections::VecDeque;

use go_bus_api::{Text, Timestamp};

use super::Decision;
use crate::action::Action;

/// So many are kept.
const KEPT: usize = 32;

/// The last actions, the latest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decided {
    lines: VecDeque<Decision>,
}

impl Decided {
    /// Notes that `action` was taken by the Bus.
    pub(crate) fn note(&mut self, action: &Action, at: Timestamp) {
        self.push(Decision { at, what: Text::clipped(&action.to_string()) });
    }

    /// Puts what the predecessors decided before what is known.
    pub(crate) fn inherit(&mut self, before: Vec<Decision>) {
        let own = std::mem::take(&mut self.lines);
        before.into_iter().chain(own).for_each(|decision| self.push(decision));
    }

    /// All of them.
    pub(crate) fn lines(&self) -> Vec<Decision> {
        self.lines.iter().cloned().collect()
    }

    fn push(&mut self, decision: Decision) {
        if self.lines.len() >= KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(decision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_unix_millis(millis)
    }

    #[test]
    fn the_last_few_are_kept_with_those_of_the_predecessors_first() {
        let mut decided = Decided::default();
        decided.note(&Action::End(samples::id("a-1")), at(100));
        decided.inherit(vec![Decision { at: at(1), what: Text::clipped("assign T-1 to a-1") }]);
        let words: Vec<_> = decided.lines().iter().map(|line| line.what.to_string()).collect();
        assert_eq!(words, ["assign T-1 to a-1", "end a-1"]);
    }

    #[test]
    fn they_are_bounded() {
        let mut decided = Decided::default();
        (0..100).for_each(|n| decided.note(&Action::End(samples::id("a-1")), at(n)));
        decided.inherit(vec![Decision { at: at(-1), what: Text::clipped("old") }]);
        let lines = decided.lines();
        assert_eq!(
            (lines.len(), lines.first().map(|line| line.at), lines.last().map(|line| line.at)),
            (32, Some(at(68)), Some(at(99)))
        );
    }
}
