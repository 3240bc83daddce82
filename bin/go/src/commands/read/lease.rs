//! `go lease`: who is GO, who stands by, and who took over from whom.

use std::fmt;

use go_bus_api::{LeaseView, Standby, Timestamp};
use go_bus_client::BusClient;
use go_orchestrator::Takeover;
use serde::Serialize;

use super::lease_history::{History, read};
use super::now;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, ago, count, length, or_dash, precisely, print, print_json, printable};

/// Prints the lease.
pub(super) async fn run(client: &BusClient, json: bool) -> Result<Exit, Failure> {
    let (lease, history) = tokio::try_join!(client.lease(), read(client))?;
    let report = Report { lease, history };
    if json {
        print_json(&report)?
    } else {
        print(Shown { report: &report, now: now() })?
    }
    Ok(Exit::Done)
}

/// The lease in a line.
pub(super) fn sentence(lease: &LeaseView) -> String {
    let standbys = match lease.standbys.len() {
        0 => "no standby".to_owned(),
        some => count(some, "standby"),
    };
    match &lease.holder {
        Some(holder) => {
            let left = length(lease.remaining_ms.duration());
            let silent = lease.silent_ms.map(|silent| format!("not heard of for {}, ", precisely(silent.duration())));
            let silent = silent.unwrap_or_default();
            format!("{holder} is GO, epoch {}, {silent}{left} left without a renewal, {standbys}", lease.epoch)
        }
        None => format!("nobody is GO, last epoch {}, {standbys}", lease.epoch),
    }
}

/// What `go lease` tells.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    lease: LeaseView,
    #[serde(flatten)]
    history: History,
}

/// The report for people.
struct Shown<'a> {
    report: &'a Report,
    now: Timestamp,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { lease, history } = self.report;
        writeln!(f, "{}", printable(&sentence(lease)))?;
        if !lease.standbys.is_empty() {
            write!(f, "\n{}", standbys(&lease.standbys, self.now))?;
        }
        if !history.takeovers.is_empty() {
            write!(f, "\n{}", takeovers(&history.takeovers, self.now))?;
        }
        if history.earlier_ones_gone {
            writeln!(
                f,
                "\nThe event log does not go back to the first epoch: earlier takeovers are not known any more."
            )?;
        }
        Ok(())
    }
}

fn standbys(standbys: &[Standby], now: Timestamp) -> Table<3> {
    let mut table = Table::new(["STANDBY", "FOR", "LAST SEEN"]);
    for standby in standbys {
        let seen = format!("{} ago", ago(Some(standby.last_seen), now));
        table.row([standby.holder.to_string(), ago(Some(standby.since), now), seen]);
    }
    table
}

fn takeovers(takeovers: &[Takeover], now: Timestamp) -> Table<6> {
    let mut table = Table::new(["TAKEOVER", "EPOCH", "FROM", "TO", "HOW", "TOOK"]);
    for takeover in takeovers.iter().rev() {
        table.row([
            format!("{} ago", ago(Some(takeover.at), now)),
            format!("{} → {}", takeover.from, takeover.to),
            or_dash(takeover.predecessor.as_ref()),
            or_dash(takeover.holder.as_ref()),
            takeover.ending.as_str().to_owned(),
            or_dash(takeover.took_ms.map(|took| precisely(took.duration()))),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Epoch, HolderId, Millis, SessionState};
    use go_orchestrator::Ending;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_millis(seconds * 1000)
    }

    fn holder(name: &str) -> HolderId {
        HolderId::new(name).unwrap()
    }

    fn report(earlier_ones_gone: bool) -> Report {
        let lease = LeaseView {
            holder: Some(holder("c")),
            epoch: Epoch(7),
            remaining_ms: Millis(124_000),
            ttl_ms: Millis(125_000),
            session: SessionState::Open,
            silent_ms: None,
            acquired_at: Some(at(90)),
            handoff: None,
            url: None,
            standbys: vec![Standby { holder: holder("d"), since: at(40), last_seen: at(99) }],
        };
        let takeover = |from: u64, ending, took| Takeover {
            at: at(90),
            from: Epoch(from),
            to: Epoch(from + 1),
            predecessor: (from == 6).then(|| holder("b")),
            holder: Some(holder("c")),
            ending,
            took_ms: took,
        };
        let takeovers =
            vec![takeover(5, Ending::Unknown, None), takeover(6, Ending::SessionBroken, Some(Millis(2_014)))];
        Report { lease, history: History { takeovers, earlier_ones_gone } }
    }

    #[test]
    fn it_shows_leader_standbys_and_takeovers_the_latest_first() {
        let shown = Shown { report: &report(false), now: at(100) }.to_string();
        let expected = "c is GO, epoch 7, 2 min 4 s left without a renewal, 1 standby\n\n\
            STANDBY  FOR    LAST SEEN\n\
            d        1 min  1.0 s ago\n\n\
            TAKEOVER  EPOCH  FROM  TO  HOW             TOOK\n\
            10 s ago  6 → 7  b     c   session broken  2.01 s\n\
            10 s ago  5 → 6  –     c   unknown         –\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_leader_that_fell_silent_is_told() {
        let session = SessionState::Broken;
        let lease = LeaseView { session, silent_ms: Some(Millis(2_500)), ..report(false).lease };
        let expected = "c is GO, epoch 7, not heard of for 2.50 s, 2 min 4 s left without a renewal, 1 standby";
        assert_eq!(sentence(&lease), expected);
    }

    #[test]
    fn a_log_that_was_cut_says_so() {
        let shown = Shown { report: &report(true), now: at(100) }.to_string();
        assert!(shown.ends_with("earlier takeovers are not known any more.\n"), "{shown}");
    }

    #[test]
    fn the_json_has_the_lease_s_own_fields_and_the_takeovers_beside_them() {
        let json = serde_json::to_value(report(false)).unwrap();
        assert_eq!((&json["epoch"], &json["standbys"][0]["holder"]), (&7.into(), &"d".into()));
        let last = &json["takeovers"][1];
        assert_eq!((&last["from"], &last["to"], &last["took_ms"]), (&6.into(), &7.into(), &2_014.into()));
        assert_eq!((&last["ending"], &json["earlier_ones_gone"]), (&"session_broken".into(), &false.into()));
    }
}
