//! Stops of agents that are hard to stop: from the order to the end of their last process, their shim among them.

use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use go_clock::{Clock, SystemClock};
use serde_json::Value;

use super::plan::Project;
use super::processes::{self, Process};
use super::stage::{Place, Stage, text};
use crate::bench::BenchError;
use crate::bench::table::Row;
use crate::stopwatch::until;

/// How long an agent may take to begin, and a stop to be over.
const LIMIT: Duration = Duration::from_secs(60);
/// The pause between two looks at the process table.
const LOOK: Duration = Duration::from_millis(20);
/// How many agents are at work at once.
const AT_ONCE: usize = 3;

/// What stops an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// The operator's order.
    Order,
    /// The attempt's money is spent.
    Money,
}

/// `stops` stops, every third for its money; how long the slowest of a hundred takes.
pub(super) fn measure(binary: &Path, stops: u32) -> Result<Vec<Row>, BenchError> {
    let stage = begin(binary, stops)?;
    let (queue, took) = (Mutex::new(0..stops), Mutex::new(Vec::new()));
    let failed = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| work(&stage, &queue, &took))).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()?.err()).next()
    });
    failed.map_or(Ok(()), Err)?;
    let took = took.into_inner().unwrap_or_default();
    let orphans = processes::those(|process| processes::is_a_hand_s(process, stage.place.path())).len();
    stage.end()?;
    let of = |by: By| took.iter().filter(|(of, _)| *of == by).map(|(_, seconds)| *seconds).collect::<Vec<f64>>();
    let all: Vec<f64> = took.iter().map(|(_, seconds)| *seconds).collect();
    let what = format!("stop: of {} the p99 from the order to no process left", all.len());
    Ok(vec![
        Row::bound(what, share(&all, 0.99), 2.0, "s"),
        Row::plain("  ordered: the middle one", share(&of(By::Order), 0.5), "s"),
        Row::plain("  money spent: the middle one", share(&of(By::Money), 0.5), "s"),
        Row::bound("  processes left", f64::from(u32::try_from(orphans).unwrap_or(u32::MAX)), 0.0, ""),
    ])
}

fn begin(binary: &Path, stops: u32) -> Result<Stage, BenchError> {
    let place = Place::new([])?;
    place.write("repo/README", "A repo.\n")?;
    place.shell(super::plan::NEW_REPO)?;
    place.write("trouble.sh", include_str!("trouble.sh"))?;
    let tickets: Vec<String> = (0..stops).map(ticket).collect();
    let (repo, variables) = (place.path().join("repo"), Vec::new());
    let project = Project { id: "stops", repo: &repo, driver: "command", deliver: "none", variables: &variables };
    place.write("plan.yaml", &format!("version: 1\nprojects:\n{}", project.with(&tickets)))?;
    let run = format!("sh {} {{folder}} {{title}}", place.path().join("trouble.sh").display());
    place.write(
        "go.yaml",
        &format!(
            "agents: {{max: {AT_ONCE}}}\nimprovement: {{enabled: false}}\nreview: {{integration_every: 0}}\n\
             drivers: {{command: {{run: \"{run}\"}}}}\ncosts: {{attempt_usd: \"5\"}}\n"
        ),
    )?;
    place.up(binary)
}

fn by(stop: u32) -> By {
    if stop % 3 == 2 { By::Money } else { By::Order }
}

fn name(stop: u32) -> String {
    format!("S-{stop:03}")
}

fn ticket(stop: u32) -> String {
    let title = if by(stop) == By::Money { "spends" } else { "stays" };
    format!("{{id: {}, title: {title}, kind: chore, max_attempts: 1}}", name(stop))
}

/// Stops one after another until there is no more.
fn work(stage: &Stage, queue: &Mutex<std::ops::Range<u32>>, took: &Mutex<Vec<(By, f64)>>) -> Result<(), BenchError> {
    let next = || queue.lock().ok().and_then(|mut stops| stops.next());
    while let Some(number) = next() {
        let seconds = stop(stage, number)?;
        if let Ok(mut took) = took.lock() {
            took.push((by(number), seconds));
        }
    }
    Ok(())
}

/// Waits until the agent of a ticket is at work, has it stopped, and says how many seconds that took.
fn stop(stage: &Stage, number: u32) -> Result<f64, BenchError> {
    let task = name(number);
    let folder = stage.place.data().join("hosts/localhost/work").join(&task);
    until(LIMIT, || folder.join("ready").exists().then_some(())).ok_or(BenchError::Stuck("an agent to begin", 60))?;
    let builder = stage.builders(&task)?.pop().unwrap_or_default();
    let agent = text(&builder, "id").to_owned();
    let ordered = match by(number) {
        By::Order => {
            let now = SystemClock.wall().unix_millis();
            stage.bus().call("DELETE", &format!("/agents/{agent}?hold=true"), "")?;
            now
        }
        By::Money => written(&folder.join("order"))?,
    };
    let is_its = |process: &Process| process.variable("XIO_AGENT_ID") == Some(&agent) || process.line.contains(&*agent);
    let gone = gone(is_its).ok_or(BenchError::Stuck("a stopped agent to be gone", 60))?;
    let exit = stage.builders(&task)?.pop().map(|builder| builder["exit"].clone()).unwrap_or_default();
    is_as_ordered(by(number), &exit).map_err(|why| BenchError::Agents(format!("{task}: {why}: {exit}")))?;
    Ok((gone - ordered) as f64 / 1000.0)
}

fn written(path: &Path) -> Result<i64, BenchError> {
    let text = std::fs::read_to_string(path).map_err(|e| BenchError::Io("the time of an order", e))?;
    text.trim().parse().map_err(|_| BenchError::Agents(format!("{text:?} is no time")))
}

/// When the last of its processes was gone, in milliseconds since 1970.
fn gone(is_its: impl Fn(&Process) -> bool) -> Option<i64> {
    super::stage::wait_for(LIMIT, LOOK, || {
        let now = SystemClock.wall().unix_millis();
        processes::those(&is_its).is_empty().then_some(now)
    })
}

/// Whether its exit on the Bus says why it was stopped.
fn is_as_ordered(by: By, exit: &Value) -> Result<(), &'static str> {
    match by {
        By::Order if exit["stopped"] == Value::Bool(true) => Ok(()),
        By::Money if exit["failure"]["cause"] == "money_spent" => Ok(()),
        _ => Err("its exit does not say so"),
    }
}

/// The value that this share of `values` is not above.
fn share(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * f64::from(u32::try_from(sorted.len()).unwrap_or(u32::MAX))).ceil();
    // A rank is a small whole number from 1 on.
    sorted.into_iter().nth((rank as usize).saturating_sub(1)).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_the_ninety_ninth_counts() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!((share(&values, 0.99), share(&values, 0.5)), (99.0, 50.0));
        assert!(share(&[], 0.99).is_nan());
        assert_eq!(share(&[7.0], 0.99), 7.0);
    }
}
