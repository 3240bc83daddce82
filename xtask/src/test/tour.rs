//! The tour plan from start to end with the release build, on a copy, so that the checkout stays as it is.

use std::fs;
use std::io;
use std::path::Path;

use super::summary::Outcome;
use crate::command::{command, run_and_keep};

/// Runs the tour; every ticket has to end as done.
pub(super) fn run(root: &Path) -> Outcome {
    let binary = root.join("target/release/go");
    if !binary.is_file() {
        return Outcome::Failed("target/release/go is missing; the release build failed".to_owned());
    }
    match tour(root, &binary) {
        Ok(outcome) => outcome,
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

fn tour(root: &Path, binary: &Path) -> io::Result<Outcome> {
    let place = tempfile::Builder::new().prefix("go-tour-").tempdir()?;
    copy(&root.join("fixtures/tour"), &place.path().join("fixtures/tour"))?;
    let plan = place.path().join("fixtures/plans/tour.yaml");
    fs::create_dir_all(place.path().join("fixtures/plans"))?;
    fs::copy(root.join("fixtures/plans/tour.yaml"), &plan)?;
    let up = ["up", "--plan", "fixtures/plans/tour.yaml", "--listen", "127.0.0.1:0", "--exit-when-done"];
    let (status, _) = run_and_keep(command(binary).args(up).current_dir(place.path()))?;
    Ok(judge(status.success(), &fs::read_to_string(&plan)?))
}

/// What the plan says afterwards: each ticket has the status `done`.
fn judge(exited_well: bool, plan: &str) -> Outcome {
    let starts = |prefix: &str| plan.lines().filter(|line| line.trim_start().starts_with(prefix)).count();
    let (tickets, done) = (starts("title: "), starts("status: done"));
    let note = format!("{done} of {tickets} tickets done");
    if exited_well && tickets > 0 && done == tickets { Outcome::Passed(note) } else { Outcome::Failed(note) }
}

/// Copies a folder but for the `work` of an earlier run.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            fs::copy(entry.path(), target)?;
        } else if entry.file_name() != "work" {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "projects:\n  - id: p\n    tickets:\n      - id: A\n        title: One\n        status: done\n";

    #[test]
    fn the_tour_passes_only_with_every_ticket_done() {
        assert_eq!(judge(true, PLAN), Outcome::Passed("1 of 1 tickets done".to_owned()));
        assert!(judge(false, PLAN).is_failure());
        assert!(judge(true, &PLAN.replace("status: done", "status: failed")).is_failure());
        assert!(judge(true, "").is_failure());
    }
}
