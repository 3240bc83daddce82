//! Every step of GO fails once, and is done twice, against the real Bus: the end is the same, and nothing is done twice.
//!
//! A plan runs to its end with an edit on the way, so that GO makes each of its writes. Run after run one of them is refused, does not
//! arrive, loses its answer, or arrives twice.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod outcome;
mod player;
mod scenario;
mod step;
mod transport;

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use outcome::Outcome;
use step::Step;
use transport::{Fault, Target};

/// Runs under way at once.
const AT_ONCE: usize = 32;

#[tokio::test]
async fn the_scenario_takes_every_step_once() {
    let reference = scenario::run(None).await;
    reference.outcome.assert_nothing_was_done_twice("without a fault");
    let seen: BTreeSet<Step> = reference.writes.iter().map(|write| write.step).collect();
    let missing: Vec<_> = Step::ALL.iter().filter(|step| !seen.contains(step)).collect();
    assert!(missing.is_empty(), "the scenario never takes these steps: {missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_step_fails_or_is_done_twice_the_end_is_the_same() {
    let reference = scenario::run(None).await;
    let cases = reference.writes.iter().enumerate().flat_map(|(index, write)| {
        let faults = Fault::of_turn(index).into_iter().filter(|fault| fault.fits(write.step));
        faults.map(|fault| Target { write: write.clone(), fault })
    });
    let runs = cases.map(|target| async move { (target.clone(), scenario::run(Some(target)).await) });
    let mut runs = stream::iter(runs).buffer_unordered(AT_ONCE);
    let mut differing = Vec::new();
    while let Some((target, run)) = runs.next().await {
        assert!(run.struck, "{target:?} never came about");
        run.outcome.assert_nothing_was_done_twice(&format!("{target:?}"));
        differing.extend(difference(&reference.outcome, &run.outcome).map(|lines| format!("{target:?}:\n{lines}")));
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// The lines that only one of them has.
fn difference(one: &Outcome, other: &Outcome) -> Option<String> {
    let (one, other): (BTreeSet<_>, BTreeSet<_>) = (one.state.iter().collect(), other.state.iter().collect());
    let lines: Vec<_> = one.symmetric_difference(&other).map(|line| format!("  {line}")).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
