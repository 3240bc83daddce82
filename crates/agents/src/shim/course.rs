//! The course of one command from its start to the end of all it forked: what to do next, decided purely.

use std::time::Duration;

use go_clock::Boottime;
use go_runtime::End;

use super::limits::Limit;
use super::watch::Breach;

/// How often the tree is swept again while something in it does not die.
const SWEEP: Duration = Duration::from_millis(100);

/// Why a command was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// It was ordered.
    Ordered,
    /// A limit was reached.
    Limit(Limit),
    /// It got nowhere, or used up what it had.
    Breach(Breach),
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// The command itself has ended; are others left?
    LeaderEnded(End, Left),
    /// Something that it forked has ended; are others left?
    OtherEnded(Left),
    /// Nothing is left.
    AllGone,
    /// It has to end.
    End(Cause),
    /// Time has passed.
    Time,
}

/// Whether anything is left of what a command forked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// Something is.
    Some,
    /// Nothing is.
    Nothing,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Wait on.
    Wait,
    /// Interrupt the command's process group, as a Ctrl-C does.
    Interrupt,
    /// Tell everything that is left to end: the command it worked for is over.
    Terminate,
    /// Kill everything that is left.
    Kill,
    /// It is over.
    Finish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    Ending { until: Boottime },
    Killing { again: Boottime },
    Over,
}

/// The course of one command.
#[derive(Debug)]
pub(super) struct Course {
    grace: Duration,
    phase: Phase,
    /// How the command itself ended.
    pub(super) end: Option<End>,
    /// Why it was ended, where it did not end by itself.
    pub(super) cause: Option<Cause>,
}

impl Course {
    /// A command that was just started; what is told to end has `grace` for it.
    pub(super) fn new(grace: Duration) -> Self {
        Self { grace, phase: Phase::Running, end: None, cause: None }
    }

    /// Takes note of what happened and tells what to do.
    pub(super) fn on(&mut self, input: Input, now: Boottime) -> Step {
        match input {
            Input::AllGone => {
                self.phase = Phase::Over;
                Step::Finish
            }
            Input::LeaderEnded(end, left) => {
                self.end = Some(end);
                self.after_an_end(left, now, true)
            }
            Input::OtherEnded(left) => self.after_an_end(left, now, false),
            Input::End(cause) => {
                self.cause.get_or_insert(cause);
                if self.phase != Phase::Running {
                    return Step::Wait;
                }
                self.phase = Phase::Ending { until: now + self.grace };
                Step::Interrupt
            }
            Input::Time => match self.phase {
                Phase::Ending { until: due } | Phase::Killing { again: due } if now >= due => self.kill(now),
                _ => Step::Wait,
            },
        }
    }

    /// When time alone calls for the next look.
    pub(super) fn next(&self) -> Option<Boottime> {
        match self.phase {
            Phase::Ending { until: due } | Phase::Killing { again: due } => Some(due),
            Phase::Running | Phase::Over => None,
        }
    }

    /// Whether it still runs and was not told to end.
    pub(super) fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }

    fn after_an_end(&mut self, left: Left, now: Boottime, is_leader: bool) -> Step {
        match (self.phase, left) {
            (Phase::Running, Left::Nothing) if is_leader => {
                // What goes on beside it may take a little longer; it is no longer judged by that.
                self.phase = Phase::Ending { until: now + self.grace };
                Step::Wait
            }
            (_, Left::Nothing) | (Phase::Over, _) => Step::Wait,
            (Phase::Killing { .. }, Left::Some) => self.kill(now),
            (Phase::Running | Phase::Ending { .. }, Left::Some) if !is_leader => Step::Wait,
            (Phase::Running, Left::Some) => {
                self.phase = Phase::Ending { until: now + self.grace };
                Step::Terminate
            }
            (Phase::Ending { .. }, Left::Some) => Step::Terminate,
        }
    }

    fn kill(&mut self, now: Boottime) -> Step {
        self.phase = Phase::Killing { again: now + SWEEP };
        Step::Kill
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_millis(1500);

    fn at(millis: u64) -> Boottime {
        Boottime(Duration::from_millis(millis))
    }

    #[test]
    fn an_end_that_leaves_nothing_needs_no_signal() {
        let mut course = Course::new(GRACE);
        assert_eq!(course.on(Input::LeaderEnded(End::Exited(0), Left::Nothing), at(5)), Step::Wait);
        assert!(!course.is_running(), "no limit and no silence is its any more");
        assert_eq!(course.on(Input::AllGone, at(5)), Step::Finish);
        assert_eq!((course.end, course.cause, course.next()), (Some(End::Exited(0)), None, None));
    }

    #[test]
    fn what_outlives_its_command_is_told_to_end_and_killed_after_the_grace() {
        let mut course = Course::new(GRACE);
        assert_eq!(course.on(Input::LeaderEnded(End::Exited(0), Left::Some), at(0)), Step::Terminate);
        assert_eq!(course.on(Input::Time, at(1499)), Step::Wait);
        assert_eq!(course.on(Input::Time, at(1500)), Step::Kill);
        assert_eq!(course.on(Input::OtherEnded(Left::Some), at(1501)), Step::Kill);
        assert_eq!(course.on(Input::Time, at(1590)), Step::Wait);
        assert_eq!(course.on(Input::Time, at(1601)), Step::Kill);
        assert_eq!(course.on(Input::OtherEnded(Left::Nothing), at(1602)), Step::Wait);
        assert_eq!(course.cause, None);
    }

    #[test]
    fn an_ordered_stop_interrupts_once_and_its_grace_is_not_renewed() {
        let mut course = Course::new(GRACE);
        assert_eq!(course.on(Input::End(Cause::Ordered), at(0)), Step::Interrupt);
        assert_eq!(course.on(Input::End(Cause::Ordered), at(1000)), Step::Wait);
        assert_eq!(course.on(Input::LeaderEnded(End::Signalled(2), Left::Some), at(1200)), Step::Terminate);
        assert_eq!(course.next(), Some(at(1500)));
        assert_eq!(course.cause, Some(Cause::Ordered));
    }

    #[test]
    fn the_first_cause_counts() {
        let mut course = Course::new(GRACE);
        course.on(Input::End(Cause::Limit(Limit::HostLease)), at(0));
        course.on(Input::End(Cause::Ordered), at(1));
        assert_eq!(course.cause, Some(Cause::Limit(Limit::HostLease)));
    }

    #[test]
    fn a_child_that_ends_while_the_command_runs_changes_nothing() {
        let mut course = Course::new(GRACE);
        assert_eq!(course.on(Input::OtherEnded(Left::Some), at(0)), Step::Wait);
        assert!(course.is_running() && course.next().is_none());
    }

    #[test]
    fn a_stop_during_the_clearing_up_is_still_a_stop() {
        let mut course = Course::new(GRACE);
        course.on(Input::LeaderEnded(End::Exited(0), Left::Some), at(0));
        assert_eq!(course.on(Input::End(Cause::Ordered), at(1)), Step::Wait);
        assert_eq!(course.cause, Some(Cause::Ordered));
    }
}
