//! Running one command to the end of all it forked.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use go_clock::{Boottime, Clock, SystemClock};
use go_runtime::{
    AgentFolder, Alarm, CommandSpec, End, Environment, ProcessId, has_children, kill_tree, signal_group, signal_tree,
    start, wake as wake_process,
};

use super::ShimError;
use super::course::{Cause, Course, Input, Left, Step};
use super::limits::Limits;
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
        Ok(Self { wakes, waker, alarm, clock: SystemClock, environment, log, grace, limits, pulse, follows_bus })
    }

    /// What wakes the shim once nothing runs any more.
    pub(super) fn into_wakes(self) -> Receiver<Wake> {
        self.wakes
    }

    /// Runs `command` until nothing is left of it.
    pub(super) fn run(&mut self, command: &CommandSpec) -> Result<Kept, ShimError> {
        let began = self.clock.boottime();
        if let Some(cause) = self.forbidden(began) {
            return Ok(Kept { end: None, cause: Some(cause), took: Duration::ZERO });
        }
        let leader = start(command, &self.environment, AgentFolder::open_log(&self.log)?)?;
        wake::on_ends(self.waker.clone())?;
        let mut course = Course::new(self.grace);
        loop {
            let now = self.clock.boottime();
            self.alarm.set(self.next(&course))?;
            let input = match self.limit(&course, now) {
                Some(input) => input,
                None => match self.wakes.recv() {
                    Ok(Wake::Ended(pid, end)) if pid == leader.pid => Input::LeaderEnded(end, left()),
                    Ok(Wake::Ended(..)) => Input::OtherEnded(left()),
                    Ok(Wake::AllGone) => Input::AllGone,
                    Ok(Wake::Stop) => Input::End(Cause::Ordered),
                    Ok(Wake::BusIsBack) => {
                        self.pass_on(leader);
                        continue;
                    }
                    Ok(Wake::Alarm) | Err(_) => Input::Time,
                },
            };
            let now = self.clock.boottime();
            if let Some(pulse) = &mut self.pulse {
                pulse.beat(now);
            }
            match course.on(input, now) {
                Step::Wait => {}
                Step::Interrupt => signal_group(leader)?,
                Step::Terminate => signal_tree()?,
                Step::Kill => kill_tree()?,
                Step::Finish => return Ok(Kept { end: course.end, cause: course.cause, took: now.since(began) }),
            }
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
    fn forbidden(&mut self, now: Boottime) -> Option<Cause> {
        if self.wakes.try_iter().any(|wake| wake == Wake::Stop) {
            return Some(Cause::Ordered);
        }
        self.limits.reached(now).map(Cause::Limit)
    }

    fn limit(&mut self, course: &Course, now: Boottime) -> Option<Input> {
        if !course.is_running() {
            return None;
        }
        self.limits.reached(now).map(|limit| Input::End(Cause::Limit(limit)))
    }

    /// When the alarm has to go off.
    fn next(&self, course: &Course) -> Option<Boottime> {
        let limit = self.limits.next().filter(|_| course.is_running());
        let beat = self.pulse.as_ref().map(Pulse::next);
        [course.next(), limit, beat].into_iter().flatten().min()
    }
}

fn left() -> Left {
    if has_children() { Left::Some } else { Left::Nothing }
}
