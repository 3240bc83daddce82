//! The agent's working folder: made before it, saved beside it and after it.

use std::time::Duration;

use go_bus_api::{ExitReport, Failure, FailureCause, Remedy, Work};
use go_runtime::{AgentFolder, AgentSpec, CommandSpec, End, WorkplaceRecord, WorkplaceSpec};
use serde::Deserialize;

use super::ShimError;
use super::attempt::ended;
use super::keeper::{HURRY, Keeper, Kept, Under};
use super::{tail, verify};

/// How long the last save may take where nobody is in a hurry.
const LAST_SAVE: Duration = Duration::from_secs(30);

/// A working folder that is ready.
#[derive(Debug)]
pub(super) struct Place<'a> {
    folder: &'a AgentFolder,
    spec: &'a AgentSpec,
    place: &'a WorkplaceSpec,
    record: WorkplaceRecord,
}

/// What is saved of a folder whose agent is over.
#[derive(Debug)]
pub(super) struct Saved {
    /// The last save that is known.
    pub(super) work: Option<Work>,
    /// Whether that is all that the agent left.
    pub(super) is_all: bool,
}

/// What `go repo make` tells.
#[derive(Default, Deserialize)]
struct Made {
    #[serde(default)]
    resumed: bool,
    #[serde(default)]
    fresh: bool,
}

impl<'a> Place<'a> {
    /// Makes the folder and sets it up. Where that fails, the agent's end is known without a start.
    pub(super) fn make(
        folder: &'a AgentFolder,
        spec: &'a AgentSpec,
        place: &'a WorkplaceSpec,
        keeper: &mut Keeper,
    ) -> Result<Result<Self, ExitReport>, ShimError> {
        let known = WorkplaceRecord::read(&place.folder).filter(|known| known.ready && place.folder.is_dir());
        let fresh = WorkplaceRecord { workplace: place.clone(), ready: false, vacuous: false };
        let record = known.clone().map_or(fresh, |known| WorkplaceRecord { workplace: place.clone(), ..known });
        let mut made = Self { folder, spec, place, record };
        made.note()?;
        let make = place.make(&folder.made_path()).of(&spec.agent);
        if let Some(failed) = made.step("making the working folder", &make, keeper)? {
            return Ok(Err(failed));
        }
        let told = made.told();
        // One that was there may have given way to what another host saved since: nothing is set up in that.
        if (known.is_none() || told.fresh)
            && let Some(failed) = made.set_up(&told, keeper)?
        {
            return Ok(Err(failed));
        }
        Ok(Ok(made))
    }

    /// Runs what a new folder needs, and then, where that is asked for, each verification on what nobody has worked on yet.
    fn set_up(&mut self, told: &Made, keeper: &mut Keeper) -> Result<Option<ExitReport>, ShimError> {
        self.record.ready = false;
        self.note()?;
        for command in &self.place.setup {
            let shell = self.place.shell(command.as_str()).of(&self.spec.agent);
            if let Some(failed) = self.step(&format!("`{command}`"), &shell, keeper)? {
                return Ok(Some(failed));
            }
        }
        if self.place.prove && !told.resumed {
            let (results, cause) = verify::run(self.spec, keeper, &self.folder.agent_log())?;
            if let Some(cause) = cause {
                return Ok(Some(ended(ExitReport::default(), cause)));
            }
            self.record.vacuous = !results.is_empty() && results.iter().all(|result| result.code == 0);
        }
        self.record.ready = true;
        self.note()?;
        Ok(None)
    }

    /// Keeps the record of a folder that outlives its agent.
    fn note(&self) -> Result<(), ShimError> {
        if self.place.at.is_none() {
            self.record.write()?;
        }
        Ok(())
    }

    fn told(&self) -> Made {
        let told = std::fs::read(self.folder.made_path()).ok();
        told.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Runs one step of the making; answers the agent's end where it failed.
    fn step(&self, what: &str, command: &CommandSpec, keeper: &mut Keeper) -> Result<Option<ExitReport>, ShimError> {
        let log = self.folder.agent_log();
        let from = tail::length(&log);
        let (code, words) = match keeper.run(command, Under::Limits) {
            Ok(Kept { cause: Some(cause), .. }) => return Ok(Some(ended(ExitReport::default(), cause))),
            Ok(Kept { end: Some(End::Exited(0)), .. }) => return Ok(None),
            Ok(kept) => (kept.end.map(End::code), tail::tail(&log, from)),
            Err(ShimError::Runtime(error)) if error.is_not_startable() => {
                (Some(verify::NOT_STARTED), verify::why(&error))
            }
            Err(error) => return Err(error),
        };
        let detail = format!("{what} failed\n{words}");
        let failure = Some(Failure::new(Remedy::Retry, FailureCause::Folder, &detail));
        Ok(Some(ExitReport { code: code.or(Some(1)), tail: words, failure, ..ExitReport::default() }))
    }

    /// Whether its agent is asked for work, and not only to look.
    pub(super) fn is_worked_on(&self) -> bool {
        self.place.at.is_none()
    }

    /// Saves what the agent left.
    pub(super) fn save(&self, kept: &Kept, keeper: &mut Keeper) -> Result<Saved, ShimError> {
        if !self.is_worked_on() {
            return Ok(Saved { work: None, is_all: true });
        }
        // Who was stopped has no time for a remote; the one beside has pushed what is older.
        let in_a_hurry = kept.cause.is_some() || keeper.called_off().is_some();
        let most = if in_a_hurry { HURRY } else { LAST_SAVE };
        let mut is_all = self.try_save(!in_a_hurry, most, keeper)?;
        if !is_all && !in_a_hurry && keeper.called_off().is_none() {
            is_all = self.try_save(false, most, keeper)?;
        }
        if !is_all {
            eprintln!("shim: what the agent left could not be saved; it stays in {}", self.place.folder.display());
        }
        let work = self.folder.work().map(|work| Work { vacuous: self.record.vacuous, ..work });
        Ok(Saved { work, is_all })
    }

    fn try_save(&self, push: bool, most: Duration, keeper: &mut Keeper) -> Result<bool, ShimError> {
        let save = self.place.save(&self.folder.saved_path(), push).of(&self.spec.agent);
        match keeper.run(&save, Under::Only(most)) {
            Ok(kept) => Ok(kept.end == Some(End::Exited(0))),
            Err(ShimError::Runtime(error)) if error.is_not_startable() => {
                eprintln!("shim: {}", verify::why(&error));
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}
