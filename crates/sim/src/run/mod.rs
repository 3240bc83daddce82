//! One run: a fleet, its faults, the judge, and what came of it.

mod audit;
mod bounds;
mod drive;
mod report;
mod scenario;

use std::sync::Arc;
use std::time::Duration;

use crate::judge::What;
use crate::{Fleet, Probe, Recorder, SimError, seeded};
use drive::Driver;

pub use report::{Found, Report};
pub use scenario::Scenario;

/// How often the judge is told that time passes.
const PASSES: Duration = Duration::from_millis(20);

/// What is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Everything random follows from it.
    pub seed: u64,
    /// How long faults come and tickets are posted.
    pub seconds: u64,
    /// What happens.
    pub scenario: Scenario,
}

/// What came of a run, with its record.
pub struct Outcome {
    /// The figures and what was wrong.
    pub report: Report,
    /// Every fact.
    pub record: Recorder,
}

impl Run {
    /// Runs it, until something is wrong or all is over.
    ///
    /// # Errors
    /// [`SimError`] where the simulation itself can't go on: that is no verdict.
    pub fn run(self) -> Result<Outcome, SimError> {
        seeded(self.seed, move || self.run_here())?
    }

    fn run_here(self) -> Result<Outcome, SimError> {
        let settings = self.scenario.settings(self.seed, self.seconds);
        let plan = self.scenario.plan(self.seed, self.seconds, &settings);
        let record = Recorder::new(&bounds::of(&settings, self.scenario));
        let probe: Arc<dyn Probe> = Arc::new(record.clone());
        let tickets = usize::try_from(settings.tickets.count).unwrap_or(usize::MAX);
        let mut fleet = Fleet::build(self.seed, settings, probe)?;
        let mut driver = Driver::new(plan, record.clone());
        let limit = Duration::from_secs(self.seconds).saturating_add(self.scenario.patience());
        let mut told = Duration::ZERO;
        while !record.is_wrong() {
            let now = fleet.now();
            driver.apply(&mut fleet)?;
            if now >= told {
                record.note(now, None, What::Passed);
                told = now.saturating_add(PASSES);
            }
            if driver.is_calm() && (now > limit || record.look(|judge, _, _| judge.work_is_over(tickets))) {
                break;
            }
            fleet.step()?;
        }
        driver.finish(&mut fleet)?;
        Ok(Outcome { report: Report::of(self, fleet.now(), driver.begun(), &record), record })
    }
}
