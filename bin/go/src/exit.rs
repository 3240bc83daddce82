//! How a command ends: the exit codes that scripts rely on, and the last line of one that broke.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it was asked.
    Done,
    /// It failed.
    Failed,
    /// It was asked wrongly, or a file is wrong.
    Usage,
    /// The Bus can't be reached.
    Unreachable,
    /// The Bus refused: auth, tier, stale.
    Refused,
    /// Another instance holds the lease, and `--standby-ok=false` was said.
    LeaseHeld,
    /// Work can't be merged onto the branch (`go repo land`).
    Conflict,
    /// A verification fails on the merged tree (`go repo land`).
    Red,
    /// Not now (`go repo land`).
    Later,
    /// Ctrl-C or SIGTERM.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Refused => 4,
            Self::LeaseHeld => 5,
            Self::Conflict => 65,
            Self::Red => 66,
            Self::Later => 75,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// A bug ends in one line that says where, never in a backtrace.
pub(crate) fn print_panics_in_one_line() {
    std::panic::set_hook(Box::new(|panic| {
        let what = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default();
        eprintln!("go: a bug{place}: {}; please report it with what you ran", what.replace('\n', " "));
    }));
}
