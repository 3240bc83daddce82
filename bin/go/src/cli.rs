//! The command line: names and flags, nothing else.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::compiler;
use crate::failure::Failure;
use crate::logging::LogFormat;

/// GO, the Global Orchestrator: runs the plans of many projects with a fleet of agents, each ticket to its end, once.
#[derive(Debug, Parser)]
#[command(name = "go", version, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Settings file; go.yaml here where it is not given
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder [default: .go]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where the Bus is [default: http://localhost:8088]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) bus_url: Option<String>,
    /// What log lines look like
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) log_format: LogFormat,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented go.yaml and a sample plan.yaml; never overwrites
    Init {
        /// Where to; the current folder unless given
        dir: Option<PathBuf>,
    },
    /// Check the settings, or show each with where it came from
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// `go config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say everything that is wrong with the settings
    Check,
    /// Show each setting in effect and where it came from
    Show(Json),
}

/// How a reading command answers.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Json {
    /// Answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The command that `arguments` name; the compiler's verbs, help and mistakes are failures with words of their own.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Cli, Failure> {
    let arguments: Vec<OsString> = arguments.collect();
    if let Some(verb) = compiler::verb(&arguments) {
        return Err(compiler::answer(verb));
    }
    Ok(Cli::try_parse_from(arguments)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
