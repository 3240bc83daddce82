//! `cargo xtask sim`: a fleet in simulated time, seed after seed, with a judge who looks at everything; and with rules broken on
//! purpose, to see that the judge notices.

mod job;
mod mutants;
mod pool;
mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::command::{cargo, command};
use crate::stopwatch::Stopwatch;
use job::{Job, Report};

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Arguments {
    /// How many seeds with faults
    #[arg(long, default_value_t = 300)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// How long faults come in each, in simulated seconds
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// One seed alone, again
    #[arg(long)]
    seed: Option<u64>,
    /// What happens in it: faults, calm, blips, silence, late
    #[arg(long, default_value = "faults")]
    scenario: String,
    /// A rule to break in it
    #[arg(long)]
    mutant: Option<String>,
    /// Prints all that happens in it
    #[arg(long)]
    timeline: bool,
    /// Breaks every rule in turn instead
    #[arg(long)]
    mutants: bool,
    /// A few seeds and every rule, as CI runs it
    #[arg(long)]
    short: bool,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SimError {
    /// The simulator does not build.
    #[error("go-sim does not build")]
    Build,
    /// A process can't be started.
    #[error("go-sim can't be started: {0}")]
    Start(io::Error),
    /// A run ended without a report.
    #[error("{job}: no verdict\n{why}")]
    NoVerdict {
        /// The command.
        job: String,
        /// Its last words.
        why: String,
    },
}

/// The runs of one scenario.
struct Series {
    scenario: &'static str,
    from: u64,
    seeds: u64,
    seconds: u64,
}

/// Blips of a run of the scenario `blips` are 50, so these are a thousand; each has two restarts of the Bus.
const BLIP_RUNS: u64 = 20;

/// After so many runs it says how far it is.
const PROGRESS: usize = 50;

/// Runs what is asked for; whether nothing is wrong.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<bool, SimError> {
    let binary = build(root)?;
    if let Some(seed) = arguments.seed {
        return again(&binary, seed, arguments);
    }
    if arguments.mutants {
        return hunt(&binary);
    }
    if arguments.short {
        return all(&binary, &short_series(), false).and_then(|fine| Ok(hunt(&binary)? && fine));
    }
    let Arguments { from, seeds, seconds, .. } = *arguments;
    let series = [
        Series { scenario: "faults", from, seeds, seconds },
        Series { scenario: "blips", from, seeds: BLIP_RUNS, seconds: 60 },
        Series { scenario: "silence", from, seeds: 10, seconds },
    ];
    all(&binary, &series, true)
}

/// The short form for CI: how it went in a few words, and whether nothing is wrong.
pub(crate) fn short(root: &Path) -> Result<bool, SimError> {
    let binary = build(root)?;
    let fine = all(&binary, &short_series(), false)?;
    Ok(hunt(&binary)? && fine)
}

fn short_series() -> [Series; 3] {
    [
        Series { scenario: "faults", from: 1, seeds: 10, seconds: 60 },
        Series { scenario: "blips", from: 1, seeds: 2, seconds: 60 },
        Series { scenario: "silence", from: 1, seeds: 1, seconds: 60 },
    ]
}

fn build(root: &Path) -> Result<PathBuf, SimError> {
    let build =
        cargo().args(["build", "--profile", "sim", "-p", "go-sim", "--features", "mutants"]).current_dir(root).status();
    match build.map_err(SimError::Start)?.success() {
        true => Ok(root.join("target/sim/go-sim")),
        false => Err(SimError::Build),
    }
}

/// One seed, with everything that it prints.
fn again(binary: &Path, seed: u64, arguments: &Arguments) -> Result<bool, SimError> {
    let Arguments { seconds, scenario, mutant, .. } = arguments.clone();
    let job = Job { scenario, seed, seconds, mutant };
    let timeline = arguments.timeline.then_some("--timeline");
    let status = command(binary).args(job.arguments()).args(timeline).status().map_err(SimError::Start)?;
    Ok(status.success())
}

/// Every run of every series, and their table.
fn all(binary: &Path, series: &[Series], judges_speed: bool) -> Result<bool, SimError> {
    let watch = Stopwatch::start();
    let jobs: Vec<Job> = series.iter().flat_map(jobs).collect();
    let (all, done) = (jobs.len(), AtomicUsize::new(0));
    let results = pool::run(binary, jobs, |job, result| {
        tell(job, result);
        let done = done.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if done % PROGRESS == 0 {
            eprintln!("{done} of {all} runs after {} s", watch.elapsed().as_secs());
        }
    });
    let mut reports = Vec::new();
    for (job, result) in results {
        reports.push((job, result?));
    }
    let rows = table::rows(&reports, watch.elapsed(), judges_speed);
    println!("{}", table::print(&rows));
    Ok(rows.iter().all(table::Row::holds))
}

fn jobs(series: &Series) -> impl Iterator<Item = Job> {
    let (scenario, seconds) = (series.scenario.to_owned(), series.seconds);
    let seeds = series.from..series.from.saturating_add(series.seeds);
    seeds.map(move |seed| Job { scenario: scenario.clone(), seed, seconds, mutant: None })
}

/// What is to be said at once: a run in which something is wrong, with its end and the command that does it again.
fn tell(job: &Job, result: &Result<Report, SimError>) {
    match result {
        Ok(report) if report.violations.is_empty() => {}
        Ok(report) => println!("{}\n{job} --timeline\n", report.output.trim_end()),
        Err(error) => println!("{error}\n"),
    }
}

/// Breaks every rule in turn, and prints who was caught.
fn hunt(binary: &Path) -> Result<bool, SimError> {
    let caught = mutants::run(binary, |_| {})?;
    println!("{}", table::mutants(&caught));
    Ok(caught.iter().all(|one| one.by.is_some() && one.rightly))
}
