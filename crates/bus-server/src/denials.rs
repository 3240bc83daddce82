//! What RBAC would block is noted: an audit entry and an event, once an hour at most for the same subject and action.
//!
//! The hour is this process's own: after a restart of the Bus the same denial may be noted once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use go_bus_api::{RbacAnswer, RbacQuestion, Text};
use go_bus_store::{Action, Denial};
use go_clock::Boottime;

use crate::bus::Bus;

/// How long the same denial stays unsaid once it was noted.
const QUIET: Duration = Duration::from_secs(3600);

/// How many are kept in mind; beyond that, all are forgotten and may be noted again.
const MOST: usize = 4096;

type Key = (Text<128>, Text<64>);

/// The denials of the last hour.
#[derive(Debug, Default)]
pub(crate) struct Denials(Mutex<HashMap<Key, Boottime>>);

impl Denials {
    /// Whether this denial is to be noted now.
    fn is_news(&self, subject: &Text<128>, action: &Text<64>, now: Boottime) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (subject.clone(), action.clone());
        if noted.get(&key).is_some_and(|at| now.since(*at) < QUIET) {
            return false;
        }
        if noted.len() >= MOST {
            noted.retain(|_, at| now.since(*at) < QUIET);
            if noted.len() >= MOST {
                noted.clear();
            }
        }
        noted.insert(key, now);
        true
    }

    /// It could not be written: the next one is news again.
    fn forget(&self, subject: &Text<128>, action: &Text<64>) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.remove(&(subject.clone(), action.clone()));
    }
}

/// Notes that `question` was answered with a block, or would be.
pub(crate) async fn note(bus: &Bus, question: RbacQuestion, answer: &RbacAnswer) {
    if !bus.denials.is_news(&question.subject, &question.action, bus.now()) {
        return;
    }
    let RbacQuestion { subject, action, resource } = question;
    let (key, reason) = ((subject.clone(), action.clone()), answer.reason.clone());
    let denial = Denial { subject, action, resource, mode: answer.mode, reason };
    if let Err(error) = bus.commit_own(Action::NoteDenial(denial)).await {
        tracing::warn!(%error, "a denial could not be noted");
        bus.denials.forget(&key.0, &key.1);
    }
}

#[cfg(test)]
mod tests {
    use go_clock::{Clock as _, SystemClock};

    use super::*;

    #[test]
    fn the_same_denial_is_news_once_an_hour_and_another_at_once() {
        let (denials, now) = (Denials::default(), SystemClock.boottime());
        let (me, spawn, read) = (Text::clipped("a-1"), Text::clipped("agents.spawn"), Text::clipped("audit.read"));
        assert!(denials.is_news(&me, &spawn, now));
        assert!(!denials.is_news(&me, &spawn, now + Duration::from_secs(3599)));
        assert!(denials.is_news(&me, &read, now) && denials.is_news(&Text::clipped("a-2"), &spawn, now));
        assert!(denials.is_news(&me, &spawn, now + QUIET));
        denials.forget(&me, &spawn);
        assert!(denials.is_news(&me, &spawn, now + QUIET));
    }

    #[test]
    fn what_is_kept_in_mind_is_bounded() {
        let (denials, now) = (Denials::default(), SystemClock.boottime());
        for number in 0..=MOST {
            denials.is_news(&Text::clipped(&number.to_string()), &Text::clipped("x"), now);
        }
        assert!(denials.0.lock().unwrap().len() <= MOST);
    }
}
