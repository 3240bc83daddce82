//! When the holder of a seat is succeeded: at once after a life of some length, with backoff after early ends.

use std::collections::HashMap;
use std::time::Duration;

use go_bus_api::{Agent, AgentState, DriverKind, ExitReport, Remedy, Timestamp};
use go_rules::backoff::Backoff;
use go_rules::uniqueness::Seat;

use crate::Orchestrator;

/// A life shorter than this is an early end.
pub const EARLY: Duration = Duration::from_secs(60);

/// How many agents that think may fail in a row at one seat before its fixed program takes it.
pub const MOST_FAILURES: u32 = 3;

/// How long that one keeps the seat then; and failures that are further apart than this are not in a row.
pub const FIXED_FOR: Duration = Duration::from_secs(3600);

/// The early ends in a row at one seat.
#[derive(Debug, Clone, Copy)]
struct Streak {
    /// When the last holder whose end was counted had been spawned: holders of a seat follow each other.
    last_spawned: Timestamp,
    early_ends: u32,
    not_before: Timestamp,
    thinking: Thinking,
}

/// How those fared at a seat that were no fixed programs.
#[derive(Debug, Clone, Copy, Default)]
struct Thinking {
    failures: u32,
    last: Option<Timestamp>,
    fixed_until: Option<Timestamp>,
}

impl Thinking {
    /// The same after `agent` has ended like this.
    fn after(self, agent: &Agent, end: &End) -> Self {
        if agent.driver == DriverKind::Shell || !end.unasked {
            return self;
        }
        let report = agent.exit.as_ref().map(|exit| &exit.report);
        match report.and_then(remedy) {
            Some(Remedy::Rotate) => self,
            // The account rests, and the next one has another, or it was the program's own login.
            Some(Remedy::ParkUntil { .. }) if agent.account.is_some() => self,
            Some(Remedy::ParkUntil { until }) => Self { fixed_until: Some(*until), ..self },
            Some(Remedy::Escalate | Remedy::Fatal) => Self { fixed_until: Some(end.at.after(FIXED_FOR)), ..self },
            Some(Remedy::Retry) | None => self.failed(end.at),
        }
    }

    fn failed(self, at: Timestamp) -> Self {
        let is_in_a_row = self.last.is_some_and(|last| at.since(last) < FIXED_FOR);
        let failures = if is_in_a_row { self.failures.saturating_add(1) } else { 1 };
        if failures < MOST_FAILURES {
            return Self { failures, last: Some(at), ..self };
        }
        Self { failures: 0, last: None, fixed_until: Some(at.after(FIXED_FOR)) }
    }
}

fn remedy(report: &ExitReport) -> Option<&Remedy> {
    report.failure.as_ref().map(|failure| &failure.remedy)
}

/// What is known of the seats' past holders. Tell it of every ended orchestrator; it remembers a few numbers for each seat.
#[derive(Debug, Clone, Default)]
pub struct SeatHistory {
    seats: HashMap<Seat, Streak>,
}

impl SeatHistory {
    /// Takes note of `agent`, whatever it is; only orchestrators that have ended or fallen silent matter, and each counts once.
    pub fn observe(&mut self, agent: &Agent) {
        let Some(orchestrator) = Orchestrator::of(agent) else { return };
        let Some(end) = end_of(agent) else { return };
        let seat = orchestrator.seat();
        let before = self.seats.get(&seat).copied();
        if before.is_some_and(|streak| streak.last_spawned >= agent.spawned_at) {
            return;
        }
        let early_ends = match end.is_early(agent) {
            true => before.map_or(0, |streak| streak.early_ends).saturating_add(1),
            false => 0,
        };
        let pause = if early_ends == 0 { Duration::ZERO } else { Backoff::SUCCESSION.pause(early_ends, 1.0) };
        let thinking = before.map(|streak| streak.thinking).unwrap_or_default().after(agent, &end);
        let streak = Streak { last_spawned: agent.spawned_at, early_ends, not_before: end.at.after(pause), thinking };
        self.seats.insert(seat, streak);
    }

    /// Before when nobody is spawned for this seat; `None` where it may be taken at `now`.
    pub fn not_before(&self, orchestrator: &Orchestrator, now: Timestamp) -> Option<Timestamp> {
        // Without a backoff no clocks are compared: the end's is the Bus's, and may be ahead of ours.
        let streak = self.seats.get(&orchestrator.seat()).filter(|streak| streak.early_ends > 0)?;
        // A clock that was set back, or is ahead of ours, must not close a seat for longer than the backoff ever does.
        let latest = now.after(Backoff::SUCCESSION.most);
        Some(streak.not_before).filter(|at| *at > now && *at <= latest)
    }

    /// Until when the fixed program has this seat, as agents that think have failed there; `None` where they may take it at `now`. Never much
    /// longer than [`FIXED_FOR`] from now: a clock that was set back closes it for no longer.
    pub fn fixed_until(&self, orchestrator: &Orchestrator, now: Timestamp) -> Option<Timestamp> {
        let until = self.seats.get(&orchestrator.seat())?.thinking.fixed_until?;
        Some(until.min(now.after(FIXED_FOR))).filter(|until| *until > now)
    }

    /// How many holders of this seat have ended early in a row.
    pub fn early_ends(&self, orchestrator: &Orchestrator) -> u32 {
        self.seats.get(&orchestrator.seat()).map_or(0, |streak| streak.early_ends)
    }
}

/// How a holder ended.
struct End {
    at: Timestamp,
    /// It ended by itself: with a code or a signal that nobody ordered, or in silence.
    unasked: bool,
}

impl End {
    fn is_early(&self, agent: &Agent) -> bool {
        self.unasked && self.at.since(agent.spawned_at) < EARLY
    }
}

/// An end without a result (an ordered stop, a host that was lost or rebooted) is nobody's fault and starts no backoff.
fn end_of(agent: &Agent) -> Option<End> {
    let heard = agent.last_heartbeat.unwrap_or(agent.spawned_at);
    match (agent.state, &agent.exit) {
        (AgentState::Terminated, Some(exit)) => Some(End { at: exit.at, unasked: exit.report.bears_result() }),
        (AgentState::Terminated, None) => Some(End { at: heard, unasked: false }),
        (AgentState::Lost, _) => Some(End { at: heard, unasked: true }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Exit, ExitReport, Role};

    use super::*;
    use crate::samples;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_unix_millis(millis)
    }

    fn po(id: &str, spawned: i64, ended: i64, report: ExitReport) -> Agent {
        let exit = Some(Exit { report, at: at(ended) });
        Agent { spawned_at: at(spawned), state: AgentState::Terminated, exit, ..samples::agent(id, Role::Po) }
    }

    fn crash() -> ExitReport {
        ExitReport { code: Some(1), ..ExitReport::default() }
    }

    fn seat() -> Orchestrator {
        Orchestrator::Po(samples::id("site"))
    }

    #[test]
    fn early_ends_in_a_row_wait_longer_each_time() {
        let mut history = SeatHistory::default();
        let mut waits = Vec::new();
        for n in 0..10 {
            let ended = n * 10_000 + 100;
            history.observe(&po(&format!("a-{n}"), n * 10_000, ended, crash()));
            let until = history.not_before(&seat(), at(ended)).map(|t| t.since(at(ended)).as_millis());
            waits.push(until.unwrap_or(0));
        }
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    }

    #[test]
    fn the_same_end_seen_twice_counts_once() {
        let mut history = SeatHistory::default();
        for _ in 0..3 {
            history.observe(&po("a-1", 0, 100, crash()));
        }
        assert_eq!(history.early_ends(&seat()), 1);
        assert_eq!(history.not_before(&seat(), at(350)), None);
    }

    #[test]
    fn a_long_life_or_an_ordered_stop_is_succeeded_at_once_and_clears_the_record() {
        let stopped = ExitReport { stopped: true, ..crash() };
        for (ended, report) in [(90_000, crash()), (10_100, stopped), (10_100, ExitReport::default())] {
            let mut history = SeatHistory::default();
            history.observe(&po("a-1", 0, 100, crash()));
            history.observe(&po("a-2", 10_000, ended, report));
            assert_eq!((history.early_ends(&seat()), history.not_before(&seat(), at(ended))), (0, None));
        }
    }

    #[test]
    fn a_seat_without_a_backoff_is_free_though_the_bus_s_clock_is_ahead_of_ours() {
        let mut history = SeatHistory::default();
        history.observe(&po("a-1", 0, 90_000, ExitReport { stopped: true, ..crash() }));
        assert_eq!(history.not_before(&seat(), at(60_000)), None);
    }

    #[test]
    fn silence_is_an_end_too_but_what_lives_or_is_no_orchestrator_is_none() {
        let mut history = SeatHistory::default();
        history.observe(&samples::agent("a-1", Role::Po));
        history.observe(&Agent { role: Role::Worker, ..po("a-2", 0, 1, crash()) });
        assert_eq!(history.early_ends(&seat()), 0);
        history.observe(&Agent { state: AgentState::Lost, ..samples::agent("a-3", Role::Po) });
        assert_eq!(history.early_ends(&seat()), 1);
    }

    #[test]
    fn a_clock_set_back_closes_no_seat_for_long() {
        let mut history = SeatHistory::default();
        history.observe(&po("a-1", 3_600_000, 3_600_001, crash()));
        assert_eq!(history.not_before(&seat(), at(0)), None);
        assert_eq!(history.not_before(&seat(), at(3_600_001)), Some(at(3_600_251)), "by the clock that stamped it");
    }
}
