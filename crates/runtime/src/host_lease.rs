//! The host's lease as a file: what shims hold themselves to, should their launcher be dead.

use std::path::{Path, PathBuf};
use std::time::Duration;

use go_clock::Boottime;
use serde::{Deserialize, Serialize};

use crate::RuntimeError;
use crate::durable::{Readers, replace_volatile};

/// `<data>/hosts/<host>/lease`: until when the agents of this host may run, on the boottime clock of this boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostLeaseFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Content {
    deadline_boottime_ns: u64,
}

impl HostLeaseFile {
    /// The lease file at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Until when agents may run. A lease that is missing or damaged ran out at boot: what can't be read renews nothing.
    pub fn deadline(&self) -> Boottime {
        let read = std::fs::read(&self.path).ok().and_then(|bytes| serde_json::from_slice::<Content>(&bytes).ok());
        read.map(|content| Boottime(Duration::from_nanos(content.deadline_boottime_ns))).unwrap_or_default()
    }

    /// Replaces the deadline at once for every reader. It means nothing after a reboot, so it is not synced.
    pub fn renew(&self, deadline: Boottime) -> Result<(), RuntimeError> {
        let content = Content { deadline_boottime_ns: u64::try_from(deadline.0.as_nanos()).unwrap_or(u64::MAX) };
        let bytes = serde_json::to_vec(&content)
            .map_err(|e| RuntimeError::Damaged { path: self.path.clone(), reason: e.to_string() })?;
        replace_volatile(&self.path, &bytes, Readers::Usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_to_the_nanosecond_and_a_damaged_one_has_run_out() {
        let folder = tempfile::tempdir().unwrap();
        let file = HostLeaseFile::at(folder.path().join("lease"));
        assert_eq!(file.deadline(), Boottime::default());
        let deadline = Boottime(Duration::new(7, 3));
        file.renew(deadline).unwrap();
        assert_eq!(file.deadline(), deadline);
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), r#"{"deadline_boottime_ns":7000000003}"#);
        std::fs::write(file.path(), "{").unwrap();
        assert_eq!(file.deadline(), Boottime::default());
    }
}
