//! Has the faults of a plan happen.

use std::collections::BTreeMap;
use std::time::Duration;

use super::audit;
use crate::faults::{Fault, Planned};
use crate::judge::What;
use crate::{Fleet, Node, Recorder, SimError};

/// Works through a plan.
pub(super) struct Driver {
    plan: Vec<Planned>,
    next: usize,
    under_way: Vec<Planned>,
    record: Recorder,
    begun: BTreeMap<&'static str, u64>,
    calm: bool,
}

impl Driver {
    /// Nothing has happened yet.
    pub(super) fn new(mut plan: Vec<Planned>, record: Recorder) -> Self {
        plan.sort_by_key(|planned| planned.at);
        Self { plan, next: 0, under_way: Vec::new(), record, begun: BTreeMap::new(), calm: false }
    }

    /// Whether all is over that was planned.
    pub(super) fn is_calm(&self) -> bool {
        self.calm
    }

    /// How many faults of each kind there were.
    pub(super) fn begun(&self) -> &BTreeMap<&'static str, u64> {
        &self.begun
    }

    /// Begins and ends what is due.
    pub(super) fn apply(&mut self, fleet: &mut Fleet) -> Result<(), SimError> {
        let now = fleet.now();
        let (over, under_way) = self.under_way.iter().partition(|planned| planned.ends() <= now);
        self.under_way = under_way;
        let over: Vec<Planned> = over;
        for planned in over {
            end(fleet, planned.fault);
            self.record.note(now, None, What::FaultEnded(planned.fault));
        }
        while let Some(planned) = self.plan.get(self.next).copied().filter(|planned| planned.at <= now) {
            self.next = self.next.saturating_add(1);
            self.record.note(now, None, What::FaultBegan(planned.fault));
            begin(fleet, &planned, &self.record)?;
            let count = self.begun.entry(planned.fault.kind()).or_default();
            *count = count.saturating_add(1);
            self.under_way.push(planned);
        }
        if !self.calm && self.under_way.is_empty() && self.next >= self.plan.len() {
            self.calm = true;
            self.record.note(now, None, What::Calm);
        }
        Ok(())
    }

    /// Ends the run: the last look at the audit chain, and at what has been left undone.
    pub(super) fn finish(&mut self, fleet: &mut Fleet) -> Result<(), SimError> {
        if self.record.is_wrong() {
            return Ok(());
        }
        if fleet.is_up(Node::Bus) {
            fleet.crash(Node::Bus);
        }
        self.record.note(fleet.now(), None, audit::verify(&fleet.database())?);
        self.record.end();
        Ok(())
    }
}

fn begin(fleet: &mut Fleet, planned: &Planned, record: &Recorder) -> Result<(), SimError> {
    match planned.fault {
        Fault::Crash(node) => {
            fleet.crash(node);
            died(fleet, &[node], record)?;
        }
        Fault::PowerCut(machine) => {
            fleet.cut_power(machine);
            died(fleet, &machine.nodes(), record)?;
        }
        Fault::Pause(node) => fleet.pause(node, planned.lasts),
        Fault::Suspend(machine) => fleet.suspend(machine, planned.lasts),
        Fault::Partition(one, other) => fleet.partition(one, other),
        Fault::Cut { from, to } => fleet.partition_oneway(from, to),
        Fault::Delay(one, other, by) => fleet.delay(one, other, Some(by)),
        Fault::LostAnswers(node, requests) => fleet.lose_answers(node, requests),
        Fault::Duplicates(node, requests) => fleet.duplicate(node, requests),
        Fault::WallStep(machine, by) => fleet.step_wall(machine, by),
        Fault::DiskFull => fleet.fill_disk(true),
        Fault::SlowDisk(by) => fleet.slow_disk(by),
        Fault::RateLimit(host) => fleet.rate_limit(host, true),
    }
    Ok(())
}

fn end(fleet: &mut Fleet, fault: Fault) {
    match fault {
        Fault::Crash(node) => fleet.restart(node),
        Fault::PowerCut(machine) => fleet.boot(machine),
        Fault::Partition(one, other) | Fault::Cut { from: one, to: other } => fleet.heal(one, other),
        Fault::Delay(one, other, _) => fleet.delay(one, other, None),
        Fault::WallStep(machine, by) => fleet.step_wall(machine, by.saturating_neg()),
        Fault::DiskFull => fleet.fill_disk(false),
        Fault::SlowDisk(_) => fleet.slow_disk(Duration::ZERO),
        Fault::RateLimit(host) => fleet.rate_limit(host, false),
        Fault::LostAnswers(node, _) => fleet.lose_answers(node, 0),
        Fault::Duplicates(node, _) => fleet.duplicate(node, 0),
        // They end by themselves.
        Fault::Pause(_) | Fault::Suspend(_) => {}
    }
}

/// Tells the judge of deaths that nobody else tells of; what a dead Bus has left is looked at.
fn died(fleet: &Fleet, nodes: &[Node], record: &Recorder) -> Result<(), SimError> {
    for node in nodes {
        record.note(fleet.now(), Some(*node), What::Crashed);
    }
    if nodes.contains(&Node::Bus) {
        record.note(fleet.now(), None, audit::verify(&fleet.database())?);
    }
    Ok(())
}
