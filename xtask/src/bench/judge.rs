//! The judge of a trace: it knows the tickets and the cap, and nothing of how the fleet works.

use std::collections::{BTreeMap, BTreeSet};

use super::trace::{Edge, Mark};

/// What is wrong with a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Verdict {
    /// Tickets that began more than once.
    pub(crate) twice: Vec<String>,
    /// Starts at a moment when as many tickets ran already as may.
    pub(crate) over_cap: usize,
    /// Tickets that never ended.
    pub(crate) unfinished: Vec<String>,
    /// Tickets in the trace that nobody asked for.
    pub(crate) unknown: Vec<String>,
}

/// Judges `marks` against the tickets that had to run, at most `cap` of them at a time.
pub(crate) fn judge(marks: &[Mark], tickets: &[String], cap: usize) -> Verdict {
    let mut by_time: Vec<&Mark> = marks.iter().collect();
    // At the same instant an end comes first: a slot that is given up may be taken at once.
    by_time.sort_by_key(|mark| (mark.at_ns, mark.edge == Edge::Begin));
    let mut begun: BTreeMap<&str, usize> = BTreeMap::new();
    let mut running: BTreeSet<(&str, u32)> = BTreeSet::new();
    let mut ended: BTreeSet<&str> = BTreeSet::new();
    let mut verdict = Verdict::default();
    for mark in by_time {
        match mark.edge {
            Edge::Begin => {
                *begun.entry(&mark.ticket).or_default() += 1;
                verdict.over_cap += usize::from(running.len() >= cap);
                running.insert((&mark.ticket, mark.pid));
            }
            Edge::End => {
                if running.remove(&(&*mark.ticket, mark.pid)) {
                    ended.insert(&mark.ticket);
                }
            }
        }
    }
    let owned = |names: Vec<&str>| names.into_iter().map(ToOwned::to_owned).collect();
    verdict.twice = owned(begun.iter().filter(|(_, times)| **times > 1).map(|(ticket, _)| *ticket).collect());
    verdict.unknown = owned(begun.keys().filter(|t| !tickets.iter().any(|known| known == *t)).copied().collect());
    verdict.unfinished = tickets.iter().filter(|ticket| !ended.contains(ticket.as_str())).cloned().collect();
    verdict
}

/// The tickets in the order they began.
pub(crate) fn order(marks: &[Mark]) -> Vec<&str> {
    let mut begins: Vec<_> = marks.iter().filter(|mark| mark.edge == Edge::Begin).collect();
    begins.sort_by_key(|mark| mark.at_ns);
    begins.into_iter().map(|mark| mark.ticket.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::trace::parse;

    const GOOD: &str = "begin A 1 10\nbegin B 2 10\nend A 1 20\nbegin C 3 20\nend B 2 30\nend C 3 30\n";

    fn verdict(trace: &str) -> Verdict {
        let tickets = ["A", "B", "C"].map(ToOwned::to_owned);
        judge(&parse(trace).unwrap(), &tickets, 2)
    }

    #[test]
    fn a_run_in_order_has_nothing_against_it() {
        assert_eq!(verdict(GOOD), Verdict::default());
    }

    #[test]
    fn a_ticket_that_ran_again_is_found() {
        assert_eq!(verdict(&format!("{GOOD}begin A 9 40\nend A 9 50\n")).twice, ["A"]);
    }

    #[test]
    fn a_ticket_that_overlaps_itself_takes_two_places() {
        let found = verdict(
            "begin A 1 10\nbegin A 2 11\nbegin B 3 12\nend A 1 20\nend A 2 20\nend B 3 20\nbegin C 4 30\nend C 4 31\n",
        );
        assert_eq!((found.twice, found.over_cap), (vec!["A".to_owned()], 1));
    }

    #[test]
    fn a_start_above_the_cap_is_counted() {
        assert_eq!(verdict(&GOOD.replace("begin C 3 20", "begin C 3 19")).over_cap, 1);
    }

    #[test]
    fn what_never_began_or_never_ended_is_found() {
        assert_eq!(verdict(&GOOD.replace("end C 3 30\n", "")).unfinished, ["C"]);
        assert_eq!(verdict("").unfinished, ["A", "B", "C"]);
        assert_eq!(verdict(&GOOD.replace("end C 3 30", "end C 4 30")).unfinished, ["C"]);
    }

    #[test]
    fn a_ticket_that_nobody_asked_for_is_found() {
        assert_eq!(verdict(&format!("{GOOD}begin X 9 40\nend X 9 50\n")).unknown, ["X"]);
    }

    #[test]
    fn the_order_is_that_of_the_clock() {
        let marks = parse("begin B 2 11\nbegin A 1 10\nend B 2 12\n").unwrap();
        assert_eq!(order(&marks), ["A", "B"]);
    }
}
