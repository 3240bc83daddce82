//! Why a command can't do what it was asked, and what to do next.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use go_bus_api::ProblemKind;
use go_bus_client::BusError;
use go_lease::LeaseError;
use go_orchestrator::GoError;
use go_plan::Diagnostic;

use crate::exit::Exit;
use crate::settings::Fault;

/// Why a command failed. Printed as what failed and why; [`Failure::advice`] says what to do next.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line is wrong, or asks for help.
    #[error(transparent)]
    CommandLine(#[from] clap::Error),
    /// The command can't be meant like this.
    #[error("{what}")]
    Usage {
        /// What is wrong.
        what: String,
        /// What would be right.
        advice: String,
    },
    /// go.yaml, the environment or a flag is wrong.
    #[error("{}", lines(.0))]
    Settings(Vec<Fault>),
    /// The plan is wrong.
    #[error("{}", lines(.0))]
    Plan(Vec<Diagnostic>),
    /// The stewards' files are wrong.
    #[error("{}", lines(.0))]
    Stewards(Vec<go_steward::Diagnostic>),
    /// The Bus can't be reached, or refused.
    #[error("{0}")]
    Bus(#[from] BusError),
    /// GO ended against its will.
    #[error("{}", with_causes(.0))]
    Go(GoError),
    /// A file can't be read or written.
    #[error("can't {doing} {}: {source}", path.display())]
    File {
        /// What was tried: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard output is closed, as `head` closes it: no news to anybody.
    #[error("standard output is closed")]
    OutputClosed,
    /// Something failed that has its own words.
    #[error("{what}")]
    Failed {
        /// What failed and why.
        what: String,
        /// What to do next.
        advice: String,
    },
}

impl Failure {
    /// A file that can't be read, written or whatever `doing` names.
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { doing, path, source }
    }

    /// Something else that failed.
    pub(crate) fn failed(what: impl Display, advice: impl Into<String>) -> Self {
        Self::Failed { what: what.to_string(), advice: advice.into() }
    }

    /// An error that ended it, with everything that led to it.
    pub(crate) fn caused_by(error: impl Error, advice: impl Into<String>) -> Self {
        Self::failed(with_causes(&error), advice)
    }

    /// A command that can't be meant like this.
    pub(crate) fn usage(what: impl Display, advice: impl Into<String>) -> Self {
        Self::Usage { what: what.to_string(), advice: advice.into() }
    }

    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::CommandLine(error) if !error.use_stderr() => Exit::Done,
            Self::CommandLine(_) | Self::Usage { .. } | Self::Settings(_) | Self::Plan(_) | Self::Stewards(_) => {
                Exit::Usage
            }
            Self::Bus(error) => of_bus(error),
            Self::Go(error) if error.is_held() => Exit::LeaseHeld,
            Self::Go(_) => Exit::Failed,
            Self::File { .. } | Self::Failed { .. } => Exit::Failed,
            Self::OutputClosed => Exit::Done,
        }
    }

    /// What to do next; empty where the message says it.
    fn advice(&self) -> String {
        match self {
            Self::Usage { advice, .. } | Self::Failed { advice, .. } => advice.clone(),
            Self::Settings(_) => "`go config show` lists every setting; nothing was started".to_owned(),
            Self::Stewards(_) => "docs/stewards.md says what these files are; nothing was started".to_owned(),
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => "check the path".to_owned(),
            Self::File { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "check who owns it and its mode".to_owned()
            }
            Self::File { source, .. }
                if matches!(source.kind(), io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists) =>
            {
                "a file is where a folder should be; move it away, or choose another folder with --data".to_owned()
            }
            Self::Bus(BusError::Unauthorized(_)) => {
                "set XIO_TOKEN, or --data to the Bus's data folder, where operator.token lies".to_owned()
            }
            Self::Bus(error) if of_bus(error) == Exit::Unreachable => {
                "start it with `go up` or `go bus serve`, or say where it is with XIO_BUS_URL or --bus-url".to_owned()
            }
            Self::Go(error) if error.is_held() => "leave out --standby-ok=false to wait as the standby".to_owned(),
            Self::Go(_) => "start it again; what runs is adopted".to_owned(),
            Self::CommandLine(_) | Self::OutputClosed | Self::File { .. } | Self::Plan(_) | Self::Bus(_) => {
                String::new()
            }
        }
    }

    /// What failed and what to do next, in one line.
    pub(crate) fn with_advice(&self) -> String {
        match self.advice() {
            advice if advice.is_empty() => self.to_string(),
            advice => format!("{self}; {advice}"),
        }
    }

    /// Says on standard error what failed, why and what to do next.
    pub(crate) fn report(&self) -> Exit {
        match self {
            Self::OutputClosed => {}
            // Help and version go to standard output; a closed one is no failure.
            Self::CommandLine(error) => error.print().unwrap_or_default(),
            Self::Settings(_) | Self::Plan(_) | Self::Stewards(_) => eprintln!("{self}"),
            _ => eprintln!("go: {self}"),
        }
        let advice = self.advice();
        if !advice.is_empty() {
            eprintln!("    {advice}");
        }
        self.exit()
    }
}

impl From<GoError> for Failure {
    fn from(error: GoError) -> Self {
        match error {
            GoError::Plan(mistakes) => Self::Plan(mistakes),
            GoError::Register(error) => Self::Bus(error),
            GoError::Lease(LeaseError::Bus(error)) => Self::Bus(*error),
            GoError::Bootstrap(failed) => {
                Self::failed(failed, "mend the skill or what it needs, and start again: it is run anew")
            }
            other => Self::Go(other),
        }
    }
}

fn of_bus(error: &BusError) -> Exit {
    match error {
        BusError::Unreachable(_) | BusError::Broken(_) | BusError::TimedOut(_) => Exit::Unreachable,
        BusError::Unauthorized(_) => Exit::Refused,
        BusError::Refused(problem) if problem.kind() == Some(ProblemKind::NotFound) => Exit::Failed,
        BusError::Refused(_) => Exit::Refused,
        BusError::Expired
        | BusError::Abandoned
        | BusError::Garbage { .. }
        | BusError::Unwritable(_)
        | BusError::Unsupported(_) => Exit::Failed,
    }
}

fn lines(faults: &[impl Display]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The error and what caused it, the first last, each once: some errors name their cause themselves.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Told(&'static str, #[source] Option<io::Error>);

    #[test]
    fn an_error_is_told_with_its_causes_and_none_twice() {
        let away = || Some(io::Error::other("the Bus is away"));
        for (what, cause, told) in [
            ("it can't follow", away(), "it can't follow: the Bus is away"),
            ("it can't follow: the Bus is away", away(), "it can't follow: the Bus is away"),
            ("it ended", None, "it ended"),
        ] {
            assert_eq!(Failure::caused_by(Told(what, cause), "").to_string(), told);
        }
    }
}
