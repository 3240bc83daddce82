//! Nothing is tried again at once: neither what failed nor what succeeded without effect.

use std::collections::HashMap;
use std::time::Duration;

use go_clock::Boottime;
use go_rules::backoff::Backoff;

use crate::action::{Action, Key};

/// After this much quiet a thing's record is clean again.
const FORGET: Duration = Duration::from_secs(120);

/// How a try ended, as far as the next one is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// The Bus took it. Should it be planned again all the same, it had no effect.
    Taken,
    /// It may well succeed a little later.
    Soon,
    /// It was refused, and will be until something changes.
    Refused,
}

impl Tried {
    fn backoff(self) -> Backoff {
        match self {
            Self::Taken | Self::Soon => Backoff::REQUEST,
            Self::Refused => Backoff::SUCCESSION,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Record {
    tries: u32,
    not_before: Boottime,
}

/// What was tried lately, and when each may be tried again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Retries {
    records: HashMap<Key, Record>,
}

/// What may be done now of what is planned.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Admitted {
    /// These.
    pub(crate) due: Vec<Action>,
    /// When the first of the others is due; `None` where there are none.
    pub(crate) next: Option<Boottime>,
}

impl Retries {
    /// Splits what is planned into what is due and the rest.
    pub(crate) fn admit(&mut self, planned: Vec<Action>, now: Boottime) -> Admitted {
        self.records.retain(|_, record| now < record.not_before + FORGET);
        let mut admitted = Admitted::default();
        for action in planned {
            match self.records.get(&action.key()).filter(|record| record.not_before > now) {
                None => admitted.due.push(action),
                Some(record) => {
                    let first = admitted.next.map_or(record.not_before, |next| next.min(record.not_before));
                    admitted.next = Some(first);
                }
            }
        }
        admitted
    }

    /// Notes a try; the pause before the next doubles with each.
    pub(crate) fn note(&mut self, key: Key, tried: Tried, now: Boottime) {
        let tries = self.records.get(&key).map_or(0, |record| record.tries).saturating_add(1);
        let not_before = now + tried.backoff().pause(tries, 1.0);
        self.records.insert(key, Record { tries, not_before });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn at(millis: u64) -> Boottime {
        Boottime(Duration::from_millis(millis))
    }

    fn end(agent: &str) -> Action {
        Action::End(samples::id(agent))
    }

    #[test]
    fn what_failed_waits_longer_each_time_and_never_loops_hot() {
        let mut retries = Retries::default();
        let mut tries = 0;
        for millis in 0..60_000 {
            let admitted = retries.admit(vec![end("a")], at(millis));
            if !admitted.due.is_empty() {
                tries += 1;
                retries.note(end("a").key(), Tried::Refused, at(millis));
            }
        }
        assert_eq!(tries, 8, "0, 0.25, 0.75, 1.75, 3.75, 7.75, 15.75, 31.75 s");
    }

    #[test]
    fn a_success_without_effect_is_no_hot_loop_either() {
        let mut retries = Retries::default();
        retries.note(end("a").key(), Tried::Taken, at(0));
        let admitted = retries.admit(vec![end("a"), end("b")], at(0));
        assert_eq!((admitted.due, admitted.next), (vec![end("b")], Some(at(50))));
        assert_eq!(retries.admit(vec![end("a")], at(50)).due, [end("a")]);
    }

    #[test]
    fn the_record_is_clean_after_some_quiet() {
        let mut retries = Retries::default();
        for n in 0..10 {
            retries.note(end("a").key(), Tried::Refused, at(n));
        }
        retries.admit(vec![], at(200_000));
        retries.note(end("a").key(), Tried::Refused, at(200_000));
        assert_eq!(retries.admit(vec![end("a")], at(200_000)).next, Some(at(200_250)));
    }
}
