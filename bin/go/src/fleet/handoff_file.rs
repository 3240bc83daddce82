//! `<data>/handoff.json`: the handoff beside the Bus (R3, R4).

use std::io;
use std::path::Path;

use go_orchestrator::HandoffFile;
use go_runtime::PrivateFile;

/// The file in the data folder.
#[derive(Debug)]
pub(super) struct InData {
    file: PrivateFile,
}

impl InData {
    /// The one in the folder `data`.
    pub(super) fn of(data: &Path) -> Self {
        let data = std::path::absolute(data).unwrap_or_else(|_| data.to_path_buf());
        Self { file: PrivateFile::at(data.join("handoff.json")) }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }
}

impl HandoffFile for InData {
    fn read(&self) -> io::Result<Option<Vec<u8>>> {
        self.file.read().map_err(io::Error::other)
    }

    fn write(&self, content: &[u8]) -> io::Result<()> {
        self.file.replace(content).map_err(io::Error::other)
    }
}
