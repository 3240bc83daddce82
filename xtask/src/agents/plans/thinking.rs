//! A plan whose PO is the real Claude Code: woken by an assignment and by its builder's end, it acts by the Bus's tools alone.

use std::path::Path;

use go_scripted_models::Script;
use serde_json::json;

use super::super::{Agents, AgentsError};
use super::claude;
use super::past::Past;
use super::place::io;
use super::rows::{Row, Rows};

const TICKET: &str = "      - {id: MADE, title: Made by a plain command, kind: chore, run: echo made > made.txt, verify: [grep -q made made.txt]}\n";

/// The prompt of the builder: a plain command does not read it.
const PROMPT: &str = "# You build MADE\n\n## Verification\n\nYour keeper runs the ticket's own.\n";

/// What the model does: a turn for the assignment, and one for its builder's end.
fn script() -> Script {
    let spawn = json!({"role": "worker", "host": "h1", "project": "site", "driver": "shell", "task": "MADE", "attempt": 1, "prompt": PROMPT});
    let complete = json!({"id": "MADE", "attempt": 1, "summary": "It is made and verified."});
    let spawned = Script::new("po").call("mcp__bus__bus_spawn_agent", spawn).say("Its builder is at work.");
    spawned.call("mcp__bus__bus_complete_task", complete).say("It is done.")
}

/// The plan, and what came of it.
pub(super) fn po(agents: &Agents, go: &Path) -> Result<Vec<Row>, AgentsError> {
    let place = claude::as_a_po(agents, go, script(), TICKET)?;
    place.rule("RULE_script.md", "---\nroles: [po]\n---\n# Script\nSCRIPT: po\n").map_err(io("a rule"))?;
    let (status, said) = place.up()?.end()?;
    let past = Past::of(&place, (status.success(), said))?;
    let mut rows = Rows::of("claude as the PO");
    past.ended(&mut rows, &["MADE"]);
    past.by_its_po(&mut rows, "MADE");
    past.costs(&mut rows, claude::own_costs);
    Ok(rows.all)
}
