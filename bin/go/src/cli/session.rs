//! The commands that keep GO at work: the managed session and the watchdog.

use clap::{Args, Subcommand};

use super::Json;

/// `go tmux`.
#[derive(Debug, Subcommand)]
pub(crate) enum TmuxCommand {
    /// Start GO in the session, and wait until it leads
    #[command(visible_alias = "go")]
    Start {
        /// Words for `go up` (or `go run`, where the Bus is elsewhere), such as --plan PLAN
        #[arg(last = true, value_name = "ARGS")]
        more: Vec<String>,
    },
    /// Look at it, and type into it
    Attach,
    /// End GO in good order, and the session with it
    Stop,
    /// Say whether GO runs, since when, and who leads
    Status(Json),
}

/// `go watchdog`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Watchdog {
    /// Look once and end, as suits cron and systemd timers
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) json: Json,
}
