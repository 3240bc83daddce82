//! Whether a program that talks gets anywhere, and what it uses up: decided purely.

mod breach;
mod calls;

use go_bus_api::{ModelUsage, Ratio, Timestamp, Usd};
use go_clock::Boottime;
use go_driver::Sign;
use go_runtime::Allowance;

pub(super) use breach::Breach;
use calls::Calls;

/// One instant on both clocks: programs tell times of the wall.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) boot: Boottime,
    pub(super) wall: Timestamp,
}

/// What is known of a run as far as it is judged.
#[derive(Debug)]
pub(super) struct Watch {
    allowance: Allowance,
    /// When it was last heard of or seen to change something.
    alive: Boottime,
    /// Until when it said that it waits.
    pausing: Boottime,
    calls: Calls,
    turns: u32,
    usd: Usd,
    tokens: u64,
    context: Option<Ratio>,
    /// Whether its last turn has ended: what it used up no longer matters.
    ended: bool,
}

impl Watch {
    /// A run that begins now.
    pub(super) fn new(allowance: Allowance, now: Boottime) -> Self {
        Self {
            allowance,
            alive: now,
            pausing: now,
            calls: Calls::default(),
            turns: 0,
            usd: Usd::ZERO,
            tokens: 0,
            context: None,
            ended: false,
        }
    }

    /// It said something, whatever that means.
    pub(super) fn hear(&mut self, now: Boottime) {
        self.alive = self.alive.max(now);
    }

    /// It gave a sign.
    pub(super) fn see(&mut self, sign: &Sign, now: Moment) {
        self.hear(now.boot);
        match sign {
            Sign::Call(call) => {
                self.calls.add(call.fingerprint, now.boot);
                self.step(false);
            }
            Sign::TurnEnded => self.step(true),
            Sign::Context(used) => self.context = Some(*used),
            Sign::Spent(lines) | Sign::Spending(lines) => {
                self.usd = lines.iter().map(|line| line.usd).sum();
                self.tokens = lines.iter().map(tokens).fold(0, u64::saturating_add);
            }
            Sign::Pausing { until, .. } => {
                let length = until.map(|until| until.since(now.wall)).unwrap_or_default();
                self.pausing = now.boot + length;
            }
            Sign::Said(_) | Sign::Conversation(_) | Sign::Window(_) => {}
        }
    }

    fn step(&mut self, ended: bool) {
        self.turns = self.turns.saturating_add(1);
        self.ended = ended;
    }

    /// What it has to be ended for now. `last_change` answers when the files that it works on last changed; it is asked only
    /// where that decides.
    pub(super) fn breach(&mut self, now: Boottime, last_change: impl Fn() -> Option<Boottime>) -> Option<Breach> {
        if let Some(breach) = self.used_up() {
            return Some(breach);
        }
        if let Some(round) = self.calls.round() {
            if last_change().is_none_or(|change| change < round.since) {
                return Some(Breach::Loop { calls: round.calls });
            }
            // It polls, and what it waits for comes about.
            self.calls = Calls::default();
        }
        let idle = self.allowance.idle_ms?;
        if now < self.quiet_since() + idle.duration() {
            return None;
        }
        if let Some(change) = last_change() {
            self.hear(change.min(now));
        }
        (now >= self.quiet_since() + idle.duration()).then_some(Breach::Silent(idle))
    }

    /// When to look again though nothing is heard.
    pub(super) fn next(&self) -> Option<Boottime> {
        self.allowance.idle_ms.map(|idle| self.quiet_since() + idle.duration())
    }

    fn quiet_since(&self) -> Boottime {
        self.alive.max(self.pausing)
    }

    fn used_up(&self) -> Option<Breach> {
        if self.ended {
            return None;
        }
        let Allowance { usd, turns, tokens, context, .. } = self.allowance;
        let money = usd.filter(|most| self.usd >= *most).map(Breach::Money);
        let turns = || turns.filter(|most| self.turns >= *most).map(Breach::Turns);
        let tokens = || tokens.filter(|most| self.tokens >= *most).map(Breach::Tokens);
        let full = || self.context.filter(|used| context.is_some_and(|most| *used >= most)).map(Breach::ContextFull);
        money.or_else(turns).or_else(tokens).or_else(full)
    }
}

fn tokens(line: &ModelUsage) -> u64 {
    let all = [line.input_tokens, line.output_tokens, line.cache_read_tokens, line.cache_write_tokens];
    all.into_iter().fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests;
