//! How many files this process may have open: all that it is allowed for itself, what it was given for the processes it starts.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The variable by which a started keeper learns the soft limit that its starter was given.
const VARIABLE: &str = "XIO_OPEN_FILES";

/// The soft limit that this process was given, where it has raised its own.
static GIVEN: OnceLock<u64> = OnceLock::new();

/// Raises the soft limit to the hard one, and answers the limit then; none where there is no limit.
///
/// What is started by [`crate::start`] from now on is told the limit before, and a keeper goes back to it with
/// [`restore_open_files`]: programs that use select(2) break where they get more.
pub fn raise_open_files() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let Some(given) = limit.current.filter(|given| limit.maximum.is_none_or(|maximum| *given < maximum)) else {
        return limit.current;
    };
    match setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        Ok(()) => {
            GIVEN.get_or_init(|| given);
            limit.maximum
        }
        Err(error) => {
            tracing::debug!(%error, "the limit of open files stays as it is");
            Some(given)
        }
    }
}

/// Goes back to the soft limit that the starter of this process was given, where it has raised its own.
pub fn restore_open_files() {
    let Some(given) = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()) else { return };
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| given < current)
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: Some(given), ..limit })
    {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// What a started process is told.
pub(crate) fn told() -> Option<(&'static str, String)> {
    GIVEN.get().map(|given| (VARIABLE, given.to_string()))
}
