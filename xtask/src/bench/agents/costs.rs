//! What a driver reads of a run's cost against the total that the client itself tells.

use go_bus_api::Timestamp;
use go_driver::{AgentDriver, ClaudeDriver, Sign};
use go_scripted_models::{ModelServer, Run, Script, Usage};
use serde_json::{Value, json};

use crate::agents::{Agents, AgentsError, Kind, Session};
use crate::bench::BenchError;
use crate::bench::table::Row;

/// Runs of Claude Code, each with another number of tokens; how many sums differ by a cent.
pub(super) fn measure(agents: &Agents, runs: u32) -> Result<Row, BenchError> {
    let failed = |e: AgentsError| BenchError::Agents(e.to_string());
    let server = ModelServer::start((0..runs).map(script)).map_err(|e| BenchError::Io("a model server", e))?;
    let mut session = Session::new(agents, Kind::Claude, server).map_err(failed)?;
    let mut differing = 0;
    for run in 0..runs {
        let args = ["--allowedTools", "Bash"].map(str::to_owned).to_vec();
        let ended = session.run(&Run { script: name(run), args, ..Run::default() }).map_err(failed)?;
        let (read, told) = (read(&ended.out), told(&ended.out));
        if read.is_none() || read.map(cents) != told.map(cents) {
            println!("run {run}: read {read:?} USD, told {told:?} USD");
            differing += 1;
        }
    }
    let what = format!("Claude Code: {runs} runs whose cost is read otherwise than told");
    Ok(Row::bound(what, f64::from(differing), 0.0, ""))
}

fn name(run: u32) -> String {
    format!("cost-{run}")
}

/// Two answers of many tokens, none like those of another run.
fn script(run: u32) -> Script {
    let n = u64::from(run);
    let usage =
        Usage { input: 20_011 + 7_919 * n, output: 1_009 + 331 * n, cache_read: 5_003 * n, cache_write: 641 * n };
    let call = json!({"command": "true", "description": "does nothing"});
    Script::new(&name(run)).call("Bash", call).usage(usage).say("Done.").usage(usage)
}

/// The last sum that the driver reads.
fn read(out: &str) -> Option<f64> {
    let mut reader = ClaudeDriver::default().reader(false, "");
    let signs = out.lines().flat_map(|line| reader.line(line, Timestamp::from_unix_millis(0)));
    let spent = signs.filter_map(|sign| if let Sign::Spent(models) = sign { Some(models) } else { None }).last()?;
    let each = spent.iter().map(|model| model.usd.to_string().parse::<f64>());
    each.sum::<Result<f64, _>>().ok()
}

/// The total of the client's own last line.
fn told(out: &str) -> Option<f64> {
    let line = out.lines().rev().find(|line| line.contains("\"total_cost_usd\""))?;
    serde_json::from_str::<Value>(line).ok()?.get("total_cost_usd")?.as_f64()
}

fn cents(usd: f64) -> String {
    format!("{usd:.2}")
}
