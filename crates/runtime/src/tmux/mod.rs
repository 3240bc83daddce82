//! Sessions of the real `tmux`: one process each, in a pane that stays when it ends, so that its last words can be read.
//!
//! *Guarantees*: a session is found by its exact name, never by the beginning of one. Nothing of this process's environment but an
//! allow-list reaches the tmux server, which hands what it was started with to every session after. *Assumptions*: tmux 3.2 or
//! newer, for variables of one session. *Crash semantics*: a session is there with all its marks or not at all, as one
//! command makes it.

mod command;
mod error;
mod name;
mod own;
mod pane;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use error::TmuxError;
pub use name::SessionName;
pub use own::Opened;
pub use pane::{Pane, PaneState};

use crate::{CommandSpec, Environment};
use pane::{FIELDS, Look, OWNER};

/// How often the start of a session is tried.
const STARTS: u32 = 3;
/// How often a process that has just ended is asked for; each time takes some milliseconds.
const LOOKS: u32 = 20;

/// A tmux server: the user's own, as `tmux` without options reaches it, also from within another one's session; or one of GO's
/// own ([`Tmux::with_server_in`]).
#[derive(Debug, Clone)]
pub struct Tmux {
    program: PathBuf,
    environment: Environment,
    /// The folder with the socket of a server of GO's own.
    own: Option<PathBuf>,
}

impl Tmux {
    /// The variable that tells where servers have their sockets.
    const FOLDER: &str = "TMUX_TMPDIR";

    /// The `tmux` on this process's PATH.
    pub fn find() -> Result<Self, TmuxError> {
        let environment = Environment::inherited(&[Self::FOLDER.to_owned()]);
        let path = environment.path().map(OsString::as_os_str);
        let program = crate::start::look_up("tmux", path, Path::new("/")).map_err(|_| TmuxError::Missing)?;
        Ok(Self { program, environment, own: None })
    }

    /// The same program with the servers whose sockets lie in `folder`.
    #[must_use]
    pub fn with_sockets_in(mut self, folder: &Path) -> Self {
        self.environment = self.environment.with(Self::FOLDER, folder.as_os_str());
        self
    }

    /// Starts `command` in a new session, marked as `owner`'s, in its folder and with its variables; the arguments have to be at
    /// least two words, as tmux has a shell split a single one. Refused where a session has that name.
    pub fn start(&self, name: &SessionName, owner: &str, command: &CommandSpec) -> Result<(), TmuxError> {
        let pane = name.pane();
        let folder = command.folder.to_string_lossy().into_owned();
        let mut words =
            ["new-session", "-d", "-x", "200", "-y", "50", "-s", name.as_str(), "-c"].map(str::to_owned).to_vec();
        words.push(folder);
        words.extend(command.env.iter().flat_map(|(name, value)| ["-e".to_owned(), format!("{name}={value}")]));
        words.push("--".to_owned());
        words.extend(command.argv.iter().map(|word| command::literal(word)));
        let marks =
            [";", "set-option", "-t", &pane, "remain-on-exit", "on", ";", "set-option", "-p", "-t", &pane, OWNER];
        words.extend(marks.map(str::to_owned));
        words.push(command::literal(owner));
        self.make(name, &words).map(drop)
    }

    /// Makes a session. A server that was only just started may be lost with it, so that is tried again where no session came about.
    fn make(&self, name: &SessionName, words: &[String]) -> Result<String, TmuxError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.succeed(words) {
                Err(TmuxError::Refused(_)) if tries < STARTS && self.look(name)?.is_none() => {}
                made => return made,
            }
        }
    }

    /// The pane of the session; `None` where there is no such session, or no server. A process that has just ended is asked for
    /// again until tmux knows how it ended.
    pub fn pane(&self, name: &SessionName) -> Result<Option<Pane>, TmuxError> {
        let mut looks = 0;
        loop {
            let Some(Look { pane, is_settled }) = self.look(name)? else { return Ok(None) };
            looks += 1;
            if is_settled || looks == LOOKS {
                return Ok(Some(pane));
            }
            // tmux 3.3 at times misses the signal of an end; that of a job has it look for every end.
            self.run(&["run-shell", "true"].map(str::to_owned))?;
        }
    }

    fn look(&self, name: &SessionName) -> Result<Option<Look>, TmuxError> {
        let said = self.run(&["list-panes", "-s", "-t", &name.pane(), "-F", FIELDS].map(str::to_owned))?;
        if said.is_success { pane::read(&said.out).map(Some).ok_or(TmuxError::Garbled(said.out)) } else { Ok(None) }
    }

    /// The last lines of the session's pane that have anything on them, at most `most`.
    pub fn last_lines(&self, name: &SessionName, most: usize) -> Result<Vec<String>, TmuxError> {
        let said = self.succeed(&["capture-pane", "-p", "-J", "-S", "-200", "-t", &name.pane()].map(str::to_owned))?;
        let lines: Vec<_> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        Ok(lines.iter().skip(lines.len().saturating_sub(most)).map(|line| (*line).to_owned()).collect())
    }

    /// Ends the session with whatever runs in it; none is no error.
    pub fn end(&self, name: &SessionName) -> Result<(), TmuxError> {
        let words = ["kill-session", "-t", &name.session()].map(str::to_owned);
        match self.succeed(&words) {
            Err(TmuxError::Refused(_)) if self.pane(name)?.is_none() => Ok(()),
            other => other.map(drop),
        }
    }

    /// Becomes a client of the session on this terminal; from within another session of the same server, takes that client there.
    /// Returns only where that fails.
    pub fn attach(&self, name: &SessionName) -> TmuxError {
        // From within another server's session it becomes a client in a client.
        let inside = std::env::var_os("TMUX").filter(|place| self.own.is_none() && !place.is_empty());
        let verb = if inside.is_some() { "switch-client" } else { "attach-session" };
        let failure = self.become_client(&[verb, "-t", &name.session()], inside);
        TmuxError::Start(failure)
    }
}
