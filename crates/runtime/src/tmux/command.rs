//! One call of the program, with a limit: a server that hangs hangs nobody else.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::own::SOCKET;
use super::{Tmux, TmuxError};

/// How long tmux may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What tmux said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) is_success: bool,
    pub(super) out: String,
    errors: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        Self { is_success: output.status.success(), out: text(&output.stdout), errors: text(&output.stderr) }
    }
}

/// A word that tmux takes as it is: one that ends in a semicolon would end its command.
pub(super) fn literal(word: &str) -> String {
    match word.strip_suffix(';') {
        Some(rest) => format!("{rest}\\;"),
        None => word.to_owned(),
    }
}

impl Tmux {
    /// Calls tmux and answers what it said, success or not.
    pub(super) fn run(&self, words: &[String]) -> Result<Said, TmuxError> {
        let mut calling = self.command();
        calling.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = calling.spawn().map_err(TmuxError::Start)?;
        let pid = child.id();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            // Nobody listens any more once the time is over.
            let _ = tell.send(child.wait_with_output());
        });
        match told.recv_timeout(PATIENCE) {
            Ok(output) => output.map(Said::from).map_err(TmuxError::Start),
            Err(_) => {
                if let Some(process) = crate::others::find(pid) {
                    // What can't be ended any more has ended.
                    let _ = crate::others::kill(process);
                }
                Err(TmuxError::NoAnswer(PATIENCE))
            }
        }
    }

    /// Calls tmux, which has to succeed, and answers its output.
    pub(super) fn succeed(&self, words: &[String]) -> Result<String, TmuxError> {
        let said = self.run(words)?;
        if said.is_success { Ok(said.out) } else { Err(TmuxError::Refused(said.errors)) }
    }

    /// Puts tmux in the place of this process; answers why that failed.
    pub(super) fn become_client(&self, words: &[&str], inside: Option<OsString>) -> io::Error {
        self.command().args(words).envs(inside.map(|place| ("TMUX", place))).exec()
    }

    fn command(&self) -> Command {
        #[expect(clippy::disallowed_methods, reason = "tmux is a process, and processes are started in this crate")]
        let mut command = Command::new(&self.program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.own {
            // The name alone, from its folder: a socket's path has at most 107 bytes.
            command.current_dir(folder).args(["-S", SOCKET, "-f", "/dev/null"]);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_word_never_ends_its_command() {
        assert_eq!(["up", "a;b", "a;", ";"].map(literal), ["up", "a;b", "a\\;", "\\;"]);
    }
}
