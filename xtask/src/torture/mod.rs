//! `cargo xtask torture`: kills everything of a fleet at random moments, and has a judge who does not ask the Bus look at what the
//! tickets themselves wrote.

mod diary;
mod fleet;
mod history;
mod judge;
mod place;
mod plan;
mod processes;
pub(crate) mod random;
mod schedule;
mod session;
mod trace;

use std::io;
use std::path::{Path, PathBuf};

use crate::command::cargo;
use diary::Diary;
use place::Place;
use schedule::Mode;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Arguments {
    /// The first seed; the same seed makes the same plan and the same kills
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many seeds, one after the other
    #[arg(long, default_value_t = 1)]
    pub(crate) seeds: u64,
    /// Kills of each seed
    #[arg(long, default_value_t = 20)]
    pub(crate) kills: usize,
    /// Tickets of each seed
    #[arg(long, default_value_t = 200)]
    pub(crate) tickets: usize,
    /// Bus, launchers and GO as processes of their own, whatever the seed says (every third seed does)
    #[arg(long)]
    pub(crate) split: bool,
    /// The program to torture; the release build where it is not given
    #[arg(long, value_name = "PATH")]
    pub(crate) binary: Option<PathBuf>,
}

/// Why a run came to no verdict.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TortureError {
    /// A file, a folder or a process is not to be had.
    #[error("{0}: {1}")]
    Io(&'static str, io::Error),
    /// The release build failed.
    #[error("the release build failed")]
    Build,
    /// Something does not come to an end.
    #[error("{0}")]
    Stuck(&'static str),
    /// A part ended though nobody killed it.
    #[error("{0} ended by itself with {1}")]
    Ended(String, String),
    /// A command of `go` failed.
    #[error("go failed: {0}")]
    Refused(String),
    /// A record that can't be read.
    #[error("a line of the record is not understood: {0:?}")]
    Unreadable(String),
}

/// The seeds of the short form: one fleet in one process, one in parts of its own.
const SHORT: [u64; 2] = [1, 3];

/// The short form for CI: fixed seeds, ten kills each, with the release build as it is. How many kills there were, and whether
/// nothing is wrong.
pub(crate) fn short(root: &Path) -> Result<(usize, bool), TortureError> {
    let binary = root.join("target/release/go");
    let (mut kills, mut fine) = (0, true);
    for seed in SHORT {
        let arguments = Arguments { seed, seeds: 1, kills: 10, tickets: 80, split: false, binary: None };
        let hits = one(root, &binary, seed, &arguments)?;
        kills += hits.unwrap_or(0);
        fine &= hits.is_some();
    }
    Ok((kills, fine))
}

/// Runs every seed, prints how each went, and says whether none failed.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<bool, TortureError> {
    let binary = match &arguments.binary {
        Some(path) => path.clone(),
        None => build(root)?,
    };
    let (mut kills, mut failed) = (0, Vec::new());
    let end = arguments.seed.saturating_add(arguments.seeds);
    for seed in arguments.seed..end {
        match one(root, &binary, seed, arguments)? {
            Some(hits) => kills += hits,
            None => failed.push(seed),
        }
    }
    println!("torture: {} seeds, {kills} kills in those that passed, failed seeds: {failed:?}", arguments.seeds);
    Ok(failed.is_empty())
}

fn build(root: &Path) -> Result<PathBuf, TortureError> {
    let build = cargo().args(["build", "--release", "--bin", "go"]).current_dir(root).status();
    match build.map_err(|e| TortureError::Io("cargo", e))?.success() {
        true => Ok(root.join("target/release/go")),
        false => Err(TortureError::Build),
    }
}

/// Runs one seed; the number of its kills where nothing is wrong.
fn one(root: &Path, binary: &Path, seed: u64, arguments: &Arguments) -> Result<Option<usize>, TortureError> {
    let mode = if arguments.split || seed.is_multiple_of(3) { Mode::Split } else { Mode::Together };
    let (tickets, kills) = session::drawn(seed, mode, arguments.kills, arguments.tickets);
    let place = Place::new(&tickets)?;
    let mut diary = Diary::new(&format!("seed {seed}, {mode:?}, {} tickets", tickets.len()));
    let outcome = session::run(binary, &place, &tickets, (mode, &kills), &mut diary);
    let problems = match &outcome {
        Ok(outcome) => outcome.faults.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    };
    problems.iter().for_each(|problem| diary.note(format_args!("FAULT {problem}")));
    diary.note(if problems.is_empty() { "nothing is wrong" } else { "it failed" });
    let log = diary.write(&root.join("target/torture"), seed).map_err(|e| TortureError::Io("the log", e))?;
    if problems.is_empty() {
        let hits = outcome.map_or(0, |outcome| outcome.kills);
        println!("seed {seed}: {mode:?}, {hits} kills, {} tickets done, nothing is wrong", tickets.len());
        return Ok(Some(hits));
    }
    print!("{}", diary.text());
    let split = if arguments.split { " --split" } else { "" };
    println!("seed {seed} FAILED; its folder is kept at {}, its log is {}", place.keep().display(), log.display());
    println!(
        "replay: cargo xtask torture --seed {seed} --kills {} --tickets {}{split}",
        arguments.kills, arguments.tickets
    );
    Ok(None)
}
