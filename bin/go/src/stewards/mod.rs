//! The stewards' files in this process: read at the start, told of in one line, and asked for by everybody who spawns (R5, R14).

mod absent;
mod shelf;

use std::sync::Arc;

use go_steward::{Loaded, Steward, Watch, WatchError};

pub(crate) use shelf::Shelf;

use crate::failure::Failure;
use crate::settings::Settings;

/// Reads the files for a GO: a mistake in them stops it before anything starts; what is not there is told in one line.
pub(crate) fn open(settings: &Settings) -> Result<Arc<Steward>, Failure> {
    let (steward, loaded) = sound(settings)?;
    absent::tell(&loaded.absent, settings);
    Ok(steward)
}

/// The same for a command that only shows something: what is not there is no news.
pub(crate) fn sound(settings: &Settings) -> Result<(Arc<Steward>, Loaded), Failure> {
    let (steward, loaded) = Steward::open(settings.paths.stewards());
    if loaded.problems.is_empty() { Ok((Arc::new(steward), loaded)) } else { Err(Failure::Stewards(loaded.problems)) }
}

/// The same for an HO, PO or IO: it works on with what is good, for the one who wrote the mistake is told by GO.
pub(crate) fn of_an_agent(settings: &Settings) -> Arc<Steward> {
    let (steward, loaded) = Steward::open(settings.paths.stewards());
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
