//! What tmux tells of a session's pane.

use go_bus_api::Timestamp;

use crate::{ProcessId, others};

/// The pane's option that says whose it is.
pub(super) const OWNER: &str = "@go-owner";

/// What is asked of each pane. The owner comes last, as it may hold anything.
pub(super) const FIELDS: &str =
    "#{session_created}|#{pane_pid}|#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}|#{@go-owner}";

/// A session's pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pane {
    /// When the session was made, to the second.
    pub created: Timestamp,
    /// Whose it is, as [`super::Tmux::start`] marked it; `None` where somebody else made it.
    pub owner: Option<String>,
    /// What its process is at.
    pub state: PaneState,
}

/// What the process of a pane is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaneState {
    /// It runs.
    Runs(ProcessId),
    /// It has ended, with this code, or by a signal.
    Ended(Option<i32>),
}

/// What a look at the panes gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    /// The marked pane, else the first.
    pub(super) pane: Pane,
    /// Whether tmux knows how its process is. It learns of an end by two ways, and for a moment has only one of them.
    pub(super) is_settled: bool,
}

/// Reads tmux's answer.
pub(super) fn read(lines: &str) -> Option<Look> {
    let looks: Vec<Look> = lines.lines().filter_map(line).collect();
    looks.iter().find(|look| look.pane.owner.is_some()).or(looks.first()).cloned()
}

fn line(text: &str) -> Option<Look> {
    let mut fields = text.splitn(6, '|');
    let seconds: i64 = fields.next()?.parse().ok()?;
    let pid: u32 = fields.next()?.parse().ok()?;
    let (is_dead, status, signal) = (fields.next()? == "1", fields.next()?, fields.next()?);
    let owner = fields.next().filter(|owner| !owner.is_empty()).map(str::to_owned);
    let state = match others::find(pid) {
        Some(process) if !is_dead => PaneState::Runs(process),
        _ => PaneState::Ended(status.parse().ok()),
    };
    let is_told = is_dead && !(status.is_empty() && signal.is_empty());
    let is_settled = is_told || matches!(state, PaneState::Runs(_));
    let created = Timestamp::from_unix_millis(seconds.saturating_mul(1000));
    Some(Look { pane: Pane { created, owner, state }, is_settled })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_pane_is_the_one_whatever_others_there_are() {
        let me = std::process::id();
        let text = format!("1795408894|{me}|0|||\n1795408894|{me}|0|||/a|b c\n");
        let Look { pane, is_settled } = read(&text).unwrap();
        assert_eq!(pane.owner.as_deref(), Some("/a|b c"));
        assert_eq!((pane.state, is_settled), (PaneState::Runs(crate::myself()), true));
        assert_eq!(pane.created.unix_millis(), 1_795_408_894_000);
    }

    #[test]
    fn an_end_has_its_code_or_was_a_signal_s_once_tmux_knows_it() {
        let ends = |text: &str| read(text).map(|look| (look.pane.state, look.is_settled)).unwrap();
        assert_eq!(ends("1|4194305|1|3||x"), (PaneState::Ended(Some(3)), true));
        assert_eq!(ends("1|4194305|1||9|x"), (PaneState::Ended(None), true));
        assert_eq!(ends("1|4194305|1|||x"), (PaneState::Ended(None), false));
        assert_eq!(ends("1|4194305|0|||x"), (PaneState::Ended(None), false));
        assert!(read("").is_none() && read("x|1").is_none());
    }
}
