//! What is left of the work of agents whose hosts were killed.

use std::collections::BTreeSet;
use std::fs;

use super::hosts::Case;
use super::stage::Place;
use crate::bench::BenchError;
use crate::bench::table::Row;

/// Work that is older than this may not be lost, in milliseconds.
const OLD: i64 = 60_000;

/// The files that a ticket's first agent wrote, each with when, in milliseconds since 1970.
pub(super) fn written(place: &Place, task: &str) -> Vec<(u32, i64)> {
    let text = fs::read_to_string(place.path().join("records").join(task)).unwrap_or_default();
    let line = |line: &str| line.split_once(' ').and_then(|(file, at)| Some((file.parse().ok()?, at.parse().ok()?)));
    text.lines().filter_map(line).collect()
}

/// The figures.
pub(super) fn rows(place: &Place, cases: &[Case]) -> Result<Vec<Row>, BenchError> {
    let (mut lost, mut oldest, mut twice, mut never) = (0_usize, 0_i64, 0_usize, 0_usize);
    for case in cases {
        let upstream = format!("upstreams/{}.git", case.task);
        let there = place.shell(&format!("git -C {upstream} ls-tree -r --name-only main | sed -n 's:^work/::p'"))?;
        let there: BTreeSet<u32> = there.lines().filter_map(|file| file.parse().ok()).collect();
        let age = |at: i64| case.killed.map_or(0, |killed| killed - at);
        let gone: Vec<i64> = written(place, &case.task)
            .into_iter()
            .filter(|(file, _)| !there.contains(file))
            .map(|(_, at)| age(at))
            .collect();
        lost += gone.iter().filter(|age| **age > OLD).count();
        oldest = oldest.max(gone.iter().copied().max().unwrap_or_default());
        let count = |words: &str| place.shell(&format!("git -C {upstream} {words}")).map(|said| said.lines().count());
        let landed = count(&format!("log --format=%H --grep='^XIO-Task: {}$' main", case.task))?;
        // The first push of the branch made it.
        let pushes = count("reflog show main --format=%H")?.saturating_sub(1);
        never += usize::from(landed == 0);
        twice += landed.saturating_sub(1) + pushes.saturating_sub(1);
        println!(
            "{}: {} files, {} lost, landed {landed} times by {pushes} pushes",
            case.task,
            written(place, &case.task).len(),
            gone.len()
        );
    }
    let count = |many: usize| u32::try_from(many).map_or(f64::NAN, f64::from);
    let killed = cases.iter().filter(|case| case.killed.is_some()).count();
    Ok(vec![
        Row::at_least("hosts killed at a random moment", count(killed), count(cases.len()), ""),
        Row::bound("  files older than 60 s at the kill that were lost", count(lost), 0.0, ""),
        Row::plain("  the oldest that was lost was, at the kill", oldest as f64 / 1000.0, "s"),
        Row::bound("  pushes that came twice", count(twice), 0.0, ""),
        Row::bound("  tickets that never landed", count(never), 0.0, ""),
    ])
}
