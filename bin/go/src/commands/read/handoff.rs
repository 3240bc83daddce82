//! `go handoff`: what the leader has left for the next one.

use std::fmt;

use go_bus_api::{Handoff, Timestamp};
use go_bus_client::BusClient;
use go_orchestrator::{HandoffDocument, SprintWindow};

use super::now;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, ago, clock, count, length, print, print_json, printable};
use crate::settings::Settings;

/// Prints the last handoff.
pub(super) async fn run(client: &BusClient, settings: &Settings, json: bool) -> Result<Exit, Failure> {
    let Some(handoff) = client.handoff().await? else {
        let copy = settings.data.join("handoff.json");
        let remedy =
            format!("GO writes one soon after it begins to lead; an earlier one may lie in {}", copy.display());
        return Err(Failure::failed("there is no handoff yet", remedy));
    };
    if json {
        print_json(&handoff)?
    } else {
        print(Shown { handoff: &handoff, now: now() })?
    }
    Ok(Exit::Done)
}

/// A handoff for people.
struct Shown<'a> {
    handoff: &'a Handoff,
    now: Timestamp,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Handoff { epoch, written_at, document } = self.handoff;
        write!(f, "epoch {epoch}, written {} ago", ago(Some(*written_at), self.now))?;
        match HandoffDocument::read(self.handoff) {
            Some(document) => self.known(f, &document),
            // Of another version, or by another GO.
            None => writeln!(f, "\n{document:#}"),
        }
    }
}

impl Shown<'_> {
    fn known(&self, f: &mut fmt::Formatter<'_>, document: &HandoffDocument) -> fmt::Result {
        writeln!(f, " after event {}, {} under way", document.cursor, count(document.running.len(), "task"))?;
        if let Some(SprintWindow { id, ends_at, left }) = &document.sprint {
            let ends = length(ends_at.since(self.now));
            writeln!(f, "sprint {id}: {} left, {ends} to go", count(left.len(), "ticket"))?;
        }
        if !document.running.is_empty() {
            let mut table = Table::new(["RUNNING", "ATTEMPT", "AGENTS", "WHY"]);
            for work in &document.running {
                let agents: Vec<_> = work.agents.iter().map(ToString::to_string).collect();
                table.row([work.task.to_string(), work.attempt.to_string(), agents.join(" "), work.why.join("; ")]);
            }
            write!(f, "\n{table}")?;
        }
        if !document.decided.is_empty() {
            writeln!(f, "\nDECIDED LATELY (UTC)")?;
        }
        document
            .decided
            .iter()
            .try_for_each(|decision| writeln!(f, "{}  {}", clock(decision.at), printable(decision.what.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::Epoch;
    use serde_json::{Value, json};

    use super::*;

    const AT: &str = "2026-03-21T08:15:30.000Z";

    fn shown(document: Value) -> String {
        let written_at: Timestamp = AT.parse().unwrap();
        let handoff = Handoff { epoch: Epoch(3), written_at, document };
        Shown { handoff: &handoff, now: "2026-03-21T08:15:35.000Z".parse().unwrap() }.to_string()
    }

    #[test]
    fn what_runs_why_the_sprint_and_what_was_decided_are_told() {
        let document = json!({
            "version": 2, "epoch": 3, "written_at": AT, "cursor": 40,
            "sprint": {"id": "S-1", "ends_at": "2026-03-21T09:15:35.000Z", "left": ["T-1", "T-2"]},
            "running": [{"task": "T-1", "attempt": 1, "assignee": "a-po", "agents": ["a-1"], "why": ["attempt 1 is with a-po"]}],
            "decided": [{"at": AT, "what": "assign T-1 to a-po"}],
        });
        let expected = "epoch 3, written 5.0 s ago after event 40, 1 task under way\n\
            sprint S-1: 2 tickets left, 1 h to go\n\n\
            RUNNING  ATTEMPT  AGENTS  WHY\n\
            T-1      1        a-1     attempt 1 is with a-po\n\n\
            DECIDED LATELY (UTC)\n\
            08:15:30  assign T-1 to a-po\n";
        assert_eq!(shown(document), expected);
    }

    #[test]
    fn a_document_of_another_version_is_shown_as_it_is() {
        let text = shown(json!({"version": 9, "note": "later"}));
        assert!(text.starts_with("epoch 3, written 5.0 s ago\n{") && text.contains("\"note\": \"later\""), "{text}");
    }
}
