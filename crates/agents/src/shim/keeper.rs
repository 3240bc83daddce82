//! Running one command to the end of all it forked.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use go_bus_api::{Millis, Ratio};
use go_clock::{Boottime, Clock, SystemClock};
use go_runtime::{
    AgentFolder, Alarm, CommandSpec, End, Environment, ProcessId, has_children, kill_tree, signal_group, signal_tree,
    wake as wake_process,
};

use super::ShimError;
use super::beside::Beside;
use super::course::{Cause, Course, Input, Left, Step};
use super::limits::{Limit, Limits};
use super::pulse::Pulse;
use super::wake::{self, Wake};

/// Runs commands one after the other, within the limits of one agent.
#[derive(Debug)]
pub(super) struct Keeper {
    wakes: Receiver<Wake>,
    waker: Sender<Wake>,
    alarm: Alarm,
    clock: SystemClock,
    environment: Environment,
    log: PathBuf,
    grace: Duration,
    limits: Limits,
    pulse: Option<Pulse>,
    follows_bus: bool,
    /// Whether an order to stop has come.
    ordered: bool,
    /// When an order or the end of the host's lease first called for a hurry.
    hurried: Option<Boottime>,
}

/// How long what has to be done before an end is reported may take once that is in a hurry: all of it is over before the Bus gives the host's work away.
pub(super) const HURRY: Duration = Duration::from_millis(1500);

/// What a command is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Under {
    /// The limits of the agent, and orders.
    Limits,
    /// This long, and a little while only once an order has come or the host's lease is over: what has to be done before an end is reported.
    Only(Duration),
}

/// How a command went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    /// How it ended; `None` where it was not started.
    pub(super) end: Option<End>,
    /// Why it was ended or not started, where that was not its own doing.
    pub(super) cause: Option<Cause>,
    /// How long it took.
    pub(super) took: Duration,
}

/// What a keeper goes by.
#[derive(Debug)]
pub(super) struct Rules {
    /// Where all output goes.
    pub(super) log: PathBuf,
    /// The variables that every command has.
    pub(super) environment: Environment,
    /// How long what is told to end has for it.
    pub(super) grace: Duration,
    /// Until when it may all run.
    pub(super) limits: Limits,
    /// The agent's heartbeat, where the shim sends it.
    pub(super) pulse: Option<Pulse>,
    /// Whether the command follows the Bus itself, and is told when that is back.
    pub(super) follows_bus: bool,
}

impl Keeper {
    /// A keeper that listens to signals from now on.
    pub(super) fn new(rules: Rules) -> Result<Self, ShimError> {
        let (waker, wakes) = channel();
        wake::on_signals(waker.clone())?;
        let alarming = waker.clone();
        let alarm = Alarm::start(move || {
            // A send fails only when the shim itself is over.
            let _ = alarming.send(Wake::Alarm);
        })?;
        let Rules { log, environment, grace, limits, pulse, follows_bus } = rules;
        Ok(Self {
            wakes,
            waker,
            alarm,
            clock: SystemClock,
            environment,
            log,
            grace,
            limits,
            pulse,
            follows_bus,
            ordered: false,
            hurried: None,
        })
    }

    /// What wakes the shim once nothing runs any more.
    pub(super) fn into_wakes(self) -> Receiver<Wake> {
        self.wakes
    }

    /// Whoever holds it can wake the shim.
    pub(super) fn waker(&self) -> Sender<Wake> {
        self.waker.clone()
    }

    /// Waits, while nothing runs, for news, or until `until`. Answers why it is over, where it is. The agent lives meanwhile, though no process of it
    /// does: its heart beats, with how full its context was last.
    pub(super) fn rest(&mut self, until: Option<Boottime>, context: Option<Ratio>) -> Result<Option<Cause>, ShimError> {
        loop {
            let now = self.clock.boottime();
            if let Some(limit) = self.limits.reached(now) {
                return Ok(Some(Cause::Limit(limit)));
            }
            if until.is_some_and(|until| now >= until) {
                return Ok(None);
            }
            if let Some(pulse) = &mut self.pulse {
                pulse.beat(now, context);
            }
            let beat = self.pulse.as_ref().map(Pulse::next);
            self.alarm.set([until, beat, self.limits.next()].into_iter().flatten().min())?;
            match self.wakes.recv() {
                Ok(Wake::Stop) => return Ok(Some(Cause::Ordered)),
                Ok(Wake::News) => return Ok(None),
                Ok(Wake::Ended(..) | Wake::AllGone | Wake::BusIsBack | Wake::Heard | Wake::Alarm) | Err(_) => {}
            }
        }
    }

    /// The variables that every command has.
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Runs `command` until nothing is left of it.
    pub(super) fn run(&mut self, command: &CommandSpec, under: Under) -> Result<Kept, ShimError> {
        self.keep(command, under, &mut Beside::default())
    }

    /// Runs the agent's own command under its limits, and what goes on beside it.
    pub(super) fn run_beside(&mut self, command: &CommandSpec, beside: &mut Beside) -> Result<Kept, ShimError> {
        self.keep(command, Under::Limits, beside)
    }

    fn keep(&mut self, command: &CommandSpec, under: Under, beside: &mut Beside) -> Result<Kept, ShimError> {
        let began = self.clock.boottime();
        if let Some(cause) = self.forbidden(under, began) {
            return Ok(Kept { end: None, cause: Some(cause), took: Duration::ZERO });
        }
        let log = AgentFolder::open_log(&self.log)?;
        let leader = beside.start(command, &self.environment, log, &self.waker)?;
        wake::on_ends(self.waker.clone())?;
        let mut course = Course::new(self.grace);
        loop {
            let now = self.clock.boottime();
            beside.tick(now, course.is_running(), self.grace);
            let next = self.next(&course, under, began, beside);
            self.alarm.set(next)?;
            let Some(input) = self.input(&course, under, began, leader, beside) else { continue };
            let now = self.clock.boottime();
            if let Some(pulse) = &mut self.pulse {
                pulse.beat(now, beside.context());
            }
            match course.on(input, now) {
                Step::Wait => {}
                Step::Interrupt => signal_group(leader)?,
                Step::Terminate => signal_tree(beside.spared())?,
                Step::Kill => kill_tree(beside.spared())?,
                Step::Finish => return Ok(Kept { end: course.end, cause: course.cause, took: now.since(began) }),
            }
        }
    }

    /// Waits for what happens next; `None` where that is nothing to the command's course.
    fn input(
        &mut self,
        course: &Course,
        under: Under,
        began: Boottime,
        leader: ProcessId,
        beside: &mut Beside,
    ) -> Option<Input> {
        if let Some(cause) = self.overrun(course, under, began, beside) {
            return Some(Input::End(cause));
        }
        let left = |beside: &Beside| if has_children(beside.spared()) { Left::Some } else { Left::Nothing };
        match self.wakes.recv() {
            Ok(Wake::Ended(pid, end)) if pid == leader.pid => Some(Input::LeaderEnded(end, left(beside))),
            Ok(Wake::Ended(pid, _)) => (!beside.ended(pid)).then(|| Input::OtherEnded(left(beside))),
            Ok(Wake::AllGone) => Some(Input::AllGone),
            Ok(Wake::Stop) => {
                // What is not ended by it now does not begin the next.
                self.ordered = true;
                (under == Under::Limits).then_some(Input::End(Cause::Ordered))
            }
            Ok(Wake::BusIsBack) => {
                self.pass_on(leader);
                None
            }
            Ok(Wake::Heard) => {
                beside.look();
                None
            }
            // It waits for the turn's end.
            Ok(Wake::News) => None,
            Ok(Wake::Alarm) | Err(_) => Some(Input::Time),
        }
    }

    /// Tells a command that follows the Bus that it is back.
    fn pass_on(&self, leader: ProcessId) {
        if self.follows_bus
            && let Err(error) = wake_process(leader)
        {
            eprintln!("shim: the agent can't be told that the Bus is back: {error}");
        }
    }

    /// Why nothing may be started now: an order that has come, or a limit that is reached.
    fn forbidden(&mut self, under: Under, now: Boottime) -> Option<Cause> {
        if under != Under::Limits {
            return None;
        }
        if self.is_ordered() {
            return Some(Cause::Ordered);
        }
        self.limits.reached(now).map(Cause::Limit)
    }

    fn is_ordered(&mut self) -> bool {
        self.ordered |= self.wakes.try_iter().any(|wake| wake == Wake::Stop);
        self.ordered
    }

    /// Why nothing more is to be done but what can be done in a hurry, where that is so: an order has come, or the host's lease is over.
    pub(super) fn called_off(&mut self) -> Option<Cause> {
        let now = self.clock.boottime();
        let ordered = self.is_ordered().then_some(Cause::Ordered);
        self.hurried_since(now).map(|_| ordered.unwrap_or(Cause::Limit(Limit::HostLease)))
    }

    fn hurried_since(&mut self, now: Boottime) -> Option<Boottime> {
        if self.hurried.is_none() && (self.ordered || self.limits.is_lease_over(now)) {
            self.hurried = Some(now);
        }
        self.hurried
    }

    /// Until when a command may run that has `most` for itself.
    fn until(&mut self, began: Boottime, most: Duration) -> Boottime {
        let now = self.clock.boottime();
        let hurried = self.hurried_since(now).map(|since| since + HURRY);
        hurried.into_iter().fold(began + most, Boottime::min)
    }

    /// Why what runs has to end now.
    fn overrun(&mut self, course: &Course, under: Under, began: Boottime, beside: &Beside) -> Option<Cause> {
        if !course.is_running() {
            return None;
        }
        let now = self.clock.boottime();
        match under {
            Under::Limits => {
                let limit = self.limits.reached(now).map(Cause::Limit);
                limit.or_else(|| beside.breach(now).map(Cause::Breach))
            }
            Under::Only(most) => {
                (now >= self.until(began, most)).then(|| Cause::Limit(Limit::Wall(Millis::from(most))))
            }
        }
    }

    /// When the alarm has to go off.
    fn next(&mut self, course: &Course, under: Under, began: Boottime, beside: &Beside) -> Option<Boottime> {
        let limit = match under {
            Under::Limits => self.limits.next(),
            Under::Only(most) => {
                let until = self.until(began, most);
                let lease = self.limits.lease_next().filter(|_| self.hurried.is_none());
                lease.into_iter().chain([until]).min()
            }
        };
        let limit = limit.filter(|_| course.is_running());
        let beat = self.pulse.as_ref().map(Pulse::next);
        [course.next(), limit, beat, beside.next(course.is_running())].into_iter().flatten().min()
    }
}
