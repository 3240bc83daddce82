//! `cargo xtask agents`: the real command lines of coding agents, installed once in pinned versions, and recorded against a
//! scripted model server.

mod install;
mod plans;
mod record;
mod sanitise;
mod session;
mod smoke;

use std::io;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use go_scripted_models::CLIS;

pub(crate) use install::Agents;
pub(crate) use plans::{plans, table};
pub(crate) use session::Kind;
pub(crate) use smoke::smoke;

/// What to do with them.
#[derive(Subcommand)]
pub(crate) enum Work {
    /// Installs what is missing of the pinned versions.
    Install,
    /// Runs some scenes again and compares what the command lines write, by the kinds of lines, with the recordings.
    Check,
    /// Runs whole plans through them, from `go up` to landed work, and says of each expectation whether it holds.
    Plans {
        /// A `go` to run them; without it the release build of this source.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
    /// Runs each scene and writes what the command line wrote to crates/driver/tests/fixtures.
    Record {
        /// The scenes to record, as `claude/success`; all where none is named.
        scenes: Vec<String>,
    },
}

/// Why the agents can't be had or recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgentsError {
    /// A file, a folder or a process is not to be had.
    #[error("{0}: {1}")]
    Io(String, io::Error),
    /// A command line is not there, and can't be installed.
    #[error("{0}")]
    Missing(String),
    /// A scene did not do what it has to.
    #[error("{0}: {1}")]
    Scene(String, String),
}

/// Does it, and says whether it went well.
pub(crate) fn run(root: &Path, work: &Work) -> Result<bool, AgentsError> {
    let agents = Agents::installed().map_err(AgentsError::Missing)?;
    match work {
        Work::Install => {
            CLIS.iter().for_each(|cli| println!("{} {} {}", cli.command, cli.version, agents.program(cli).display()))
        }
        Work::Record { scenes } => record::record(root, &agents, scenes)?,
        Work::Plans { binary } => {
            let release = root.join("target/release/go");
            let rows = plans(&agents, binary.as_deref().unwrap_or(&release))?;
            println!("{}", table(&rows));
            return Ok(rows.iter().all(|row| row.holds));
        }
        Work::Check => {
            let (runs, differing) = smoke(root, &agents)?;
            differing.iter().for_each(|line| println!("{line}"));
            println!("{runs} runs, {} differ from the recordings", differing.len());
            return Ok(differing.is_empty());
        }
    }
    Ok(true)
}
