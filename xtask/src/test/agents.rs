//! The step that runs the real command lines of agents: they write what was recorded, and whole plans run through them.

use std::path::Path;

use super::summary::Outcome;
use crate::agents::{Agents, AgentsError, plans, smoke, table};

/// Installs them where they are missing. Where they can't be had the step is skipped and says why; in CI that is a failure.
pub(super) fn run(root: &Path) -> Outcome {
    match Agents::installed() {
        Ok(agents) => judged(root, &agents).unwrap_or_else(|error| Outcome::Failed(error.to_string())),
        Err(why) if std::env::var("CI").is_ok_and(|ci| ci == "true") => Outcome::Failed(why),
        Err(why) => Outcome::Skipped(why),
    }
}

fn judged(root: &Path, agents: &Agents) -> Result<Outcome, AgentsError> {
    let (runs, differing) = smoke(root, agents)?;
    let rows = plans(agents, &root.join("target/release/go"))?;
    println!("{}", table(&rows));
    differing.iter().for_each(|line| println!("{line}"));
    let held = rows.iter().filter(|row| row.holds).count();
    let note = format!(
        "{} of {runs} runs as recorded; {held} of {} expectations of whole plans hold",
        runs - differing.len(),
        rows.len()
    );
    Ok(if differing.is_empty() && held == rows.len() { Outcome::Passed(note) } else { Outcome::Failed(note) })
}
