//! What tmux tells of a session's pane.

use go_bus_api::Timestamp;

use crate::{ProcessId, platform};

/// The pane's option that says whose it is.
pub(super) const OWNER: &str = "@go-owner";

/// What is asked of each pane. The owner comes last, as it may hold anything.
pub(super) const FIELDS: &str = "#{session_created}|#{pane_pid}|#{pane_dead}|#{pane_dead_status}|#{@go-owner}";

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

/// The marked pane, else the first.
pub(super) fn read(lines: &str) -> Option<Pane> {
    let panes: Vec<Pane> = lines.lines().filter_map(line).collect();
    panes.iter().find(|pane| pane.owner.is_some()).or(panes.first()).cloned()
}

fn line(text: &str) -> Option<Pane> {
    let mut fields = text.splitn(5, '|');
    let seconds: i64 = fields.next()?.parse().ok()?;
    let pid: u32 = fields.next()?.parse().ok()?;
    let (dead, status) = (fields.next()?, fields.next()?);
    let owner = fields.next().filter(|owner| !owner.is_empty()).map(str::to_owned);
    let state = match platform::identify(pid) {
        Some(process) if dead != "1" => PaneState::Runs(process),
        // tmux has not seen the end yet, and can't say how it was.
        _ => PaneState::Ended(status.parse().ok()),
    };
    Some(Pane { created: Timestamp::from_unix_millis(seconds.saturating_mul(1000)), owner, state })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_pane_is_the_one_whatever_others_there_are() {
        let me = std::process::id();
        let text = format!("1795408894|{me}|0||\n1795408894|{me}|0||/a|b c\n");
        let pane = read(&text).unwrap();
        assert_eq!(pane.owner.as_deref(), Some("/a|b c"));
        assert_eq!(pane.state, PaneState::Runs(crate::myself()));
        assert_eq!(pane.created.unix_millis(), 1_795_408_894_000);
    }

    #[test]
    fn an_end_has_its_code_or_was_a_signal_s() {
        assert_eq!(read("1|4|1|3|x").unwrap().state, PaneState::Ended(Some(3)));
        assert_eq!(read("1|4|1||x").unwrap().state, PaneState::Ended(None));
        assert_eq!(read("1|4194305|0||").unwrap().state, PaneState::Ended(None));
        assert!(read("").is_none() && read("x|1").is_none());
    }
}
