//! Keeping an orchestrator that thinks: a conversation of turns, each a run of its program, and nothing that runs between them.
//!
//! A turn goes on with the conversation of the last (`--resume`), so that what is lost with this process, or with the machine, is one turn at
//! most; the conversation is written down as soon as it has a name.

mod message;
mod turns;
mod watcher;

use std::path::Path;
use std::sync::Arc;

use go_bus_api::{ConversationId, ExitReport, Failure, FailureCause, Ratio, Remedy, Usd};
use go_clock::{Boottime, Clock, SystemClock};
use go_driver::{Assignment, DriverError};
use go_runtime::{AgentFolder, AgentSpec, CommandSpec, SeatSpec};

use super::attempt::{Run, ended, once};
use super::course::Cause;
use super::keeper::{Keeper, Kept};
use super::tail;
use super::{Lookout, ShimError};
use crate::Drivers;
use message::{Opening, message};
use turns::{News, Step, Turned, Turns};
use watcher::Watcher;

/// One agent on a seat.
struct Sitting<'a> {
    folder: &'a AgentFolder,
    spec: AgentSpec,
    seat: &'a SeatSpec,
    drivers: Drivers,
    conversation: Option<ConversationId>,
    /// Whether it has had a turn.
    has_begun: bool,
    context: Option<Ratio>,
    /// How its last turn ended.
    last: ExitReport,
}

/// Has the agent its turns until it is told to end, or somebody else has to sit there; answers what there is to report of it.
pub(super) fn run(
    folder: &AgentFolder,
    spec: &AgentSpec,
    seat: &SeatSpec,
    keeper: &mut Keeper,
    lookout: Arc<dyn Lookout>,
) -> Result<ExitReport, ShimError> {
    let drivers = match lookout.drivers(&seat.settings) {
        Ok(drivers) => drivers,
        Err(why) => return Ok(unable(&format!("its settings can't be read: {why}"))),
    };
    let watcher = Watcher::start(spec, folder, lookout, keeper.waker())?;
    let mut turns = Turns::new(spec.talk.as_ref().and_then(|talk| talk.allowance.usd));
    let mut sitting = Sitting {
        folder,
        spec: spec.clone(),
        seat,
        drivers,
        conversation: seat.resume.clone(),
        has_begun: false,
        context: None,
        last: ExitReport::default(),
    };
    loop {
        let latest = watcher.latest();
        if let Some(why) = latest.broken {
            return sitting.end(unable(&format!("it can't follow the Bus: {why}")));
        }
        let now = SystemClock.boottime();
        match latest.outlook.map_or(Step::Wait(None), |outlook| turns.next(&outlook, now)) {
            Step::Wait(until) => {
                if let Some(cause) = keeper.rest(until, sitting.context)? {
                    return sitting.end(ended(sitting.last.clone(), cause));
                }
            }
            Step::Over => return sitting.end(ended(sitting.last.clone(), Cause::Ordered)),
            Step::End(failure) => return sitting.end(ExitReport { failure: Some(failure), ..sitting.last.clone() }),
            Step::Turn(news) => {
                if let Some(stopped) = sitting.turn(&news, &mut turns, keeper, now)? {
                    return sitting.end(stopped);
                }
            }
        }
    }
}

/// The end of one that could not have a turn.
fn unable(why: &str) -> ExitReport {
    ExitReport {
        code: Some(1),
        failure: Some(Failure::new(Remedy::Retry, FailureCause::Misuse, why)),
        ..ExitReport::default()
    }
}

impl Sitting<'_> {
    /// Has a turn; answers its end where that was ordered or is the host's lease's.
    fn turn(
        &mut self,
        news: &News,
        turns: &mut Turns,
        keeper: &mut Keeper,
        begun: Boottime,
    ) -> Result<Option<ExitReport>, ShimError> {
        self.prepare(news)?;
        let launched = match self.launched() {
            Ok(launched) => launched,
            Err(error) => {
                let failure = Failure::new(Remedy::Fatal, FailureCause::Misuse, &error.to_string());
                return Ok(Some(ExitReport { failure: Some(failure), ..unable("") }));
            }
        };
        let from = tail::length(&self.folder.agent_log());
        let Run { report, kept, heard } = once(self.folder, &launched, from, keeper, &self.drivers)?;
        self.has_begun = true;
        self.context = heard.context.or(self.context);
        // A conversation that it named goes on, however the turn ended.
        self.conversation = report.conversation.clone().or(self.conversation.take());
        let report = match kept.and_then(|kept: Kept| kept.cause) {
            Some(cause @ (Cause::Ordered | Cause::Limit(_))) => return Ok(Some(ended(report, cause))),
            Some(cause @ Cause::Breach(_)) => ended(report, cause),
            None => report,
        };
        let spent: Usd = self.folder.tally()?.spent.iter().map(|line| line.usd).sum();
        let turned = Turned { failure: failure(&report), acted: heard.acted, spent };
        turns.ended(news, turned, begun, SystemClock.boottime());
        self.last = ExitReport { failure: None, ..report };
        Ok(None)
    }

    /// Writes down what it is told, and whose its costs are: those of an HO or IO are the project's that it works for just now.
    fn prepare(&mut self, news: &News) -> Result<(), ShimError> {
        let prompt = self.folder.prompt()?;
        let opening = match (&self.conversation, self.has_begun) {
            (None, _) => Opening::Prompt(&prompt),
            (Some(_), false) => Opening::TakenUp(&self.spec.agent),
            (Some(_), true) => Opening::Nothing,
        };
        self.folder.write_turn(&message(opening, news))?;
        let project = news.items().find_map(|item| item.project.clone()).filter(|_| self.seat.agent.project.is_none());
        if project.is_some() && project != self.spec.project {
            // Its address may have changed meanwhile.
            self.spec = AgentSpec { project, ..self.folder.spec()? };
            self.folder.write_spec(&self.spec)?;
        }
        let place = &self.spec.command.folder;
        std::fs::create_dir_all(place).map_err(|source| ShimError::Unreadable { path: place.clone(), source })
    }

    /// The spec of the next turn's run.
    fn launched(&self) -> Result<AgentSpec, DriverError> {
        let driver = self.drivers.get(self.spec.driver).ok_or(DriverError::Unset("drivers"))?;
        let (turn, tools) = (self.folder.turn_path(), self.folder.tools_path());
        let launch = driver.launch(&Assignment {
            agent: &self.seat.agent,
            task: None,
            reviewed: None,
            project: None,
            prompt_file: &turn,
            workplace: Some(Path::new(&self.spec.command.folder)),
            resume: self.conversation.as_ref(),
            bridge: &self.seat.bridge,
            bridge_file: self.spec.serves_tools.then_some(tools.as_path()),
        })?;
        let command = CommandSpec { argv: launch.argv, ..self.spec.command.clone() };
        Ok(AgentSpec { command, driver_note: launch.note, ..self.spec.clone() })
    }

    /// The report of its end, with what all its turns came to.
    fn end(&self, report: ExitReport) -> Result<ExitReport, ShimError> {
        let usage = self.folder.tally()?.spent;
        Ok(ExitReport { usage, conversation: self.conversation.clone(), ..report })
    }
}

/// Why a turn failed: as its driver reads it, or by its code.
fn failure(report: &ExitReport) -> Option<Failure> {
    if report.succeeded() {
        return None;
    }
    let words =
        || report.code.map_or_else(|| "it ended by a signal".to_owned(), |code| format!("it exited with {code}"));
    Some(report.failure.clone().unwrap_or_else(|| Failure::new(Remedy::Retry, FailureCause::NoResult, &words())))
}
