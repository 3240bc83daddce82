//! The judge: from the tickets' own traces, the plan's end state, the process table and the Bus's record to what went wrong.
//!
//! It knows the rules and nothing of how the fleet keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::history::{self, Event};
use super::plan::Ticket;
use super::trace::{Mark, Run};

/// Everything that is judged.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    /// What had to be done.
    pub(super) tickets: &'a [Ticket],
    /// The most runs at once.
    pub(super) cap: usize,
    /// What the tickets wrote.
    pub(super) marks: &'a [Mark],
    /// Each ticket's status in the plan at the end.
    pub(super) statuses: &'a [(String, String)],
    /// Processes that were left.
    pub(super) orphans: &'a [String],
    /// What the Bus recorded.
    pub(super) events: &'a [Event],
}

/// Something that must not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// A ticket has another status than done at the end.
    NotDone(String, String),
    /// A ticket, or its review, has no run that ended well.
    NeverEndedWell(String),
    /// A run began while another of the same ticket was alive.
    Overlap(Run),
    /// A run began though an earlier one had ended well and its exit was on disk, or at the Bus.
    Again(Run),
    /// A run began on a host that had no slot left.
    NoSlot(Run, String),
    /// As many as may ran already.
    AboveCap(Run),
    /// A run of something that was not in the plan.
    Unknown(String),
    /// A process that outlived the fleet.
    Orphan(String),
    /// After this event comes that one.
    Gap(u64, u64),
    /// So many completions of a ticket.
    Completions(String, usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run = |run: &Run| format!("{} by {} (pid {})", run.name, run.agent, run.pid);
        match self {
            Self::NotDone(ticket, status) => write!(f, "{ticket} is {status} at the end"),
            Self::NeverEndedWell(name) => write!(f, "{name} never ended well"),
            Self::Overlap(at) => write!(f, "{} began while another run of it was alive", run(at)),
            Self::Again(at) => write!(f, "{} began after a good exit of it was on record", run(at)),
            Self::NoSlot(at, host) => write!(f, "{} began with no slot left on {host}", run(at)),
            Self::AboveCap(at) => write!(f, "{} began above the cap of all hosts", run(at)),
            Self::Unknown(name) => write!(f, "{name} ran, and nobody asked for it"),
            Self::Orphan(line) => write!(f, "a process was left: {line}"),
            Self::Gap(after, found) => write!(f, "after event {after} comes {found}"),
            Self::Completions(ticket, times) => write!(f, "{ticket} was completed {times} times"),
        }
    }
}

/// Everything that is wrong.
pub(super) fn judge(evidence: &Evidence<'_>) -> Vec<Fault> {
    let mut faults = ends(evidence);
    faults.extend(begins(evidence));
    faults.extend(crowds(evidence));
    faults.extend(evidence.orphans.iter().cloned().map(Fault::Orphan));
    faults.extend(records(evidence));
    faults
}

/// The names that have to end well: a ticket's run, and its review where it has one.
fn names(tickets: &[Ticket]) -> BTreeSet<String> {
    let of = |ticket: &Ticket| {
        let review = ticket.reviewed.then(|| format!("{}.review", ticket.id));
        [Some(format!("{}.run", ticket.id)), review]
    };
    tickets.iter().flat_map(of).flatten().collect()
}

fn ends(evidence: &Evidence<'_>) -> Vec<Fault> {
    let statuses: BTreeMap<&str, &str> =
        evidence.statuses.iter().map(|(id, status)| (id.as_str(), status.as_str())).collect();
    let not_done = evidence.tickets.iter().filter_map(|ticket| match statuses.get(ticket.id.as_str()) {
        Some(&"done") => None,
        other => Some(Fault::NotDone(ticket.id.clone(), other.copied().unwrap_or("missing").to_owned())),
    });
    let good: BTreeSet<&str> = evidence.marks.iter().filter_map(ended_well).collect();
    let never = names(evidence.tickets).into_iter().filter(|name| !good.contains(name.as_str()));
    not_done.chain(never.map(Fault::NeverEndedWell)).collect()
}

fn ended_well(mark: &Mark) -> Option<&str> {
    match mark {
        Mark::End { run, good: true } => Some(&run.name),
        _ => None,
    }
}

/// What the runs themselves saw at their begin.
fn begins(evidence: &Evidence<'_>) -> Vec<Fault> {
    let known = names(evidence.tickets);
    let again = history::asked_for_again(evidence.events);
    let mut faults = Vec::new();
    for mark in evidence.marks {
        let Mark::Begin { run, host, had_slot, was_alone, was_again } = mark else { continue };
        if !known.contains(&run.name) {
            faults.push(Fault::Unknown(run.name.clone()));
        }
        if !was_alone {
            faults.push(Fault::Overlap(run.clone()));
        }
        if *was_again || again.contains_key(&run.agent) {
            faults.push(Fault::Again(run.clone()));
        }
        if !had_slot {
            faults.push(Fault::NoSlot(run.clone(), host.clone()));
        }
    }
    faults
}

/// What the order of begins and ends shows. A run that was killed wrote no end: it is alive for this count until nobody knows when,
/// so it is left out, and its locks bear witness in its place.
fn crowds(evidence: &Evidence<'_>) -> Vec<Fault> {
    let ended: BTreeSet<&Run> = evidence
        .marks
        .iter()
        .filter_map(|mark| if let Mark::End { run, .. } = mark { Some(run) } else { None })
        .collect();
    let mut alive: BTreeSet<&Run> = BTreeSet::new();
    let mut faults = Vec::new();
    for mark in evidence.marks {
        match mark {
            Mark::Begin { run, was_alone, .. } => {
                if *was_alone && alive.iter().any(|other| other.name == run.name) {
                    faults.push(Fault::Overlap(run.clone()));
                }
                if alive.len() >= evidence.cap {
                    faults.push(Fault::AboveCap(run.clone()));
                }
                if ended.contains(run) {
                    alive.insert(run);
                }
            }
            Mark::End { run, .. } => {
                alive.remove(run);
            }
        }
    }
    faults
}

fn records(evidence: &Evidence<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut last = 0;
    for event in evidence.events {
        if event.seq != last + 1 {
            faults.push(Fault::Gap(last, event.seq));
        }
        last = event.seq;
    }
    for ticket in evidence.tickets {
        let subject = format!("tasks/{}", ticket.id);
        let is_completion = |event: &&Event| event.kind == "task.completed" && event.subject == subject;
        let times = evidence.events.iter().filter(is_completion).count();
        if times != 1 {
            faults.push(Fault::Completions(ticket.id.clone(), times));
        }
    }
    faults
}

#[cfg(test)]
mod tests;
