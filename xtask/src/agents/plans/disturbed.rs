//! A plan through the real Claude Code whose fleet is killed in the middle, and whose reviewer sends work back.

use std::fs;
use std::path::Path;

use go_scripted_models::Script;
use serde_json::{Value, json};

use super::super::{Agents, AgentsError};
use super::claude::{bash, own_costs, place, write};
use super::past::{Past, text};
use super::place::{Place, io};
use super::rows::{Row, Rows};

/// One that works while everything else of the fleet is killed, and one that is sent back by its first reviewer.
const TICKETS: &str = r#"      - {id: LONG, title: Outlive the fleet, kind: chore, description: "SCRIPT: long", verify: [grep -q long long.txt]}
      - id: TWICE
        title: Write two lines
        kind: feature
        description: "SCRIPT: twice"
        verify: [test -s twice.txt]
        review: "test -s twice.txt # SCRIPT: review-twice"
"#;

/// What each model plays; whoever waits for `go-on` looks for that file of the place.
fn scripts(place: &Place) -> Vec<Script> {
    let waits = |name: &str, then: &str| {
        let path = place.path().display();
        let command = format!("touch {path}/{name}; until [ -e {path}/go-on ]; do sleep 0.1; done; {then}");
        bash(Script::new(name), &command).say("Done.")
    };
    vec![
        waits("long", "echo long > long.txt"),
        write(Script::new("twice"), "twice.txt"),
        waits("twice-again", "echo second >> twice.txt"),
        review("request_changes", "It lacks a second line. (SCRIPT: twice-again)"),
    ]
}

fn review(verdict: &str, notes: &str) -> Script {
    let verdict = json!({"id": "TWICE", "verdict": verdict, "notes": notes});
    bash(Script::new("review-twice"), "cat twice.txt").call("mcp__bus__bus_review_task", verdict).say("Judged.")
}

/// Runs it.
pub(super) fn fleet_and_review(agents: &Agents, go: &Path) -> Result<Vec<Row>, AgentsError> {
    let place = place(agents, go, &["one"], TICKETS)?;
    place.server.add(scripts(&place));
    let mut fleet = place.up()?;
    // Both are at work in attempts that end only once they are told.
    let at_work = || ["long", "twice-again"].iter().all(|name| place.path().join(name).exists());
    let reached = fleet.until(|| at_work().then_some(())).is_some();
    // SIGKILL: nobody is asked.
    drop(fleet);
    let kept = place.processes_now("shim").len();
    let fleet = place.up()?;
    place.server.add([review("approve", "Both lines are there.")]);
    fs::write(place.path().join("go-on"), "").map_err(io("go-on"))?;
    let (status, said) = fleet.end()?;
    let past = Past::of(&place, (status.success(), said))?;
    let mut rows = Rows::of("claude, disturbed");
    rows.add("go up is killed while two agents work; they work on", reached && kept >= 2, format!("{kept} keepers"));
    past.usual(&mut rows, &["LONG", "TWICE"]);
    rows.same("who was at work is adopted, not begun again", &past.attempts("LONG"), &1);
    past.counts(&mut rows, "work that a reviewer sends back is no failure", "TWICE", 0, 1);
    past.resumes(&mut rows, "its builder goes on in its conversation", "TWICE");
    past.review(&mut rows, "TWICE");
    rows.same(
        "with what the reviewer wanted",
        &place.git("upstream.git", &["show", "main:twice.txt"])?,
        &vec!["twice.txt".to_owned(), "second".to_owned()],
    );
    let verdicts: Vec<&str> =
        past.events.iter().filter(|event| is_verdict(event)).map(|event| text(event, "/kind")).collect();
    rows.same("two verdicts are on record", &verdicts.len(), &2);
    past.costs(&mut rows, own_costs);
    Ok(rows.all)
}

/// Whether an event tells of what became of a review.
fn is_verdict(event: &Value) -> bool {
    let of_it = text(event, "/data/review_of") == "TWICE";
    of_it && text(event, "/kind") == "task.completed"
}
