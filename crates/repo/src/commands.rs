//! The port to the programs that do the work: git and the shell.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use go_runtime::{Capture, Environment, capture};

use crate::RepoError;

/// How long git may take for one call. Generous: it only has to be an end.
const PATIENCE: Duration = Duration::from_secs(900);
/// The most that is read of what git says.
const MOST: usize = 64 << 20;
/// The most that is kept of what a verification says: its end, where the reason stands.
const MOST_OF_A_CHECK: usize = 48 << 10;

/// Variables that say which repo git works on. They are ours to say, whoever calls.
const PLACES: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// The variable that says how git reaches others by SSH; the person's own is kept.
pub(crate) const SSH_COMMAND: &str = "GIT_SSH_COMMAND";

/// A call of a program.
#[derive(Debug, Clone)]
pub enum Call {
    /// git with these arguments.
    Git {
        /// The arguments.
        arguments: Vec<OsString>,
        /// The folder that it works in.
        folder: PathBuf,
        /// Variables beyond the usual ones.
        variables: Vec<(OsString, OsString)>,
        /// What it reads.
        input: Vec<u8>,
    },
    /// A command for the shell: a verification, or one of the project's own for each working folder.
    Shell {
        /// The command.
        command: String,
        /// The folder that it works in.
        folder: PathBuf,
        /// Variables beyond the usual ones.
        variables: Vec<(OsString, OsString)>,
    },
}

/// What a program answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its exit code; 128 + n where signal n ended it, `None` where it did not end in time.
    pub code: Option<i32>,
    /// What it said on standard output; of a verification what it said at all, the end of it.
    pub output: Vec<u8>,
    /// What git said on standard error.
    pub errors: String,
    /// Whether more was said than was kept.
    pub clipped: bool,
}

/// Whoever runs the programs.
///
/// *Guarantees*: a call has ended when it returns. *Assumptions*: none about what was called before. *Crash semantics*: a call that
/// fails or is never answered may have been carried out or not; whoever called looks at the repo anew.
pub trait Commands: std::fmt::Debug {
    /// Runs `call` to its end.
    ///
    /// # Errors
    /// Where the program can't be started. One that exits with a failure is no error.
    fn run(&self, call: &Call) -> Result<Answer, RepoError>;
}

/// The programs of this machine, with the environment of this process but no variable of GO's own.
#[derive(Debug, Clone)]
pub struct Programs {
    environment: Environment,
    has_ssh: bool,
}

impl Programs {
    /// Programs that inherit what this process has in its environment, without what begins with `XIO_`.
    pub fn here() -> Self {
        let is_passed =
            |name: &OsString| !name.to_str().is_none_or(|name| name.starts_with("XIO_") || PLACES.contains(&name));
        let all = std::env::vars_os().filter(|(name, _)| is_passed(name));
        let environment = Environment::filtered(all, &["*".to_owned()]);
        let has_ssh = environment.iter().any(|(name, _)| name == "GIT_SSH" || name == SSH_COMMAND);
        Self { environment, has_ssh }
    }

    fn capture(&self, call: &Call) -> Capture {
        let environment = self.environment.clone();
        let owned = |text: &str| OsString::from(text);
        let is_wanted = |name: &OsString| !(self.has_ssh && name == SSH_COMMAND);
        match call.clone() {
            Call::Git { arguments, folder, variables, input } => Capture {
                program: "git".to_owned(),
                arguments,
                folder,
                environment,
                more: (GIT_VARIABLES.iter().map(|(name, value)| (owned(name), owned(value))))
                    .chain(variables.into_iter().filter(|(name, _)| is_wanted(name)))
                    .collect(),
                input,
                merged: false,
                most: MOST,
                patience: Some(PATIENCE),
            },
            Call::Shell { command, folder, variables } => Capture {
                program: "/bin/sh".to_owned(),
                arguments: vec![owned("-c"), command.into()],
                folder,
                environment,
                more: variables,
                input: Vec::new(),
                merged: true,
                most: MOST_OF_A_CHECK,
                patience: None,
            },
        }
    }
}

/// Nobody is asked anything, reads take no locks, and words are those that this crate knows.
const GIT_VARIABLES: &[(&str, &str)] = &[
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", ""),
    ("SSH_ASKPASS_REQUIRE", "never"),
    ("GCM_INTERACTIVE", "never"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_EDITOR", ":"),
    ("GIT_PAGER", ""),
    ("LC_ALL", "C"),
];

impl Commands for Programs {
    fn run(&self, call: &Call) -> Result<Answer, RepoError> {
        let said = capture(&self.capture(call)).map_err(|error| match call {
            Call::Git { folder, .. } if error.is_not_startable() && folder.is_dir() => RepoError::NoGit,
            _ => RepoError::from(error),
        })?;
        Ok(Answer {
            code: said.end.map(go_runtime::End::code),
            output: said.output,
            errors: String::from_utf8_lossy(&said.errors).trim().to_owned(),
            clipped: said.clipped,
        })
    }
}
