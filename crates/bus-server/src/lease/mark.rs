//! The highest epoch ever granted, kept beside the database: one that is restored from a backup must not grant an epoch again.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use go_bus_api::Epoch;
use go_bus_store::Action;

use crate::bus::Bus;
use crate::error::ServeError;

/// `<data>/lease-epoch`: a number. It only rises.
#[derive(Debug)]
struct Mark {
    data: PathBuf,
}

impl Mark {
    /// The mark in the folder `data`.
    fn in_folder(data: &Path) -> Self {
        Self { data: data.to_owned() }
    }

    /// The highest epoch; 0 before the first.
    ///
    /// Errors: the file can't be read, or is no number.
    fn read(&self) -> io::Result<Epoch> {
        match fs::read_to_string(self.path()) {
            Ok(text) => text.trim().parse().map(Epoch).map_err(|error| io::Error::new(ErrorKind::InvalidData, error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Epoch(0)),
            Err(error) => Err(error),
        }
    }

    /// Writes `epoch`, durably: whole or not at all.
    fn write(&self, epoch: Epoch) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.data)?;
        let draft = self.path().with_extension("draft");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        writeln!(file, "{epoch}")?;
        file.sync_all()?;
        fs::rename(&draft, self.path())?;
        File::open(&self.data)?.sync_all()
    }

    /// The file.
    fn path(&self) -> PathBuf {
        self.data.join("lease-epoch")
    }
}

/// Raises the lease's epoch to the mark where the database is older than that, and the mark where the database is newer.
pub(crate) async fn honour(bus: &Bus) -> Result<(), ServeError> {
    let mark = Mark::in_folder(&bus.config.data);
    let failed = |cause| ServeError::EpochMark { path: mark.path(), cause };
    let (highest, lease) = (mark.read().map_err(failed)?, bus.lease().await?);
    if lease.epoch > highest {
        mark.write(lease.epoch).map_err(failed)?;
    }
    if lease.epoch < highest {
        tracing::warn!(epoch = %lease.epoch, %highest, "the database is older than the last lease; its epochs go on from there");
        bus.commit_own(Action::RaiseEpoch(highest)).await?;
    }
    Ok(())
}

/// Notes that `epoch` was granted. It happens once a tenure, so the moment that the disk takes is nobody's burden; a disk that fails
/// takes no lease away.
pub(crate) fn note(bus: &Bus, epoch: Epoch) {
    if let Err(error) = Mark::in_folder(&bus.config.data).write(epoch) {
        tracing::warn!(%error, "the epoch is not noted beside the database");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_reads_back_and_is_zero_before_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let mark = Mark::in_folder(&folder.path().join("data"));
        assert_eq!(mark.read().unwrap(), Epoch(0));
        mark.write(Epoch(7)).unwrap();
        mark.write(Epoch(12)).unwrap();
        assert_eq!(mark.read().unwrap(), Epoch(12));
        assert_eq!(fs::metadata(mark.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_number_is_an_error_and_not_a_zero() {
        let folder = tempfile::tempdir().unwrap();
        let mark = Mark::in_folder(folder.path());
        fs::write(mark.path(), "seven").unwrap();
        assert_eq!(mark.read().unwrap_err().kind(), ErrorKind::InvalidData);
    }
}
