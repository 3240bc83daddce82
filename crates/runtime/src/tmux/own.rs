//! A tmux server of GO's own, with a window for each agent: beside the person's, without their settings.

use std::path::Path;
use std::time::Duration;

use super::{SessionName, Tmux, TmuxError, command};
use crate::durable::create_folder;
use crate::{CommandSpec, ProcessId, RuntimeError, others};

/// The socket's name in its folder.
pub(super) const SOCKET: &str = "tmux";

/// A window that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The server's process.
    pub server: ProcessId,
    /// The process that it shows.
    pub shown: ProcessId,
}

/// How long a server and what ran in it have for their end.
const LAST: Duration = Duration::from_secs(5);

impl Tmux {
    /// The same program with a server of its own whose socket lies in `folder`, which is its owner's alone. The first window starts it, the end
    /// of the last ends it.
    ///
    /// *Errors*: where the folder can't be made.
    pub fn with_server_in(mut self, folder: &Path) -> Result<Self, RuntimeError> {
        create_folder(folder)?;
        self.own = Some(folder.to_path_buf());
        Ok(self)
    }

    /// Opens a window that shows `command` until it ends, unless there is one of that name, or it has ended already. The arguments
    /// have to be at least two words.
    pub fn open(&self, name: &SessionName, command: &CommandSpec) -> Result<Option<Opened>, TmuxError> {
        let folder = command.folder.to_string_lossy().into_owned();
        let mut words =
            ["new-session", "-d", "-x", "200", "-y", "50", "-P", "-F", "#{pid} #{pane_pid}", "-s", name.as_str(), "-c"]
                .map(str::to_owned)
                .to_vec();
        words.extend([folder, "--".to_owned()]);
        words.extend(command.argv.iter().map(|word| command::literal(word)));
        match self.make(name, &words) {
            Ok(pids) => {
                let mut found = pids.split_whitespace().map(|pid| pid.parse().ok().and_then(others::find));
                let (server, shown) = (found.next().flatten(), found.next().flatten());
                Ok(server.zip(shown).map(|(server, shown)| Opened { server, shown }))
            }
            Err(TmuxError::Refused(_)) if self.has(name)? => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether there is a session of exactly this name.
    pub fn has(&self, name: &SessionName) -> Result<bool, TmuxError> {
        Ok(self.run(&["has-session", "-t", &name.session()].map(str::to_owned))?.is_success)
    }

    /// Ends the server with everything that it shows, and waits for their end; none is no error.
    pub fn end_server(&self) -> Result<(), TmuxError> {
        let said = self.run(&["list-panes", "-a", "-F", "#{pid} #{pane_pid}"].map(str::to_owned))?;
        let pids = said.out.split_whitespace().filter_map(|word| word.parse().ok());
        let mut processes: Vec<_> = pids.filter_map(others::find).collect();
        processes.sort();
        processes.dedup();
        if !said.is_success || processes.is_empty() {
            return Ok(());
        }
        // It may have ended meanwhile, with the last that it showed.
        self.run(&["kill-server".to_owned()])?;
        let ended = |process: &ProcessId| others::has_ended(*process, LAST).unwrap_or(true);
        if processes.iter().filter(|process| !ended(process)).count() > 0 {
            return Err(TmuxError::NoAnswer(LAST));
        }
        Ok(())
    }
}
