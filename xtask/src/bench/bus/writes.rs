//! Durable `POST /tasks`, at 64 connections and at one, over what SQLite does alone; and whether what was acknowledged is there.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::baseline;
use super::http::Target;
use super::load::{self, Load};
use super::server::Server;
use crate::bench::table::Row;
use crate::bench::{BenchError, median};

/// How long each load lasts.
const LASTING: Duration = Duration::from_secs(3);

/// How many connections the heavy load has.
pub(super) const CONNECTIONS: usize = 64;

/// Measures `runs` times, each on a Bus of its own.
pub(super) fn measure(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let (mut alone, mut many, mut p99, mut one) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut rates, mut cpu, mut wrong) = (Vec::new(), Vec::new(), 0);
    for run in 1..=runs {
        let server = Server::start(binary)?;
        let target = server.target();
        let commits = baseline::commits_per_second(LASTING / 2)?;
        let used = server.cpu_seconds();
        let crowd = post(target, "M", CONNECTIONS)?;
        cpu.push((server.cpu_seconds() - used) * 1e6 / crowd.answered.max(1) as f64);
        let single = post(target, "S", 1)?;
        wrong += faults(target, &[("M", crowd.answered), ("S", single.answered)])?;
        eprintln!("writes {run}/{runs}: {commits:.0}, {:.0}, {:.0} a second", crowd.rate(), single.rate());
        alone.push(commits);
        many.push(crowd.rate() / commits);
        rates.push(crowd.rate());
        one.push(single.rate() / commits);
        p99.push(crowd.p99_ms());
    }
    Ok(vec![
        Row::at_least("POST /tasks, 64 connections, over SQLite's commits", median(&many), 4.0, "×"),
        Row::plain("  SQLite alone, a row and a FULL commit each", median(&alone), "/s"),
        Row::plain("  POST /tasks, 64 connections", median(&rates), "/s"),
        Row::plain("  CPU time of the Bus for a POST", median(&cpu), "µs"),
        Row::bound("  p99", median(&p99), 15.0, "ms"),
        Row::at_least("POST /tasks, 1 connection, over SQLite's commits", median(&one), 0.4, "×"),
        Row::bound("  acknowledged but not there, or holes in the log", wrong as f64, 0.0, ""),
    ])
}

fn post(target: &Target, prefix: &str, connections: usize) -> Result<Load, BenchError> {
    load::drive(target, connections, LASTING, |number| target.request("POST", "/tasks", &task(&id(prefix, number))))
}

fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}-{number}")
}

fn task(id: &str) -> String {
    format!(r#"{{"id":"{id}","project":"bench","title":"Task {id}","description":"What it is about, in a sentence."}}"#)
}

/// How many of the acknowledged tasks have no row or no event, and how many places of the log are not the one after the last.
fn faults(target: &Target, acknowledged: &[(&str, usize)]) -> Result<usize, BenchError> {
    let mut tasks = BTreeSet::new();
    pages(target, "/tasks?limit=1000", |task| {
        tasks.extend(task["id"].as_str().map(str::to_owned));
    })?;
    let (mut last, mut holes, mut told) = (0, 0, BTreeSet::new());
    pages(target, "/events?after=0&limit=1000", |event| {
        let seq = event["seq"].as_u64().unwrap_or(0);
        holes += usize::from(seq != last + 1);
        last = seq;
        if event["kind"] == "task.created" {
            told.extend(event["data"]["id"].as_str().map(str::to_owned));
        }
    })?;
    let ids = acknowledged.iter().flat_map(|(prefix, count)| (0..*count).map(|number| id(prefix, number)));
    Ok(holes + ids.filter(|id| !tasks.contains(id) || !told.contains(id)).count())
}

/// Shows each item of all pages of a list.
fn pages(target: &Target, path: &str, mut show: impl FnMut(&serde_json::Value)) -> Result<(), BenchError> {
    let mut cursor = String::new();
    loop {
        let page = target.call("GET", &format!("{path}{cursor}"), "")?;
        page["items"].as_array().into_iter().flatten().for_each(&mut show);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
