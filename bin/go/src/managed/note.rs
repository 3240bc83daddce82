//! What is remembered of the managed session: `<data>/session.json`.

use go_runtime::{RuntimeError, StateFile};
use serde::{Deserialize, Serialize};

use super::Launch;
use crate::failure::Failure;
use crate::settings::Settings;

/// Where it is remembered, in the data folder.
const FILE: &str = "session.json";

/// Whether GO is meant to be at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wanted {
    /// It is.
    Running,
    /// Somebody stopped it on purpose.
    Stopped,
}

/// What is remembered of the managed session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// The form of this note.
    version: u32,
    /// Whether GO is meant to be at work.
    pub(crate) wanted: Wanted,
    /// How it was last started.
    pub(crate) launch: Option<Launch>,
}

impl Note {
    const VERSION: u32 = 1;

    /// The note of a GO that is started like this.
    pub(crate) fn running(launch: Launch) -> Self {
        Self { version: Self::VERSION, wanted: Wanted::Running, launch: Some(launch) }
    }

    /// The note in the data folder; `None` where nobody ever started a session. One that can't be read is said and counts as none:
    /// GO is then started with the settings as they are.
    pub(crate) fn read(settings: &Settings) -> Result<Option<Self>, Failure> {
        match file(settings).read::<Self>() {
            Ok(Some(note)) if note.version != Self::VERSION => {
                tracing::warn!("{FILE} is of version {}, which this program does not know: ignored", note.version);
                Ok(None)
            }
            Err(RuntimeError::Damaged { path, reason }) => {
                tracing::warn!("{} is damaged ({reason}): ignored, `go tmux start` writes it anew", path.display());
                Ok(None)
            }
            read => read.map_err(|error| Failure::caused_by(error, "check the data folder")),
        }
    }

    /// Keeps it.
    pub(crate) fn write(&self, settings: &Settings) -> Result<(), Failure> {
        file(settings).write(self).map_err(|error| Failure::caused_by(error, "check the data folder"))
    }

    /// Notes that GO is at rest on purpose, so that the watchdog leaves it so.
    pub(crate) fn write_stopped(settings: &Settings) -> Result<(), Failure> {
        let launch = Self::read(settings)?.and_then(|note| note.launch);
        Self { version: Self::VERSION, wanted: Wanted::Stopped, launch }.write(settings)
    }
}

fn file(settings: &Settings) -> StateFile {
    StateFile::at(settings.data.join(FILE))
}
