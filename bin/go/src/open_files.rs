//! How many connections a Bus may have, by how many files this process may have open.

use go_bus_server::Limits;
use go_runtime::raise_open_files;

/// The files that are kept for everything else: the store, the log, whoever is turned away, this process's own clients, agents.
const KEPT: usize = 256;

/// The Bus's limits, with no more connections than there can be files; a lower bound is said in the log.
pub(crate) fn limits() -> Limits {
    let limits = Limits::default();
    let files = raise_open_files().and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
    let connections = connections(limits.connections, files);
    if connections < limits.connections {
        let wanted = limits.connections.saturating_add(KEPT);
        tracing::warn!(
            "this process may have {files} files open (ulimit -n), so {connections} connections are taken and not {}; \
             raise the hard limit to {wanted} for all of them",
            limits.connections
        );
    }
    Limits { connections, streams: limits.streams.min(connections), ..limits }
}

/// Half of few files, and of many all but those that are kept.
fn connections(wanted: usize, files: usize) -> usize {
    wanted.min(files.saturating_sub(KEPT.min(files / 2))).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest() {
        for (files, expected) in [(0, 1), (64, 32), (1_024, 768), (20_000, 10_000), (usize::MAX, 10_000)] {
            assert_eq!(connections(10_000, files), expected, "{files} files");
        }
    }
}
