//! Where the chronicle lies, and how it is brought up to date.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use go_bus_api::Sprint;
use go_runtime::{PrivateFile, RuntimeError};

use super::entry::{Entry, summary};
use super::log;

/// The files that tell of closed sprints (R8, R28).
///
/// Its calls block for as long as the disk takes.
#[derive(Debug, Clone)]
pub struct Chronicle {
    log: PathBuf,
    sprints: PathBuf,
    /// Who writes in this process: a tenure that is over may still be at it when the next one begins.
    turn: Arc<Mutex<()>>,
}

impl Chronicle {
    /// The Execution Log at `log`, which need not be there but whose folder has to be, and a summary of each sprint in the folder
    /// `sprints`, which is made where it is not there.
    pub fn new(log: impl Into<PathBuf>, sprints: impl Into<PathBuf>) -> Self {
        Self { log: log.into(), sprints: sprints.into(), turn: Arc::default() }
    }

    /// Writes whatever the files lack of these closed sprints, oldest first. Done twice, it changes nothing.
    pub(super) fn write(&self, sprints: &[Sprint]) -> Result<(), Vec<Unwritten>> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let entries: Vec<Entry> = sprints.iter().filter_map(Entry::of).collect();
        let summaries = sprints.iter().try_for_each(|sprint| self.write_summary(sprint));
        let logged = log::record(&self.log, &entries);
        let failures: Vec<_> = [summaries.err(), logged.err()].into_iter().flatten().collect();
        if failures.is_empty() { Ok(()) } else { Err(failures) }
    }

    fn write_summary(&self, sprint: &Sprint) -> Result<(), Unwritten> {
        let report = match &sprint.report {
            Some(report) => serde_json::to_string_pretty(report),
            None => serde_json::to_string_pretty(sprint),
        };
        // A resource that came as JSON can be written as JSON.
        let report = report.unwrap_or_default() + "\n";
        self.ensure(&format!("{}.md", sprint.id), summary(sprint).as_bytes())?;
        self.ensure(&format!("{}.json", sprint.id), report.as_bytes())
    }

    /// Has the file `name` say `content`.
    fn ensure(&self, name: &str, content: &[u8]) -> Result<(), Unwritten> {
        let file = PrivateFile::at(self.sprints.join(name));
        if file.read()?.as_deref() == Some(content) { Ok(()) } else { Ok(file.replace(content)?) }
    }
}

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritten {
    /// The disk does not take it.
    #[error("can't {doing} {}: {source}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The log's path leads to something else.
    #[error("{} is no regular file", path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// Somebody else writes it just now.
    #[error("another process holds the lock of {}", path.display())]
    Held {
        /// The log.
        path: PathBuf,
    },
    /// It is exchanged for another file again and again.
    #[error("{} is exchanged for another file each time it is opened", path.display())]
    Exchanged {
        /// The log.
        path: PathBuf,
    },
    /// A summary's file could not be replaced.
    #[error("{}", with_source(.0))]
    Summary(#[from] RuntimeError),
    /// The thread that writes has failed.
    #[error("the thread that writes has failed")]
    Thread,
}

impl Unwritten {
    /// Names what was tried on which path, for `map_err`.
    pub(super) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { doing, path, source }
    }
}

/// One line for people: the message and its cause.
fn with_source(error: &RuntimeError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::closed_sprint;

    #[test]
    fn a_summary_is_there_as_markdown_and_json_and_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let chronicle = Chronicle::new(folder.path().join("log.md"), folder.path().join("data/sprints"));
        let told = Sprint {
            report: Some(serde_json::json!({"done": ["T-1"]})),
            ..closed_sprint("S-1", "# Sprint S-1\n\nAll.")
        };
        let untold = closed_sprint("S-2", "");
        chronicle.write(&[told.clone(), untold.clone()]).unwrap();
        let path = |name: &str| folder.path().join("data/sprints").join(name);
        let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
        assert_eq!(
            (read("S-1.md").as_str(), read("S-1.json").as_str()),
            ("# Sprint S-1\n\nAll.\n", "{\n  \"done\": [\n    \"T-1\"\n  ]\n}\n")
        );
        assert!(read("S-2.md").starts_with("# Sprint S-2\n\n- Window: "), "{}", read("S-2.md"));
        assert_eq!(serde_json::from_str::<Sprint>(&read("S-2.json")).unwrap(), untold);
        let inode = || std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path("S-1.md")).unwrap());
        let before = inode();
        chronicle.write(&[told]).unwrap();
        assert_eq!(inode(), before, "what is as it should be is not replaced");
    }

    #[test]
    fn a_summary_that_can_t_be_written_does_not_keep_the_log_from_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sprints"), "").unwrap();
        let log = folder.path().join("log.md");
        let failures =
            Chronicle::new(&log, folder.path().join("sprints")).write(&[closed_sprint("S-1", "")]).unwrap_err();
        assert_eq!(failures.len(), 1, "{failures:?}");
        assert!(failures.iter().all(|failure| failure.to_string().contains("sprints")), "{failures:?}");
        assert!(std::fs::read_to_string(log).unwrap().contains("Sprint S-1"));
    }
}
