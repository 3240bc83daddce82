//! What happened, in lines for people.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

use go_bus_api::Epoch;

use crate::judge::{Answer, Call, Commit, Decision, Deed, Fact, FactNo, Violation, What};

/// Every fact of a run in order.
#[derive(Debug, Default)]
pub struct Timeline {
    facts: Vec<Fact>,
}

impl Timeline {
    /// Adds a fact.
    pub fn add(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// One number for all of it: two runs with the same went the same way.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for fact in &self.facts {
            format!("{fact:?}").hash(&mut hasher);
        }
        hasher.finish()
    }

    /// All of it, a line for each fact.
    pub fn text(&self) -> String {
        self.lines(0)
    }

    /// The last `count` lines.
    pub fn last(&self, count: usize) -> String {
        self.lines(self.facts.len().saturating_sub(count))
    }

    /// A violation with the facts that clash.
    pub fn explain(&self, violation: &Violation) -> String {
        let mut text = format!("VIOLATION at {violation}\n");
        let facts = violation.clashes_with.into_iter().chain([violation.now]);
        for fact in facts.filter_map(|FactNo(no)| self.facts.get(no)) {
            let _ = writeln!(text, "  {}", line(fact));
        }
        text
    }

    fn lines(&self, from: usize) -> String {
        let facts = self.facts.get(from..).unwrap_or_default().iter().filter(|fact| !matches!(fact.what, What::Passed));
        facts.fold(String::new(), |mut text, fact| {
            let _ = writeln!(text, "{}", line(fact));
            text
        })
    }
}

/// One fact in a line: time, node, epoch, words.
pub fn line(fact: &Fact) -> String {
    let node = fact.node.map(|node| node.to_string()).unwrap_or_default();
    let epoch = epoch(&fact.what).map(|epoch| format!("e{epoch}")).unwrap_or_default();
    format!("{} {node:<10} {epoch:<4} {}", fact.at, words(&fact.what))
}

fn epoch(what: &What) -> Option<Epoch> {
    match what {
        What::Asked { epoch, .. } => *epoch,
        What::Committed(commit) => commit.epoch,
        What::Event(event) => event.epoch,
        _ => None,
    }
}

fn words(what: &What) -> String {
    match what {
        What::Started => "starts".to_owned(),
        What::Crashed => "is dead".to_owned(),
        What::Asked { id, call, .. } => format!("→ #{} {}", id.0, asked(call)),
        What::Answered { id, answer } => format!("← #{} {}", id.0, answered(answer)),
        What::Tick { id, open_for, .. } => format!("← #{} tick, open for {} ms", id.0, open_for.as_millis()),
        What::Delivered { id, seq } => format!("← #{} event {seq}", id.0),
        What::Following { after } => format!("follows after event {after}"),
        What::Handed { seq } => format!("is handed event {seq}"),
        What::Committed(commit) => committed(commit),
        What::Event(event) => format!("event {} {} {} by {}", event.seq, event.kind, event.subject, event.actor),
        What::RunBegan { agent, role, task, .. } => {
            let task = task.as_ref().map(|task| format!(" on {task}")).unwrap_or_default();
            format!("{agent} runs as {}{task}", role.as_str())
        }
        What::RunEnded { agent, end } => format!("{agent} runs no more: {end:?}"),
        What::FaultBegan(fault) => format!("⚡ {fault}"),
        What::FaultEnded(fault) => format!("✓ over: {fault}"),
        What::Calm => "no fault follows".to_owned(),
        What::Passed => String::new(),
        What::Tried { offence, status } => format!("tried {offence}: {status}"),
        What::Audited { entries, first_bad } => match first_bad {
            None => format!("the audit chain of {entries} entries is whole"),
            Some(bad) => format!("the audit chain of {entries} entries breaks at {bad}"),
        },
    }
}

fn asked(call: &Call) -> String {
    match call {
        Call::Bid { holder, renews: None } => format!("bid of {holder}"),
        Call::Bid { renews: Some(epoch), .. } => format!("renew epoch {epoch}"),
        Call::Release { epoch } => format!("release epoch {epoch}"),
        Call::Session { epoch } => format!("open the session of epoch {epoch}"),
        Call::Wait => "wait for the lease".to_owned(),
        Call::HostBeat(host) => format!("hold {host}"),
        Call::Events { after, .. } => format!("events after {after}"),
        Call::Write(target) => target.clone(),
        Call::Read(target) => format!("GET {target}"),
    }
}

fn answered(answer: &Answer) -> String {
    match answer {
        Answer::Granted(grant) => format!("epoch {} for {} ms", grant.epoch, grant.ttl.as_millis()),
        Answer::Status(status) => status.to_string(),
        Answer::Nothing => "over".to_owned(),
    }
}

fn committed(commit: &Commit) -> String {
    let deed = match &commit.deed {
        Deed::Bid(holder) => format!("bid of {holder}"),
        Deed::Release => "release".to_owned(),
        Deed::Expire => "end of the lease".to_owned(),
        Deed::HostBeat(host) => format!("hold {host}"),
        Deed::Result { task, attempt } => format!("result of {task}, attempt {attempt}"),
        Deed::Review(task) => format!("verdict on {task}"),
        Deed::Other(word) => (*word).to_owned(),
    };
    let outcome = match &commit.outcome {
        Decision::Done(Some(lease)) => format!("done, epoch {}", lease.epoch),
        Decision::Done(None) => "done".to_owned(),
        Decision::Unchanged => "as it was".to_owned(),
        Decision::Refused(slug) => format!("refused, {slug}"),
    };
    format!("{} asks: {deed}: {outcome}", commit.actor)
}
