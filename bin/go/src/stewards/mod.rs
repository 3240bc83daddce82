//! The stewards' files in this process: read at the start, told of in one line, and asked for by everybody who spawns (R5, R14).

mod absent;
mod shelf;
mod sources;

use std::sync::Arc;

use go_steward::{Absent, Loaded, Steward, Watch, WatchError};

pub(crate) use shelf::Shelf;
pub(crate) use sources::handed_on;

use crate::failure::Failure;
use crate::settings::Settings;

/// Reads the files for a GO, or for a command that shows what it would do: a mistake in them stops it before anything starts.
pub(crate) fn open(settings: &Settings) -> Result<(Arc<Steward>, Vec<Absent>), Failure> {
    let (steward, Loaded { problems, absent, .. }) = Steward::open(sources::of(settings));
    if problems.is_empty() { Ok((Arc::new(steward), absent)) } else { Err(Failure::Stewards(problems)) }
}

/// Says in one line what is not there, and what holds instead.
pub(crate) fn tell(absent: &[Absent], settings: &Settings) -> Result<(), Failure> {
    absent::tell(absent, settings)
}

/// Reads them for an HO, PO or IO: it works on with what is good, for the one who wrote the mistake is told by GO.
pub(crate) fn of_an_agent(settings: &Settings) -> Arc<Steward> {
    let (steward, loaded) = Steward::open(sources::of(settings));
    for problem in &loaded.problems {
        tracing::warn!("{problem}");
    }
    Arc::new(steward)
}

/// Follows the files for an HO, PO or IO, so that a change reaches whom it spawns next; never completes.
pub(crate) async fn follow(steward: Arc<Steward>) {
    let followed = async {
        let mut watch = Watch::new(&steward)?;
        loop {
            for problem in watch.next(&steward).await?.problems {
                tracing::warn!("{problem}; its last good version holds");
            }
        }
    };
    let Err(error): Result<std::convert::Infallible, WatchError> = followed.await;
    tracing::warn!(%error, "changes are seen at the next start");
    std::future::pending().await
}
