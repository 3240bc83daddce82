//! A plan through the real Codex on two accounts: reviewed work, a limit that moves it, a kill, and the Bus's tools.

use std::path::Path;

use go_bus_api::Usd;
use go_scripted_models::{CODEX, Fault, ModelServer, Script, codex_environment, in_seconds};
use serde_json::{Value, json};

use super::super::{Agents, AgentsError};
use super::past::{Past, text};
use super::place::{Place, io};
use super::rows::{Row, Rows};

/// Tickets: reviewed; built on that; into a limit; killed.
const TICKETS: &str = r#"      - id: PAGE
        title: Write the page
        kind: feature
        description: "SCRIPT: page"
        verify: [grep -q page page.txt]
        review: "test -s page.txt # SCRIPT: review-page"
      - {id: NEXT, title: Build on the page, kind: chore, depends_on: [PAGE], description: "SCRIPT: next", verify: [grep -q page next.txt && test -s page.txt]}
      - {id: MOVES, title: Into a limit, kind: chore, description: "SCRIPT: moves", verify: [test -s moves.txt]}
      - {id: CRASH, title: Killed at work, kind: chore, description: "SCRIPT: crash", verify: [grep -q half crash.txt && grep -q rest crash.txt]}
"#;
const IDS: [&str; 4] = ["PAGE", "NEXT", "MOVES", "CRASH"];
const MODEL: &str = "gpt-5.5";
const ACCOUNTS: [&str; 2] = ["one", "two"];

/// USD per million tokens: read, read from the cache, written.
const PRICES: [f64; 3] = [1.25, 0.125, 10.0];

fn patch(script: Script, file: &str) -> Script {
    let patch = format!("*** Begin Patch\n*** Add File: {file}\n+{file}\n*** End Patch\n");
    script.call("apply_patch", patch.into()).say("Done.")
}

fn shell(script: Script, command: &str) -> Script {
    script.call("exec_command", json!({"cmd": command}))
}

fn scripts() -> Vec<Script> {
    let progress = json!({"id": "PAGE", "attempt": 1, "note": "The page is half written.", "percent": 50});
    let verdict = json!({"id": "PAGE", "verdict": "approve", "notes": "The page is there."});
    let review = shell(Script::new("review-page"), "git log --oneline -3 && cat page.txt");
    let used_up = json!({"plan_type": "plus", "resets_at": in_seconds(3600)});
    let used_up = Fault::openai(429, "usage_limit_reached", "The usage limit has been reached", &used_up);
    let crash =
        "if [ -e crash.txt ]; then echo rest >> crash.txt; else echo half > crash.txt; kill -9 $PPID; sleep 60; fi";
    vec![
        patch(Script::new("page").call("mcp__bus/bus_report_progress", progress), "page.txt"),
        review.call("mcp__bus/bus_review_task", verdict).say("Approved."),
        shell(Script::new("next"), "cat page.txt > next.txt").say("Done."),
        patch(Script::new("moves").fails(1, used_up), "moves.txt"),
        shell(Script::new("crash"), crash).say("Done."),
    ]
}

/// The accounts' own folders, with settings that name the server as provider; and the settings of GO.
fn place(agents: &Agents, go: &Path) -> Result<Place, AgentsError> {
    let server = ModelServer::start(scripts()).map_err(io("a model server"))?;
    let place = Place::new(go, server)?;
    let mut accounts = Vec::new();
    for name in ACCOUNTS {
        let folder = place.path().join(name);
        codex_environment(&folder, &place.server).map_err(io("settings"))?;
        accounts.push(format!("{{name: {name}, provider: openai, config_dir: {}}}", folder.join(".codex").display()));
    }
    let mut environment = codex_environment(&place.home(), &place.server).map_err(io("an environment"))?;
    environment.retain(|(name, _)| name != "CODEX_HOME");
    let place = place.with_environment(environment);
    let [input, cached, output] = PRICES;
    let settings = format!(
        "accounts: [{}]\ndrivers:\n  codex:\n    program: {}\n    model: {MODEL}\n    sandbox: danger-full-access\n    \
         prices: {{{MODEL}: {{input: {input}, cached: {cached}, output: {output}}}}}\n",
        accounts.join(", "),
        agents.program(&CODEX).display(),
    );
    place.write(&settings, "codex", TICKETS)?;
    Ok(place)
}

/// Runs it.
pub(super) fn two_accounts(agents: &Agents, go: &Path) -> Result<Vec<Row>, AgentsError> {
    let place = place(agents, go)?;
    let (status, said) = place.up()?.end()?;
    let past = Past::of(&place, (status.success(), said))?;
    let mut rows = Rows::of("codex, two accounts");
    past.usual(&mut rows, &IDS);
    past.review(&mut rows, "PAGE");
    rows.same(
        "bus_report_progress is on record in the builder's name",
        &past.by_its_agent("PAGE", "task.progressed"),
        &1,
    );
    past.moved(&mut rows, "MOVES");
    past.rested(&mut rows);
    past.counts(&mut rows, "a killed agent's attempt failed; the next one finished what lay there", "CRASH", 1, 0);
    past.resumes(&mut rows, "and went on in its conversation", "CRASH");
    past.costs(&mut rows, own_costs);
    Ok(rows.all)
}

/// The conversation of a log of Codex, and what its tokens so far cost by the prices that were set.
fn own_costs(log: &str) -> Option<(String, Usd)> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).collect::<Vec<_>>();
    let of_kind = |kind: &'static str| lines.iter().filter(move |line| text(line, "/type") == kind);
    let thread = of_kind("thread.started").next().map(|line| text(line, "/thread_id").to_owned())?;
    let usage = of_kind("turn.completed").next_back()?.get("usage")?;
    let tokens = |name: &str| usage.get(name).and_then(Value::as_f64).unwrap_or_default();
    let [input, cached, output] = PRICES;
    let read = tokens("input_tokens") - tokens("cached_input_tokens");
    let sum = read * input + tokens("cached_input_tokens") * cached + tokens("output_tokens") * output;
    Some((thread, format!("{:.9}", sum / 1e6).parse().ok()?))
}
