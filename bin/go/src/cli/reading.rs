//! The reading commands and their filters.

use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand};
use go_bus_api::{AgentId, AlertId, TaskId, Timestamp};

use crate::settings::Period;

/// How a reading command answers.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Json {
    /// Answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The commands that read the Bus.
#[derive(Debug, Subcommand)]
pub(crate) enum ReadCommand {
    /// The fleet at a glance: who is GO, projects, hosts, what runs, what waits and why
    Status {
        /// Why this task is where it is
        #[arg(long, value_name = "TASK")]
        why: Option<TaskId>,
        #[command(flatten)]
        json: Json,
    },
    /// List agents
    #[command(args_conflicts_with_subcommands = true)]
    Agents {
        /// Look at one
        #[command(subcommand)]
        command: Option<AgentsCommand>,
        #[command(flatten)]
        filter: AgentFilter,
        /// Those that have ended, too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        json: Json,
    },
    /// List tasks
    Tasks {
        #[command(flatten)]
        filter: TaskFilter,
        #[command(flatten)]
        json: Json,
    },
    /// Print the event log; JSON Lines with --json
    Events {
        /// Go on with new ones until Ctrl-C
        #[arg(short, long)]
        follow: bool,
        /// Only those after this one
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: u64,
        #[command(flatten)]
        json: Json,
    },
    /// The projects at a glance
    Digest {
        #[command(flatten)]
        json: Json,
    },
    /// What somebody has to take note of
    #[command(args_conflicts_with_subcommands = true)]
    Alerts {
        /// Take note of one
        #[command(subcommand)]
        command: Option<AlertsCommand>,
        /// Only this level: L1 to L5
        #[arg(long)]
        level: Option<String>,
        /// Those that somebody took note of, too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        json: Json,
    },
    /// What was spent, by agent and by project
    Costs {
        /// Only from then on: a time such as 2026-03-21T08:00:00Z, or a length of time such as 24h
        #[arg(long, value_name = "WHEN")]
        since: Option<Since>,
        #[command(flatten)]
        json: Json,
    },
    /// The sprints, oldest first
    Sprints {
        #[command(flatten)]
        json: Json,
    },
    /// What was done and by whom, oldest first
    #[command(args_conflicts_with_subcommands = true)]
    Audit {
        /// Check the log itself
        #[command(subcommand)]
        command: Option<AuditCommand>,
        #[command(flatten)]
        filter: AuditFilter,
        #[command(flatten)]
        json: Json,
    },
    /// Who is GO
    Lease {
        #[command(flatten)]
        json: Json,
    },
    /// What the last GO left for the next one
    Handoff {
        #[command(flatten)]
        json: Json,
    },
}

/// `go agents`.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// Go to the window of an agent of this machine, and type to it (agents.runtime: tmux); Ctrl-B d leaves it
    Attach {
        /// The agent
        id: AgentId,
    },
}

/// How a log is shown.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct LogView {
    /// Go on with what it writes, to its end
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// Byte for byte, as it was written
    #[arg(long)]
    pub(crate) raw: bool,
}

/// `go alerts`.
#[derive(Debug, Subcommand)]
pub(crate) enum AlertsCommand {
    /// Take note of an alert
    Ack {
        /// The alert
        id: AlertId,
        #[command(flatten)]
        json: Json,
    },
}

/// `go audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no entry was changed or removed; 1 where one was
    Verify {
        #[command(flatten)]
        json: Json,
    },
}

/// Which audit entries.
#[derive(Debug, Clone, Args)]
pub(crate) struct AuditFilter {
    /// Only what this one did: an agent's id, operator or bus
    #[arg(long)]
    pub(crate) actor: Option<String>,
    /// Only this action
    #[arg(long)]
    pub(crate) action: Option<String>,
    /// Only from then on: a time such as 2026-03-21T08:00:00Z, or a length of time such as 24h
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<Since>,
}

/// From when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// From this instant on.
    Instant(Timestamp),
    /// As long ago as this.
    Ago(Duration),
}

impl Since {
    /// The instant it stands for.
    pub(crate) fn instant(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Instant(instant) => instant,
            Self::Ago(length) => {
                let millis = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_unix_millis(now.unix_millis().saturating_sub(millis))
            }
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(length) = text.parse::<Period>() {
            return Ok(Self::Ago(length.duration()));
        }
        text.parse().map(Self::Instant).map_err(|_| {
            format!("{text:?} is neither a time such as 2026-03-21T08:00:00Z nor a length of time such as 24h")
        })
    }
}

/// Which agents.
#[derive(Debug, Clone, Args)]
pub(crate) struct AgentFilter {
    /// Only this role
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// Only this state
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Only on this host
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Only for this project
    #[arg(long)]
    pub(crate) project: Option<String>,
}

/// Which tasks.
#[derive(Debug, Clone, Args)]
pub(crate) struct TaskFilter {
    /// Only of this project
    #[arg(long)]
    pub(crate) project: Option<String>,
    /// Only in this state
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Only of this kind
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Only this agent's
    #[arg(long)]
    pub(crate) assignee: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_time_or_a_length_of_time() {
        let now = Timestamp::from_unix_millis(1_700_000_000_000);
        let instant = |text: &str| text.parse::<Since>().map(|since| since.instant(now).unix_millis());
        assert_eq!(instant("90s"), Ok(1_699_999_910_000));
        assert_eq!(instant("2023-11-14T22:13:20Z"), Ok(1_700_000_000_000));
        for nonsense in ["", "yesterday", "24", "-1h"] {
            assert!(instant(nonsense).is_err(), "{nonsense}");
        }
    }
}
