//! Plans through the real Claude Code: one with most of what can happen on one account, one that moves to a second account.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use go_bus_api::Usd;
use go_scripted_models::{CLAUDE, Fault, ModelServer, Script, claude_environment, in_seconds};
use serde_json::{Value, json};

use super::super::{Agents, AgentsError};
use super::past::{Past, text};
use super::place::{Place, io};
use super::rows::{Row, Rows};

/// Tickets: reviewed; built on that; into a limit; killed; a question; a connection that is reset.
const TICKETS: &str = r#"      - id: PAGE
        title: Write the page
        kind: feature
        description: "SCRIPT: page"
        verify: [grep -q page page.txt]
        review: "test -s page.txt # SCRIPT: review-page"
      - {id: NEXT, title: Build on the page, kind: chore, depends_on: [PAGE], description: "SCRIPT: next", verify: [grep -q page next.txt && test -s page.txt]}
      - {id: LIMIT, title: Into a limit, kind: chore, description: "SCRIPT: limit", verify: [test -s limit.txt]}
      - {id: CRASH, title: Killed at work, kind: chore, description: "SCRIPT: crash", verify: [grep -q half crash.txt && grep -q rest crash.txt]}
      - {id: ASK, title: Ask first, kind: chore, description: "SCRIPT: ask", verify: [grep -q blue colour.txt]}
      - {id: RESET, title: A bad line, kind: chore, description: "SCRIPT: reset", verify: [test -s reset.txt]}
"#;
const IDS: [&str; 6] = ["PAGE", "NEXT", "LIMIT", "CRASH", "ASK", "RESET"];

/// How the tokens of the accounts begin, as those of subscriptions do.
const TOKEN: &str = "sk-ant-oat01-";
/// What the person tells every agent of theirs.
const LIKES: &str = "The person likes short pages.";

/// What a person answers; it names what the model plays from then on.
const ANSWER: &str = "blue (SCRIPT: answered)";

pub(super) fn bash(script: Script, command: &str) -> Script {
    script.call("Bash", json!({"command": command, "description": "runs it"}))
}

pub(super) fn write(script: Script, file: &str) -> Script {
    script.call("Write", json!({"file_path": format!("${{cwd}}/{file}"), "content": format!("{file}\n")})).say("Done.")
}

/// The window is used up, and opens again so many seconds later.
fn used_up(seconds: u64) -> Fault {
    Fault::anthropic(429, "rate_limit_error", "This request would exceed your account's rate limit.")
        .header("anthropic-ratelimit-unified-status", "rejected")
        .header("anthropic-ratelimit-unified-reset", &in_seconds(seconds))
        .header("anthropic-ratelimit-unified-representative-claim", "five_hour")
        .header("anthropic-ratelimit-unified-overage-status", "rejected")
        .header("anthropic-ratelimit-unified-overage-disabled-reason", "org_level_disabled")
}

fn scripts() -> Vec<Script> {
    let progress = json!({"id": "PAGE", "attempt": 1, "note": "The page is half written.", "percent": 50});
    let page = Script::new("page").call("mcp__bus__bus_report_progress", progress);
    let review = bash(Script::new("review-page"), "git log --oneline -3 && cat page.txt");
    let verdict = json!({"id": "PAGE", "verdict": "approve", "notes": "The page is there."});
    let crash =
        "if [ -e crash.txt ]; then echo rest >> crash.txt; else echo half > crash.txt; kill -9 $PPID; sleep 60; fi";
    let ask = json!({"task": "ASK", "text": "Which colour?"});
    vec![
        write(page, "page.txt"),
        review.call("mcp__bus__bus_review_task", verdict).say("Approved."),
        bash(Script::new("next"), "cat page.txt > next.txt").say("Done."),
        write(Script::new("limit").fails(1, used_up(5)), "limit.txt"),
        bash(Script::new("crash"), crash).say("Done."),
        Script::new("ask").call("mcp__bus__bus_ask_human", ask).say("I wait for the answer."),
        bash(Script::new("answered"), "echo blue > colour.txt").say("Done."),
        write(Script::new("reset").fails(2, Fault::Reset), "reset.txt"),
        write(Script::new("moves").fails(1, used_up(3600)), "moves.txt"),
    ]
}

/// The settings, with these accounts, each by the variable that holds its token.
fn settings(agents: &Agents, accounts: &[&str]) -> String {
    let account =
        |name: &&str| format!("{{name: {name}, provider: anthropic, token_env: KEY_{}}}", name.to_uppercase());
    let accounts: Vec<_> = accounts.iter().map(account).collect();
    let keep = [
        "ANTHROPIC_BASE_URL",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "DISABLE_TELEMETRY",
        "DISABLE_ERROR_REPORTING",
    ];
    format!(
        "accounts: [{}]\ndrivers:\n  claude: {{program: {}, keep_env: [{}]}}\n",
        accounts.join(", "),
        agents.program(&CLAUDE).display(),
        keep.join(", ")
    )
}

pub(super) fn place(agents: &Agents, go: &Path, accounts: &[&str], tickets: &str) -> Result<Place, AgentsError> {
    let place = scene(go, accounts, scripts())?;
    place.write(&settings(agents, accounts), "claude", tickets)?;
    write_person(&place)?;
    Ok(place)
}

/// A PO that is Claude Code, above builders that are plain commands.
pub(super) fn as_a_po(agents: &Agents, go: &Path, script: Script, tickets: &str) -> Result<Place, AgentsError> {
    let place = scene(go, &["one"], vec![script])?;
    let settings = format!("{}agents: {{po: claude}}\npaths: {{rules: rules}}\n", settings(agents, &["one"]));
    place.write(&settings, "shell", tickets)?;
    Ok(place)
}

/// A place with Claude Code, its accounts and these scripts.
fn scene(go: &Path, accounts: &[&str], scripts: Vec<Script>) -> Result<Place, AgentsError> {
    let server = ModelServer::start(scripts).map_err(io("a model server"))?;
    let place = Place::new(go, server)?;
    let mut environment = claude_environment(&place.home(), &place.server).map_err(io("an environment"))?;
    // Its login comes from its account alone, and its folder is the one in its home.
    environment.retain(|(name, _)| name != "ANTHROPIC_API_KEY" && name != "CLAUDE_CONFIG_DIR");
    environment.extend(accounts.iter().map(|name| (format!("KEY_{}", name.to_uppercase()), token(name))));
    Ok(place.with_environment(environment))
}

/// The token of an account.
fn token(account: &str) -> String {
    format!("{TOKEN}{account}")
}

/// What the person has set for every agent of theirs: words, and a hook.
fn write_person(place: &Place) -> Result<(), AgentsError> {
    let hook = json!({"type": "command", "command": format!("touch {}", place.path().join("hooked").display())});
    let settings = json!({"hooks": {"PostToolUse": [{"matcher": "*", "hooks": [hook]}]}}).to_string();
    let folder = place.home().join(".claude");
    fs::write(folder.join("CLAUDE.md"), LIKES).map_err(io("CLAUDE.md"))?;
    fs::write(folder.join("settings.json"), settings).map_err(io("settings.json"))
}

/// Rows on what is the person's and what is each account's.
fn person(rows: &mut Rows, place: &Place, accounts: &[&str]) {
    let received = place.server.received();
    let heard = received.iter().any(|received| received.request.body.to_string().contains(LIKES));
    rows.add("the person's CLAUDE.md is read", heard, format!("{} requests", received.len()));
    rows.add("the person's hook is run", place.path().join("hooked").exists(), "after a tool");
    let sent = received.iter().filter_map(|received| received.request.header("authorization"));
    let sent: BTreeSet<String> = sent.map(|value| value.trim_start_matches("Bearer ").to_owned()).collect();
    rows.same("each account has sent its own token", &sent, &accounts.iter().map(|name| token(name)).collect());
    rows.same("no file of GO's has a token", &place.files_with(TOKEN), &Vec::new());
}

/// Everything on one account.
pub(super) fn one_account(agents: &Agents, go: &Path) -> Result<Vec<Row>, AgentsError> {
    let place = place(agents, go, &["one"], TICKETS)?;
    let mut fleet = place.up()?;
    let url = fleet.url()?;
    let asked = |events: Vec<Value>| {
        let question = events.into_iter().find(|event| text(event, "/kind") == "question.asked");
        question.map(|question| text(&question, "/data/id").to_owned())
    };
    let question = fleet.until(|| place.read(&url, &["events"]).ok().and_then(asked));
    let answered = question.as_ref().is_some_and(|id| place.read(&url, &["answer", id, ANSWER]).is_ok());
    let (status, said) = fleet.end()?;
    let past = Past::of(&place, (status.success(), said))?;
    let mut rows = Rows::of("claude");
    past.usual(&mut rows, &IDS);
    past.review(&mut rows, "PAGE");
    rows.same(
        "bus_report_progress is on record in the builder's name",
        &past.by_its_agent("PAGE", "task.progressed"),
        &1,
    );
    past.counts(&mut rows, "a limit is no failure: parked until its reset, then finished", "LIMIT", 0, 1);
    past.rested(&mut rows);
    past.counts(&mut rows, "a killed agent's attempt failed; the next one finished what lay there", "CRASH", 1, 0);
    past.resumes(&mut rows, "and went on in its conversation", "CRASH");
    rows.add("bus_ask_human waits for a person, who answered", answered, format!("{question:?}"));
    past.counts(&mut rows, "a question is no failure", "ASK", 0, 1);
    past.resumes(&mut rows, "and the answer goes on in its conversation", "ASK");
    past.counts(&mut rows, "a connection that is reset twice costs no attempt", "RESET", 0, 0);
    past.costs(&mut rows, own_costs);
    person(&mut rows, &place, &["one"]);
    Ok(rows.all)
}

/// A limit far ahead on one of two accounts.
pub(super) fn two_accounts(agents: &Agents, go: &Path) -> Result<Vec<Row>, AgentsError> {
    let tickets = "      - {id: MOVES, title: Moves on, kind: chore, description: \"SCRIPT: moves\", verify: [test -s moves.txt]}\n";
    let place = place(agents, go, &["one", "two"], tickets)?;
    let (status, said) = place.up()?.end()?;
    let past = Past::of(&place, (status.success(), said))?;
    let mut rows = Rows::of("claude, two accounts");
    past.usual(&mut rows, &["MOVES"]);
    past.moved(&mut rows, "MOVES");
    past.rested(&mut rows);
    past.costs(&mut rows, own_costs);
    person(&mut rows, &place, &["one", "two"]);
    Ok(rows.all)
}

/// The conversation of a log of Claude Code, and what that says at its end that it has cost so far; nothing for another log.
pub(super) fn own_costs(log: &str) -> Option<(String, Usd)> {
    let mut results = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let last = results.rfind(|line| text(line, "/type") == "result")?;
    let total = last.get("total_cost_usd")?.to_string().parse().ok()?;
    Some((text(&last, "/session_id").to_owned(), total))
}
