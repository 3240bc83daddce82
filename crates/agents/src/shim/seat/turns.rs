//! When an orchestrator that thinks has its turn, and when it has had its last: decided purely.

use std::collections::BTreeSet;
use std::time::Duration;

use go_bus_api::{Failure, FailureCause, Remedy, Usd};
use go_clock::Boottime;
use go_rules::backoff::Backoff;

use crate::orchestrators::{Item, Outlook};

/// How long news waits for more of it, so that what happens together is one turn.
const BATCH: Duration = Duration::from_millis(250);
/// The pause between turns that follow each other without a lull and bring no work on.
const PACE: Backoff = Backoff { first: Duration::from_millis(500), most: Duration::from_secs(15) };
/// A pause of this length between two turns is a lull.
const LULL: Duration = Duration::from_secs(30);
/// The pause before it is reminded of what it left undone.
const REMIND: Backoff = Backoff { first: Duration::from_secs(15), most: Duration::from_secs(600) };
/// The pause before a turn that failed is tried again.
const RETRY: Backoff = Backoff { first: Duration::from_secs(2), most: Duration::from_secs(60) };

/// How many turns in a row may fail.
pub(super) const MOST_FAILURES: u32 = 3;
/// How many turns in a row may leave all work as it was, without one attempt to change anything.
pub(super) const MOST_IDLE: u32 = 3;
/// How many may where it tried.
pub(super) const MOST_VAIN: u32 = 8;
/// How many turns one conversation has at most.
pub(super) const MOST_TURNS: u32 = 500;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing before this time, unless there is news.
    Wait(Option<Boottime>),
    /// A turn, in which it is told this.
    Turn(News),
    /// The Bus has told it to end.
    Over,
    /// Somebody else has to sit here.
    End(Failure),
}

/// What it is told with a turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct News {
    /// What no turn has been told.
    pub(super) new: Vec<Item>,
    /// What it was told and has left undone.
    pub(super) left: Vec<Item>,
}

impl News {
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.new.iter().chain(&self.left)
    }
}

/// How a turn went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turned {
    /// Why it failed.
    pub(super) failure: Option<Failure>,
    /// Whether it tried to change anything.
    pub(super) acted: bool,
    /// What all turns have cost up to now.
    pub(super) spent: Usd,
}

/// The turns of one agent.
#[derive(Debug)]
pub(super) struct Turns {
    /// What may be spent without any progress.
    most: Option<Usd>,
    told: BTreeSet<String>,
    /// What the last turn was told, until it is judged by what became of that.
    last: Vec<Item>,
    acted: bool,
    turns: u32,
    failures: u32,
    idle: u32,
    vain: u32,
    streak: u32,
    spent: Usd,
    spent_in_vain: Usd,
    since: Option<Boottime>,
    ended: Option<Boottime>,
    not_before: Boottime,
    fault: Option<Failure>,
}

impl Turns {
    pub(super) fn new(most: Option<Usd>) -> Self {
        Self {
            most,
            told: BTreeSet::new(),
            last: Vec::new(),
            acted: false,
            turns: 0,
            failures: 0,
            idle: 0,
            vain: 0,
            streak: 0,
            spent: Usd::ZERO,
            spent_in_vain: Usd::ZERO,
            since: None,
            ended: None,
            not_before: Boottime::default(),
            fault: None,
        }
    }

    /// What comes next, where this is what there is.
    pub(super) fn next(&mut self, outlook: &Outlook, now: Boottime) -> Step {
        if outlook.over {
            return Step::Over;
        }
        if let Some(fault) = &self.fault {
            return Step::End(fault.clone());
        }
        self.notice(outlook);
        let (new, left): (Vec<_>, Vec<_>) =
            outlook.items.iter().cloned().partition(|item| !self.told.contains(&item.key));
        let news = News { new, left: left.into_iter().filter(|item| item.duty).collect() };
        let Some(due) = self.due(&news, now) else { return Step::Wait(None) };
        if now < due {
            return Step::Wait(Some(due));
        }
        self.since = None;
        match self.judge() {
            Some(fault) => Step::End(fault),
            None => Step::Turn(news),
        }
    }

    /// When the next turn is due; `None` where there is nothing to be told.
    fn due(&mut self, news: &News, now: Boottime) -> Option<Boottime> {
        if news.new.is_empty() {
            self.since = None;
            let reminder = self.ended.unwrap_or(now) + REMIND.pause(self.vain.saturating_add(1), 1.0);
            return (!news.left.is_empty()).then(|| reminder.max(self.not_before));
        }
        let since = *self.since.get_or_insert(now);
        Some((since + BATCH).max(self.not_before))
    }

    /// Takes note of what is there no more. Where something that the last turn was told is done, that one was not in vain.
    fn notice(&mut self, outlook: &Outlook) {
        let is_there = |key: &str| outlook.items.iter().any(|other| other.key == key);
        self.told.retain(|key| is_there(key));
        let mut done = self.last.iter().filter(|item| !is_there(&item.key)).peekable();
        if done.peek().is_some() {
            if let Some(ended) = self.ended.filter(|_| done.any(|item| item.duty)) {
                // Work goes on: who brings it on is not held up.
                (self.streak, self.not_before) = (1, ended + PACE.pause(1, 1.0));
            }
            self.last.clear();
            (self.idle, self.vain, self.spent_in_vain) = (0, 0, self.spent);
        }
    }

    /// What came of the last turn, whose news is all there still; why there is no other, where there is none.
    fn judge(&mut self) -> Option<Failure> {
        if std::mem::take(&mut self.last).iter().any(|item| item.duty) {
            self.vain = self.vain.saturating_add(1);
            self.idle = if self.acted { 0 } else { self.idle.saturating_add(1) };
        }
        let undone = |words: &str| Failure::new(Remedy::Retry, FailureCause::NoChange, words);
        let cost = self.spent.beyond(self.spent_in_vain);
        match self.most {
            _ if self.idle >= MOST_IDLE => Some(undone("work waits, and it ended its turns without a step")),
            _ if self.vain >= MOST_VAIN => {
                Some(undone("work waits, and nothing that it did in its turns has changed that"))
            }
            Some(most) if cost >= most => {
                let words = format!("it has spent {cost} USD and no work has moved");
                Some(Failure::new(Remedy::Retry, FailureCause::MoneySpent, &words))
            }
            _ => None,
        }
    }

    /// Takes note of a turn that has ended, and of when it had `begun`.
    pub(super) fn ended(&mut self, news: &News, turned: Turned, begun: Boottime, now: Boottime) {
        self.turns = self.turns.saturating_add(1);
        let is_lull = self.ended.is_none_or(|before| begun.since(before) >= LULL);
        self.streak = if is_lull { 1 } else { self.streak.saturating_add(1) };
        (self.ended, self.not_before) = (Some(now), now + PACE.pause(self.streak, 1.0));
        (self.spent, self.acted) = (turned.spent, turned.acted);
        match turned.failure {
            Some(failure) => self.failed(failure, now),
            None => {
                self.failures = 0;
                self.told.extend(news.items().map(|item| item.key.clone()));
                self.last = news.items().cloned().collect();
                if self.turns >= MOST_TURNS {
                    let words = format!("its conversation has had {MOST_TURNS} turns");
                    self.fault = Some(Failure::new(Remedy::Rotate, FailureCause::TurnsSpent, &words));
                }
            }
        }
    }

    fn failed(&mut self, failure: Failure, now: Boottime) {
        self.failures = self.failures.saturating_add(1);
        if may_pass(&failure) && self.failures < MOST_FAILURES {
            self.not_before = now + RETRY.pause(self.failures, 1.0);
        } else {
            self.fault = Some(failure);
        }
    }
}

/// Whether the same conversation may well get over it.
fn may_pass(failure: &Failure) -> bool {
    use FailureCause::{Loop, MoneySpent, TokensSpent, TurnsSpent};
    failure.remedy == Remedy::Retry && !matches!(failure.cause, Loop | MoneySpent | TokensSpent | TurnsSpent)
}

#[cfg(test)]
mod tests;
