//! `go up` without work: how soon it is ready, and its memory before and after a hundred thousand tasks, and as many agents.

use std::path::Path;
use std::time::Duration;

use super::http::Target;
use super::load;
use super::server::{resident_kib, token_once_open};
use super::writes::CONNECTIONS;
use crate::bench::fleet::GoUp;
use crate::bench::place::Place;
use crate::bench::table::Row;
use crate::bench::{BenchError, median};
use crate::stopwatch::until;

/// How long it may take to be ready at all.
const LIMIT: Duration = Duration::from_secs(10);

/// How long the fleet has to come to rest, before its memory is looked at.
const REST: Duration = Duration::from_secs(2);

/// Tasks that are done: what a fleet has behind it.
const TASKS: usize = 100_000;

/// Agents that have ended: each of those tasks had one at least.
const AGENTS: usize = 100_000;

/// How many of them are there at a time.
const AT_A_TIME: usize = 1000;

/// Measures readiness and idle memory `runs` times, and the memory behind many tasks once: it moves little.
pub(super) fn measure(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let (mut readies, mut idle, mut after) = (Vec::new(), Vec::new(), [f64::NAN; 2]);
    for run in 1..=runs {
        let place = Place::new(&[])?;
        let up = GoUp::staying(binary)?;
        let mut fleet = up.start(&place)?;
        let ready = until(LIMIT, || {
            let token = token_once_open(up.address(), &place.data())?;
            let target = Target { address: up.address(), token };
            target.call("GET", "/ready", "").ok().map(|_| target)
        });
        readies.push(fleet.age().as_secs_f64());
        rest();
        idle.push(resident_kib(fleet.pid()) / 1024.0);
        if let (true, Some(target)) = (run == runs, ready) {
            for (after, live) in after.iter_mut().zip([tasks, agents]) {
                live(&target)?;
                rest();
                *after = resident_kib(fleet.pid()) / 1024.0;
            }
        }
        fleet.kill()?;
        eprintln!("resident {run}/{runs}: {:.1} MiB idle", idle.last().copied().unwrap_or(f64::NAN));
    }
    let [tasks, agents] = after;
    Ok(vec![
        Row::bound("`go up` ready after exec", median(&readies), 0.1, "s"),
        Row::bound("  Bus and GO resident, idle", median(&idle), 25.0, "MiB"),
        Row::bound("  the same after 100,000 tasks", tasks, 60.0, "MiB"),
        Row::bound("  and 100,000 agents that have ended", agents, 60.0, "MiB"),
    ])
}

fn rest() {
    until(REST, || None::<()>);
}

fn tasks(target: &Target) -> Result<(), BenchError> {
    let mut posted = 0;
    while posted < TASKS {
        let first = posted;
        let load = load::drive(target, CONNECTIONS, Duration::from_secs(1), |number| {
            let number = first + number;
            let body = format!(
                r#"{{"id":"D-{number}","project":"bench","title":"Task {number}","description":"Long done.","state":"done"}}"#
            );
            target.request("POST", "/tasks", &body)
        })?;
        posted += load.answered;
    }
    Ok(())
}

/// Has workers asked for and ended, in the way of those that finish a ticket: with a result that somebody might judge.
fn agents(target: &Target) -> Result<(), BenchError> {
    let po = ids(target, "role=po")?.into_iter().next().unwrap_or_default();
    let spawn = format!(
        r#"{{"role":"worker","project":"bench","parent":"{po}","prompt":"Build it.\n\n## Verification\n\nRun the tests.\n"}}"#
    );
    let exit = format!(r#"{{"code":0,"tail":"{}"}}"#, "A line of output.\\n".repeat(20));
    for _ in 0..AGENTS / AT_A_TIME {
        let spawns = (0..AT_A_TIME).map(|_| target.request("POST", "/agents", &spawn));
        load::drive_all(target, CONNECTIONS, spawns)?;
        let ids = ids(target, "role=worker&state=requested")?;
        let exits = ids.iter().map(|id| target.request("POST", &format!("/agents/{id}/exit"), &exit));
        load::drive_all(target, CONNECTIONS, exits)?;
    }
    Ok(())
}

/// The agents of this query.
fn ids(target: &Target, query: &str) -> Result<Vec<String>, BenchError> {
    let page = target.call("GET", &format!("/agents?limit={AT_A_TIME}&{query}"), "")?;
    let agents = page["items"].as_array().into_iter().flatten();
    Ok(agents.filter_map(|agent| Some(agent["id"].as_str()?.to_owned())).collect())
}
