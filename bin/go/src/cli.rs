//! The command line: names and flags, nothing else.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args, Parser, Subcommand};
use clap_complete::Shell;
use go_bus_api::{AgentId, HostId, QuestionId};
use go_runtime::ProcessId;

use crate::compiler;
use crate::failure::Failure;
use crate::logging::LogFormat;
use crate::names::Called;

mod fleet;
mod planning;
mod prompting;
mod reading;
mod repo;
mod session;

pub(crate) use fleet::{BusCommand, Mac, ReferenceRole, Serve, Target, Up};
pub(crate) use planning::{NewTicket, PlanCommand, TaskCommand};
pub(crate) use prompting::{PromptCommand, PromptRole, Shown};
pub(crate) use reading::{AgentFilter, AlertsCommand, AuditCommand, AuditFilter, Json, ReadCommand, Since, TaskFilter};
pub(crate) use reading::{AgentsCommand, LogView};
pub(crate) use repo::{DeliverAs, Land, RepoCommand};
pub(crate) use session::{TmuxCommand, Watchdog};

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
    /// Set any key of go.yaml, such as lease.heartbeat=5s; may be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<KeyValue>,
    /// What log lines look like
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) log_format: LogFormat,
}

/// A setting on the command line.
#[derive(Debug, Clone)]
pub(crate) struct KeyValue {
    /// The dotted key.
    pub(crate) key: String,
    /// The value as go.yaml would have it.
    pub(crate) value: String,
}

impl FromStr for KeyValue {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, such as lease.heartbeat=5s")?;
        Ok(Self { key: key.trim().to_owned(), value: value.to_owned() })
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented go.yaml and a sample plan.yaml; never overwrites
    Init {
        /// Where to; the current folder unless given
        dir: Option<PathBuf>,
    },
    /// Run everything on this machine: the Bus, the launcher and GO
    Up(Up),
    /// GO as the settings have it: with its own Bus (`up`), or with the one that runs elsewhere (`run`)
    #[command(hide = true)]
    Go(Up),
    /// GO in a tmux session of its own
    #[command(subcommand)]
    Tmux(TmuxCommand),
    /// See to it that GO is at work: look at it every two minutes, and restart it where it is dead
    Watchdog(Watchdog),
    /// End the fleet that runs on the data folder
    Down,
    /// GO alone, against a running Bus; a second one is the warm standby
    Run {
        /// Wait where another one leads; with false that is exit code 5
        #[arg(long, default_value_t = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
        standby_ok: bool,
        /// The plan [default: plan.yaml]
        #[arg(long, value_name = "PLAN")]
        plan: Option<PathBuf>,
    },
    /// Start and stop agents on this host as the Bus asks
    Launcher {
        /// The host's id, as the plan has it
        #[arg(long, value_name = "ID")]
        host: HostId,
    },
    /// A reference agent; the launcher starts HO, PO and IO, and a person M0 and C0
    #[command(hide = true)]
    Agent {
        /// Which
        #[arg(value_enum)]
        role: ReferenceRole,
        #[command(flatten)]
        mac: Mac,
    },
    /// Let nothing new start, in a project, on a host, or everywhere
    Pause(Target),
    /// Let things start again
    Resume(Target),
    /// Finish what runs, take nothing new
    Drain(Target),
    /// The Bus alone
    #[command(subcommand)]
    Bus(BusCommand),
    /// An agent's keeper; the launcher starts it
    #[command(hide = true)]
    Shim {
        /// The agent's folder, as the launcher prepared it
        #[arg(long, value_name = "DIR")]
        folder: PathBuf,
    },
    /// The window of an agent; the launcher opens it in tmux
    #[command(hide = true)]
    Window {
        /// The agent's folder
        #[arg(long, value_name = "DIR")]
        folder: PathBuf,
        /// The process that keeps it
        #[arg(long, value_name = "PROCESS")]
        keeper: ProcessId,
    },
    /// Puts a program on the terminal that is its standard input; a shim does
    #[command(hide = true)]
    OnTerminal {
        /// The program and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        words: Vec<OsString>,
    },
    /// Git for shims and landing workers
    #[command(subcommand, hide = true)]
    Repo(RepoCommand),
    /// The Bus's tools for an agent's program, over standard input and output; its launcher configures it
    #[command(hide = true)]
    Mcp,
    /// Look at a plan without touching anything
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Look at prompts
    #[command(subcommand)]
    Prompt(PromptCommand),
    #[command(flatten)]
    Read(ReadCommand),
    /// From a landed line to its ticket, who built and reviewed it, and what it cost
    Why {
        /// The line, counted from 1, of a file in a checkout
        #[arg(value_name = "FILE:LINE")]
        place: String,
        #[command(flatten)]
        json: Json,
    },
    /// Act on a task as the operator
    #[command(subcommand)]
    Task(TaskCommand),
    /// Print what an agent of this machine wrote, also after its end; an agent's stream in words for people
    Logs {
        /// The agent
        id: AgentId,
        #[command(flatten)]
        view: LogView,
    },
    /// Write to an agent as the operator
    Message {
        /// The agent
        to: AgentId,
        /// What to say; the first line is the subject
        text: String,
    },
    /// Answer an agent's question as the operator
    Answer {
        /// The question
        id: QuestionId,
        /// The answer; one of the question's options, where it has some
        text: String,
        #[command(flatten)]
        json: Json,
    },
    /// Check the settings, or show each with where it came from
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the man pages
    Man {
        /// Where to
        dir: PathBuf,
    },
}

/// `go config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say everything that is wrong with the settings
    Check,
    /// Show each setting in effect and where it came from
    Show(Json),
}

/// The command that `arguments` name; the compiler's verbs, help and mistakes are failures with words of their own.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Cli, Failure> {
    let arguments: Vec<OsString> = arguments.collect();
    let called = Called::by(&arguments);
    if let Some(verb) = compiler::verb(&arguments).filter(|_| called == Called::Go) {
        return Err(compiler::answer(verb));
    }
    Ok(Cli::try_parse_from(called.spelled_out(arguments))?)
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
