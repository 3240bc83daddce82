//! What the Bus has of agents' costs against what their own command lines say that they were.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use go_scripted_models::{CLAUDE, CODEX, Script, Usage};
use serde_json::{Value, json};

use super::plan::{self, Project};
use super::stage::{Place, Stage, text};
use crate::agents::{Agents, Kind};
use crate::bench::BenchError;
use crate::bench::table::Row;

/// How long all runs may take, and each beyond.
const LIMIT: Duration = Duration::from_secs(120);
const EACH: Duration = Duration::from_secs(5);
/// Each of so many tickets needs a second run, which goes on with the conversation of the first.
const RESUMED: u32 = 4;
/// USD for a million tokens of Codex's: read, read from the cache, written. Codex names no money.
const PRICES: [f64; 3] = [1.25, 0.125, 10.0];

/// Runs of both command lines, each with another number of tokens: how many conversations cost something else on the Bus than their client says.
pub(super) fn measure(binary: &Path, agents: &Agents, runs: u32) -> Result<Vec<Row>, BenchError> {
    // Of so many tickets each one more has a second run.
    let tickets = (runs * RESUMED).div_ceil(RESUMED + 1);
    let stage = begin(binary, agents, tickets)?;
    stage.wait("every run's end", LIMIT + EACH * runs, || {
        let tasks = stage.list("/tasks?kind=ticket")?;
        let open = tasks.iter().filter(|task| !matches!(text(task, "state"), "done" | "failed" | "held" | "blocked"));
        Ok((tasks.len() == tickets as usize && open.count() == 0).then_some(()))
    })?;
    let rows = compare(&stage, tickets, runs)?;
    stage.end()?;
    Ok(rows)
}

fn begin(binary: &Path, agents: &Agents, tickets: u32) -> Result<Stage, BenchError> {
    let place = Place::new((0..tickets).map(script))?;
    place.write("repo/README", "A repo.\n")?;
    place.shell(plan::NEW_REPO)?;
    let (repo, variables) = (place.path().join("repo"), place.variables()?);
    let mut text = "version: 1\nprojects:\n".to_owned();
    for kind in [Kind::Claude, Kind::Codex] {
        let tickets: Vec<String> = (0..tickets).filter(|run| self::kind(*run) == kind).map(ticket).collect();
        let project =
            Project { id: kind.name(), repo: &repo, driver: kind.name(), deliver: "none", variables: &variables };
        text += &project.with(&tickets);
    }
    place.write("plan.yaml", &text)?;
    let settings = plan::settings(&agents.program(&CLAUDE), &agents.program(&CODEX), 4);
    place.write("go.yaml", &(settings + "costs: {attempt_usd: \"1000\"}\n"))?;
    place.up(binary)
}

fn kind(run: u32) -> Kind {
    if run.is_multiple_of(2) { Kind::Claude } else { Kind::Codex }
}

fn name(run: u32) -> String {
    format!("cost-{run}")
}

fn ticket(run: u32) -> String {
    let id = name(run);
    let check = if (run / 2).is_multiple_of(RESUMED) { ", verify: [test $(wc -l < work.txt) -ge 2]" } else { "" };
    format!("{{id: {id}, title: \"Cost {run}\", description: \"SCRIPT: {id}\", kind: chore{check}}}")
}

/// Two answers of many tokens, none like those of another run.
fn script(run: u32) -> Script {
    let n = u64::from(run);
    let usage = Usage { input: 20_011 + 719 * n, output: 1_009 + 331 * n, cache_read: 503 * n, cache_write: 641 * n };
    let append = "echo line >> work.txt";
    let script = Script::new(&name(run));
    let script = match kind(run) {
        Kind::Claude => script.call("Bash", json!({"command": append, "description": "appends a line"})),
        Kind::Codex => script.call("exec_command", json!({"cmd": append})),
    };
    script.usage(usage).say("Done.").usage(usage)
}

fn compare(stage: &Stage, tickets: u32, runs: u32) -> Result<Vec<Row>, BenchError> {
    let totals = stage.get("/costs/by-agent")?;
    let rows = totals["items"].as_array().into_iter().flatten();
    let booked: BTreeMap<String, f64> = rows.map(|row| (text(row, "agent").to_owned(), usd(&row["usd"]))).collect();
    let (mut done, mut differing) = (0_u32, 0_u32);
    for run in 0..tickets {
        let builders = stage.builders(&name(run))?;
        done += u32::try_from(builders.len()).unwrap_or_default();
        let ids: Vec<&str> = builders.iter().map(|builder| text(builder, "id")).collect();
        let on_the_bus: f64 = ids.iter().filter_map(|id| booked.get(*id)).sum();
        let log = ids.last().map(|id| stage.log("localhost", id)).unwrap_or_default();
        let own = match kind(run) {
            Kind::Claude => claude(&log),
            Kind::Codex => codex(&log),
        };
        if !own.is_some_and(|own| own > 0.0 && cents(own) == cents(on_the_bus)) {
            println!("WRONG {}: {on_the_bus} USD on the Bus, {own:?} by its client", name(run));
            differing += 1;
        }
    }
    let what = format!("costs: of {done} runs those that are not to the cent as their client says");
    Ok(vec![
        Row::bound(what, f64::from(differing), 0.0, ""),
        Row::at_least("  runs that were compared", f64::from(done), f64::from(runs), ""),
    ])
}

/// The conversation's cost, as Claude Code's last line has it.
fn claude(log: &str) -> Option<f64> {
    last(log, "\"total_cost_usd\"")?.get("total_cost_usd")?.as_f64()
}

/// The conversation's cost, of the tokens that Codex's last line has.
fn codex(log: &str) -> Option<f64> {
    let line = last(log, "\"turn.completed\"")?;
    let tokens = |name: &str| line.pointer(&format!("/usage/{name}")).and_then(Value::as_f64);
    let (input, cached, output) = (tokens("input_tokens")?, tokens("cached_input_tokens")?, tokens("output_tokens")?);
    let [read, from_cache, written] = PRICES;
    Some(((input - cached) * read + cached * from_cache + output * written) / 1e6)
}

fn last(log: &str, with: &str) -> Option<Value> {
    log.lines().rev().find(|line| line.contains(with)).and_then(|line| serde_json::from_str(line).ok())
}

fn usd(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

fn cents(usd: f64) -> String {
    format!("{usd:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_tells_a_sum_counts() {
        let log = "{\"total_cost_usd\":0.5}\nnoise\n{\"total_cost_usd\":0.75,\"x\":1}\nmore";
        assert_eq!(claude(log), Some(0.75));
        assert_eq!(claude("noise"), None);
        let log = "{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":2000000,\"cached_input_tokens\":1000000,\"output_tokens\":100000}}";
        assert_eq!(codex(log).map(cents).as_deref(), Some("2.38"));
    }

    #[test]
    fn some_tickets_of_each_kind_have_a_second_run() {
        let twice = |kind| (0..20).filter(|run| self::kind(*run) == kind && ticket(*run).contains("verify")).count();
        assert_eq!((twice(Kind::Claude), twice(Kind::Codex)), (3, 3));
    }
}
