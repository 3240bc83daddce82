//! What the Bus decided, as facts.

use go_bus_store::{Action, Actor, Command, EventLine, Lease, Outcome, Receipt, Reject};

use crate::judge::{Commit, Decision, Deed, EventFact, LeaseFact, What};

/// Commands with their answers and the events of all of them, each event after its command.
pub(super) fn facts(commands: &[Command], answers: &[Result<Receipt, Reject>], events: &[EventLine]) -> Vec<What> {
    let mut events = events.iter().peekable();
    let mut facts = Vec::new();
    for (command, answer) in commands.iter().zip(answers) {
        facts.push(What::Committed(commit(command, answer)));
        let upto = answer.as_ref().ok().map(|receipt| receipt.seq);
        while let Some(line) = events.next_if(|line| upto.is_some_and(|upto| line.seq <= upto)) {
            facts.extend(event(line));
        }
    }
    facts.extend(events.filter_map(event));
    facts
}

fn event(line: &EventLine) -> Option<What> {
    EventFact::read(&line.json).map(|event| What::Event(Box::new(event)))
}

fn commit(command: &Command, answer: &Result<Receipt, Reject>) -> Commit {
    let outcome = match answer {
        Ok(Receipt { outcome: Outcome::Unchanged, .. }) => Decision::Unchanged,
        Ok(receipt) => Decision::Done(receipt.lease.as_ref().map(lease)),
        Err(Reject::Rule { kind, .. }) => Decision::Refused(kind.slug().to_owned()),
        Err(Reject::LeaseHeld { .. }) => Decision::Refused("lease-held".to_owned()),
        Err(Reject::Store(error)) => Decision::Refused(error.to_string()),
    };
    Commit { actor: actor(&command.actor), epoch: command.epoch, deed: deed(&command.action), outcome }
}

fn lease(lease: &Lease) -> LeaseFact {
    LeaseFact { epoch: lease.epoch, holder: lease.holder.clone(), ttl: lease.ttl.duration(), renewals: lease.renewals }
}

fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Operator => "operator".to_owned(),
        Actor::Agent { id, .. } | Actor::Shim { agent: id } => id.to_string(),
        Actor::Bus => "bus".to_owned(),
    }
}

fn deed(action: &Action) -> Deed {
    match action {
        Action::AcquireLease(bid) => Deed::Bid(bid.holder.clone()),
        Action::ReleaseLease(_) => Deed::Release,
        Action::ExpireLease { .. } | Action::RaiseEpoch(_) => Deed::Expire,
        Action::HeartbeatHost(host, _) => Deed::HostBeat(host.clone()),
        Action::ReportProgress(task, body) => Deed::Result { task: task.clone(), attempt: body.attempt },
        Action::CompleteTask(task, body) => Deed::Result { task: task.clone(), attempt: body.attempt },
        Action::FailTask { task, body, .. } => Deed::Result { task: task.clone(), attempt: body.attempt },
        Action::ReviewTask(task, _) => Deed::Review(task.clone()),
        other => Deed::Other(word(other)),
    }
}

/// A word for what matters to people alone.
fn word(action: &Action) -> &'static str {
    match action {
        Action::Spawn(_) => "spawn",
        Action::Register { .. } => "register",
        Action::PatchAgent(..) => "change an agent",
        Action::Terminate { .. } => "end an agent",
        Action::HeartbeatAgent(..) => "beat",
        Action::ReportExit(..) => "report an exit",
        Action::LoseAgent { .. } => "lose an agent",
        Action::CreateTask(_) => "create a task",
        Action::PatchTask(..) => "change a task",
        Action::AssignTask(..) => "assign",
        Action::CreateHost(_) | Action::PatchHost(..) => "change a host",
        Action::ExpireHost { .. } => "expire a host",
        Action::PutHandoff(_) => "hand off",
        Action::RaiseAlert(_) => "raise an alert",
        _ => "something else",
    }
}
