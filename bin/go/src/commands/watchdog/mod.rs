//! `go watchdog`: looks at GO, and sees to it that it is at work (R31).

mod check;
pub(super) mod memory;
mod observe;
mod perform;
mod tell;

use std::time::Duration;

use go_clock::{Clock, SystemClock};

use self::check::Report;
use crate::cli::{Global, Watchdog};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{print, print_json};
use crate::settings::Settings;
use crate::signals::Stop;
use crate::tokio_runtime;

/// Looks once, or every interval until a signal.
pub(super) fn run(asked: Watchdog, global: &Global, settings: &Settings) -> Result<Exit, Failure> {
    tokio_runtime::one_shot(async {
        if asked.once {
            let report = check::check(global, settings).await?;
            say(&report, asked)?;
            return Ok(report.exit());
        }
        let stop = Stop::on_signals()?;
        let mut last = String::new();
        while !stop.is_asked() {
            let began = SystemClock.boottime();
            match check::check(global, settings).await {
                Ok(report) if report.is_news(&last) => {
                    say(&report, asked)?;
                    last = report.gist();
                }
                Ok(_) => {}
                // What is wrong now may be mended before the next check.
                Err(failure @ Failure::OutputClosed) => return Err(failure),
                Err(failure) => drop(failure.report()),
            }
            let took = SystemClock.boottime().since(began);
            rest(settings.watchdog.interval.duration().saturating_sub(took), &stop).await;
        }
        Ok(Exit::Interrupted)
    })
}

async fn rest(pause: Duration, stop: &Stop) {
    tokio::select! {
        () = SystemClock.sleep(pause) => {}
        () = stop.asked() => {}
    }
}

fn say(report: &Report, asked: Watchdog) -> Result<(), Failure> {
    if asked.json.json { print_json(report) } else { print(format_args!("{report}\n")) }
}
