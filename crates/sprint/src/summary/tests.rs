//! The summary as a person reads it.

use go_bus_api::CarriedOver;

use super::*;
use crate::report::{ReviewCounts, TimeSpent};
use crate::samples;

fn report() -> SprintReport {
    let at = |text: &str| text.parse().unwrap();
    let index = DoneTicket {
        ticket: samples::id("SITE-1"),
        project: samples::id("site"),
        title: Some("An index\n# with <b>news</b>".to_owned()),
        by: vec![samples::id("a-7")],
        answered_by: Some(samples::id("po-site")),
        attempts: 2,
        review: Some(ReviewOutcome {
            reviewers: vec![samples::id("a-8")],
            rounds: 1,
            verdict: Some("approved: good".to_owned()),
        }),
        estimate_minutes: Some(20),
        took_s: Some(1500),
        result: Some("made it".to_owned()),
    };
    SprintReport {
        sprint: samples::id("S-3"),
        started_at: at("2026-03-21T09:00:00.000Z"),
        ends_at: at("2026-03-21T10:00:00.000Z"),
        closed_at: at("2026-03-21T09:45:30.000Z"),
        tickets: 3,
        done: vec![index],
        cancelled: vec![samples::id("SITE-3")],
        carried: vec![CarriedOver {
            ticket: samples::id("SITE-2"),
            why: go_bus_api::Text::clipped("held until a person has it go on (go task retry)"),
        }],
        reviews: ReviewCounts { approved: 1, changes_requested: 1 },
        time: TimeSpent { estimated_minutes: 20, took_s: 1500 },
        cost_usd: None,
    }
}

#[test]
fn all_that_came_of_a_sprint_is_told() {
    let expected = "\
# Sprint S-3: 1 of 3 tickets done, 1 carried over, pace 1.25

- Time: 2026-03-21T09:00:00.000Z to 2026-03-21T09:45:30.000Z, 45 min of a window of 1 h 0 min
- Pace: 1.25, 25 min for an estimate of 20 min
- Reviews: 1 approved, changes wanted 1 time
- Cost: not known

## Done

- **SITE-1** An index # with &lt;b>news&lt;/b> (site), by a-7, in 25 min (estimated 20 min), at attempt 2, reviewed by a-8 after 1 round \
of changes (approved: good): made it

## Carried over

- **SITE-2**: held until a person has it go on (go task retry)

## Cancelled

- **SITE-3**
";
    assert_eq!(Summary(&report()).to_string(), expected);
}

#[test]
fn what_is_not_there_is_not_told() {
    let empty = SprintReport {
        done: Vec::new(),
        cancelled: Vec::new(),
        carried: Vec::new(),
        time: TimeSpent::default(),
        ..report()
    };
    let text = Summary(&empty).to_string();
    assert!(text.starts_with("# Sprint S-3: 0 of 3 tickets done\n"), "{text}");
    assert!(text.contains("- Pace: nothing with an estimate was done\n") && !text.contains("##"), "{text}");
}

#[test]
fn a_report_comes_back_from_its_json() {
    let json = serde_json::to_value(report()).unwrap();
    assert_eq!(json["done"][0]["review"]["rounds"], 1);
    assert_eq!(serde_json::from_value::<SprintReport>(json).unwrap(), report());
}
