//! One check: look, decide, remember, act, tell.

use std::fmt;

use go_bus_api::Timestamp;
use go_clock::{Clock, SystemClock};
use go_governor::watchdog::{Bus, BusPlace, Finding, Policy, Record, Response, decide};
use serde::Serialize;

use super::observe::{Sight, observe};
use super::{memory, perform, tell};
use crate::cli::Global;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::managed::{Arrival, Launch, Managed, Note};
use crate::settings::Settings;

/// What a check found and did.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Report {
    /// Another one is at it.
    UnderWay {
        /// When.
        at: Timestamp,
        /// That it is.
        check: &'static str,
    },
    /// It was done.
    Done {
        /// When.
        at: Timestamp,
        /// What was found.
        finding: Finding,
        /// What was decided.
        response: Response,
        /// What became of the GO that was started, where one was.
        started: Option<String>,
        /// Whether that one has ended again.
        #[serde(skip)]
        failed: bool,
        /// What the Bus has still to be told.
        untold: usize,
    },
}

/// Checks once.
pub(super) async fn check(global: &Global, settings: &Settings) -> Result<Report, Failure> {
    let at = SystemClock.wall();
    let Some(_lock) = memory::try_lock(settings)? else {
        return Ok(Report::UnderWay { at, check: "under way elsewhere" });
    };
    let note = Note::read(settings)?;
    let launch = match note.as_ref().and_then(|note| note.launch.clone()) {
        Some(launch) => launch,
        None => Launch::new(global, settings, &[])?,
    };
    let managed = Managed::of(settings);
    let sight = observe(settings, note.as_ref(), &launch, &managed).await?;
    let before = memory::read(settings)?;
    let decision = decide(&sight.seen, &before, &policy(settings, &launch), at);
    let mut record = decision.record.clone();
    keep(settings, &before, &record)?;
    let arrival = perform::perform(&decision, &mut record, &sight, managed, (settings, &launch)).await?;
    let kept = record.clone();
    if may_tell(&sight, arrival.as_ref()) && !record.notices.is_empty() {
        tell::tell(&connect::client_of_session(settings, &launch.bus_url)?, &mut record).await;
    }
    keep(settings, &decision.record, &kept)?;
    keep(settings, &kept, &record)?;
    Ok(Report::Done {
        at,
        failed: matches!(arrival, Some(Arrival::Ended(..))),
        started: arrival.map(|arrival| arrival.to_string()),
        finding: decision.finding,
        response: decision.response,
        untold: record.notices.len(),
    })
}

fn policy(settings: &Settings, launch: &Launch) -> Policy {
    let place = if launch.embedded { BusPlace::Embedded } else { BusPlace::External };
    Policy::new(place, settings.watchdog.interval.duration(), settings.watchdog.defer_checks)
}

/// Writes what has changed.
fn keep(settings: &Settings, before: &Record, now: &Record) -> Result<(), Failure> {
    if before == now { Ok(()) } else { memory::write(settings, now) }
}

fn may_tell(sight: &Sight, arrival: Option<&Arrival>) -> bool {
    match arrival {
        Some(arrival) => !matches!(arrival, Arrival::Ended(..)),
        None => matches!(sight.seen.bus, Bus::Answers(_)),
    }
}

impl Report {
    /// 0 where GO is well, mended, given time, or at rest on purpose; 1 where it is down and was not restarted; 3 and 4 where the
    /// Bus is down or does not take us.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Done { failed: true, .. } => Exit::Failed,
            Self::Done { response, .. } if response.leaves_go_down() => Exit::Failed,
            Self::Done { finding: Finding::BusDown(_), .. } => Exit::Unreachable,
            Self::Done { finding: Finding::BusRefuses(_), .. } => Exit::Refused,
            Self::Done { .. } | Self::UnderWay { .. } => Exit::Done,
        }
    }

    /// What it comes to, without what differs from one check to the next while nothing changes.
    pub(super) fn gist(&self) -> String {
        match self {
            Self::Done { finding: Finding::Well(who), response, untold, .. } => {
                format!("{} {response} {untold}", who.split(", renewed").next().unwrap_or_default())
            }
            other => other.to_string(),
        }
    }

    /// Whether it is worth a line after one whose gist was `last`.
    pub(super) fn is_news(&self, last: &str) -> bool {
        matches!(self, Self::Done { response: Response::Restart { .. }, .. }) || self.gist() != last
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnderWay { .. } => f.write_str("another check is under way"),
            Self::Done { finding, response, started, untold, .. } => {
                write!(f, "{finding}{response}")?;
                if let Some(started) = started {
                    write!(f, ": {started}")?;
                }
                if *untold > 0 { write!(f, " (the Bus has {untold} things to be told)") } else { Ok(()) }
            }
        }
    }
}
