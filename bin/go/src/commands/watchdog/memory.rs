//! What the watchdog remembers: `<data>/watchdog.json`, and the lock of whoever starts, ends or checks GO.

use std::time::Duration;

use go_governor::watchdog::Record;
use go_runtime::{RuntimeError, StateFile, StateLock};

use crate::failure::Failure;
use crate::settings::Settings;

const FILE: &str = "watchdog.json";

/// How long a person who starts or ends GO waits for a check that is under way.
const PATIENCE: Duration = Duration::from_secs(90);

/// The record; one that can't be read is said and begun anew, which costs its counts and nothing else.
pub(crate) fn read(settings: &Settings) -> Result<Record, Failure> {
    let anew = |why: String| {
        tracing::warn!("{} {why}: begun anew, with no check and no restart counted", file(settings).path().display());
        Record::default()
    };
    match file(settings).read::<Record>() {
        Ok(Some(record)) if record.version != Record::VERSION => {
            Ok(anew(format!("is of version {}, which this program does not know", record.version)))
        }
        Ok(record) => Ok(record.unwrap_or_default()),
        Err(RuntimeError::Damaged { reason, .. }) => Ok(anew(format!("is damaged ({reason})"))),
        Err(error) => Err(failure(error)),
    }
}

/// Keeps the record.
pub(crate) fn write(settings: &Settings, record: &Record) -> Result<(), Failure> {
    file(settings).write(record).map_err(failure)
}

/// The lock of whoever starts, ends or checks GO, once nobody else does.
pub(crate) fn lock(settings: &Settings) -> Result<StateLock, Failure> {
    let held = || Failure::failed("a check of the watchdog is under way and does not end", "end that process");
    file(settings).lock(PATIENCE).map_err(failure)?.ok_or_else(held)
}

/// The same, where nobody else has it now.
pub(super) fn try_lock(settings: &Settings) -> Result<Option<StateLock>, Failure> {
    file(settings).lock(Duration::ZERO).map_err(failure)
}

fn file(settings: &Settings) -> StateFile {
    StateFile::at(settings.data.join(FILE))
}

fn failure(error: RuntimeError) -> Failure {
    use std::error::Error as _;
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::failed(format!("{error}{cause}"), "check the data folder: its disk, its owner and its mode")
}
