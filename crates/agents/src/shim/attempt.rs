//! One attempt: the folder, the agent, what its end means, and the verifications.

use std::path::Path;

use go_bus_api::{AccountWindow, ExitReport, Failure, FailureCause, Remedy, Text};
use go_clock::{Clock, SystemClock};
use go_driver::{CommandEnd, Window};
use go_runtime::{AgentFolder, AgentSpec, End, Tally};

use super::beside::{Beside, Voice};
use super::book::Book;
use super::course::Cause;
use super::keeper::{Keeper, Kept};
use super::limits::Limit;
use super::place::{Place, Saved};
use super::saver::Saver;
use super::talk::{Heard, Talk};
use super::watch::Watch;
use super::{ShimError, tail, verify, window};
use crate::Drivers;

/// Runs the agent to its end and answers what there is to report of it.
pub(super) fn run(
    folder: &AgentFolder,
    spec: &AgentSpec,
    keeper: &mut Keeper,
    drivers: &Drivers,
) -> Result<ExitReport, ShimError> {
    let place = match &spec.workplace {
        Some(place) => match Place::make(folder, spec, place, keeper)? {
            Ok(place) => Some(place),
            Err(failed) => return Ok(failed),
        },
        None => None,
    };
    let from = if place.is_some() { tail::length(&folder.agent_log()) } else { 0 };
    let Run { report, kept, .. } = once(folder, spec, from, keeper, drivers)?;
    let Some(kept) = kept else { return Ok(report) };
    let (report, cause) = match &place {
        Some(place) => {
            let saved = place.save(&kept, keeper)?;
            // A save that was called off is no failure of the agent's.
            let cause = kept.cause.or_else(|| keeper.called_off().filter(|_| !saved.is_all));
            // Who was ended claims nothing, whatever its code.
            (with_work(report, place.is_worked_on() && cause.is_none(), saved), cause)
        }
        None => (report, kept.cause),
    };
    match cause {
        Some(cause) => Ok(ended(report, cause)),
        None if report.failure.is_some() => Ok(report),
        None => verified(report, spec, keeper, folder),
    }
}

/// One run of an agent's program.
#[derive(Debug)]
pub(super) struct Run {
    /// What its end means.
    pub(super) report: ExitReport,
    /// How it went; nothing where it could not be started.
    pub(super) kept: Option<Kept>,
    /// What was heard of it.
    pub(super) heard: Heard,
}

/// Runs the agent's program once, to the end of all it forked. Its log before the byte `from` is not its own.
pub(super) fn once(
    folder: &AgentFolder,
    spec: &AgentSpec,
    from: u64,
    keeper: &mut Keeper,
    drivers: &Drivers,
) -> Result<Run, ShimError> {
    let mut beside = beside(folder, spec, keeper, drivers)?;
    let kept = match keeper.run_beside(&spec.command, &mut beside) {
        Ok(kept) => kept,
        Err(ShimError::Runtime(error)) if error.is_not_startable() => {
            let (code, tail) = (Some(verify::NOT_STARTED), verify::why(&error));
            let report = ExitReport { code, tail, ..ExitReport::default() };
            return Ok(Run { report, kept: None, heard: Heard::default() });
        }
        Err(error) => return Err(error),
    };
    beside.end();
    let (report, heard) = read(spec, &kept, (&folder.agent_log(), from), beside, drivers)?;
    Ok(Run { report, kept: Some(kept), heard })
}

/// What goes on beside this agent.
fn beside(folder: &AgentFolder, spec: &AgentSpec, keeper: &Keeper, drivers: &Drivers) -> Result<Beside, ShimError> {
    let now = SystemClock.boottime();
    // Of an orchestrator each turn is a run, and all of them are one agent's.
    let (tally, turn) = match spec.seat {
        Some(_) => (folder.tally()?, Some(folder.turn_path())),
        None => (Tally::default(), None),
    };
    let voice = spec.talk.as_ref().zip(drivers.get(spec.driver)).map(|(talk, driver)| {
        let reader = driver.reader(spec.reviews.is_some(), &spec.driver_note);
        let (prompt, files) = Voice::of(folder, &spec.command);
        Voice {
            talk: Talk::new(reader, Watch::new(talk.allowance, now)),
            book: Book::new(folder.clone(), tally, talk.costs_ms.duration(), now),
            input: talk.input,
            prompt: turn.unwrap_or(prompt),
            files,
        }
    });
    let saved = spec.workplace.as_ref().filter(|place| place.at.is_none());
    let saver = saved
        .map(|place| Saver::new(place.clone(), spec.agent.clone(), folder.clone(), keeper.environment().clone(), now));
    let window = spec.window.clone().map(|spec| window::Window::new(spec, folder.clone()));
    Ok(Beside { voice, saver, window })
}

/// What the command's own end says: as its driver reads it, where nothing else ended it. Its log begins at the byte `from`.
fn read(
    spec: &AgentSpec,
    kept: &Kept,
    (log, from): (&Path, u64),
    beside: Beside,
    drivers: &Drivers,
) -> Result<(ExitReport, Heard), ShimError> {
    let (code, signal) = match kept.end {
        Some(End::Exited(code)) => (Some(code), None),
        Some(End::Signalled(signal)) => (None, Some(signal)),
        None => (None, None),
    };
    let tail = tail::tail(log, from);
    let end = CommandEnd { code, signal, tail: tail.as_str().to_owned() };
    let plain = ExitReport { code, signal, tail, ..ExitReport::default() };
    let by_itself = kept.cause.is_none();
    let Some(mut voice) = beside.voice else {
        let driver = drivers.get(spec.driver).filter(|_| by_itself);
        let read = |driver: &dyn go_driver::AgentDriver| {
            driver.reader(spec.reviews.is_some(), &spec.driver_note).end(&end, SystemClock.wall())
        };
        return Ok((driver.map_or(plain, read), Heard::default()));
    };
    let (report, mut heard) = voice.talk.finish(|reader, heard| {
        if by_itself && reader.heeds_log() {
            tail::lines(log, from, |line| reader.log_line(line));
        }
        let report = reader.end(&end, SystemClock.wall());
        // Who was ended is not judged; what it said last is for people in either case.
        let report = if by_itself { report } else { ExitReport { tail: report.tail, ..plain } };
        (report, heard.clone())
    });
    if !report.usage.is_empty() {
        heard.spent.clone_from(&report.usage);
    }
    voice.book.close(&heard);
    let windows = heard.windows.iter().map(account_window).collect();
    let windows = if report.windows.is_empty() { windows } else { report.windows };
    let conversation = report.conversation.or(heard.conversation.clone());
    Ok((ExitReport { conversation, usage: heard.spent.clone(), windows, ..report }, heard))
}

fn account_window(window: &Window) -> AccountWindow {
    AccountWindow { name: Text::clipped(&window.name), used: window.used, resets_at: window.resets_at }
}

/// The report with what the agent left. Whoever claims success has changed something, and it can be landed.
fn with_work(report: ExitReport, is_asked_for: bool, Saved { work, is_all }: Saved) -> ExitReport {
    let retry = |cause, detail| Some(Failure::new(Remedy::Retry, cause, detail));
    let failure = match &work {
        _ if !is_asked_for || !report.succeeded() => report.failure,
        Some(work) if is_all && !work.changed => retry(FailureCause::NoChange, "it claims success and changed nothing"),
        Some(_) if is_all => None,
        // What lands is what was saved last, and that is not what it claims to have done.
        _ => retry(FailureCause::Folder, "what it left could not be saved"),
    };
    ExitReport { work, failure, ..report }
}

fn verified(
    report: ExitReport,
    spec: &AgentSpec,
    keeper: &mut Keeper,
    folder: &AgentFolder,
) -> Result<ExitReport, ShimError> {
    let (verify, cause) = verify::run(spec, keeper, &folder.agent_log())?;
    let report = ExitReport { verify, ..report };
    Ok(match cause {
        Some(cause) => ended(report, cause),
        None => report,
    })
}

/// The report of what was ended. A stop that somebody ordered bears no result, and neither does the end of the host's lease:
/// the work goes to others, uncounted. The other limits are the attempt's own, so its end is judged.
pub(super) fn ended(report: ExitReport, cause: Cause) -> ExitReport {
    match cause {
        Cause::Ordered => ExitReport { stopped: true, ..report },
        Cause::Limit(limit @ Limit::HostLease) => ExitReport { stopped: true, limit: Some(limit.text()), ..report },
        Cause::Limit(limit @ Limit::Wall(_)) => ExitReport { limit: Some(limit.text()), ..report },
        Cause::Breach(breach) => ExitReport { limit: Some(breach.text()), failure: Some(breach.failure()), ..report },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shim::watch::Breach;
    use go_bus_api::{Millis, Work};

    fn good() -> ExitReport {
        ExitReport { code: Some(0), ..ExitReport::default() }
    }

    fn work(changed: bool) -> Option<Work> {
        Some(Work { base: Text::clipped("a"), commit: Text::clipped("b"), changed, vacuous: false, pushed: false })
    }

    #[test]
    fn only_the_attempt_s_own_limits_leave_a_result_to_judge() {
        assert!(!ended(good(), Cause::Ordered).bears_result());
        assert!(!ended(good(), Cause::Limit(Limit::HostLease)).bears_result());
        let timed_out = ended(good(), Cause::Limit(Limit::Wall(Millis(2000))));
        assert!(timed_out.bears_result() && timed_out.limit.is_some() && timed_out.failure.is_none());
        let looped = ended(good(), Cause::Breach(Breach::Loop { calls: 1 }));
        assert_eq!(looped.failure.as_ref().map(|failure| failure.cause), Some(FailureCause::Loop));
        assert!(looped.bears_result() && looped.limit.is_some() && !looped.succeeded());
    }

    #[test]
    fn a_claim_without_a_change_is_a_failure_and_so_is_one_that_can_t_be_saved() {
        let saved = |work| Saved { work, is_all: true };
        let cause = |report, asked, work| with_work(report, asked, saved(work)).failure.map(|failure| failure.cause);
        assert_eq!(cause(good(), true, work(true)), None);
        assert_eq!(cause(good(), true, work(false)), Some(FailureCause::NoChange));
        assert_eq!(cause(good(), true, None), Some(FailureCause::Folder));
        assert_eq!(cause(good(), false, None), None, "a reviewer changes nothing");
        let failed = ExitReport { code: Some(3), ..ExitReport::default() };
        assert_eq!(cause(failed, true, work(false)), None, "it claims nothing");
        assert_eq!(with_work(good(), true, saved(work(true))).work, work(true));
        let partly = with_work(good(), true, Saved { work: work(true), is_all: false });
        assert_eq!(partly.failure.map(|failure| failure.cause), Some(FailureCause::Folder), "the last save failed");
        assert_eq!(partly.work, work(true), "what is there of it is told");
    }
}
