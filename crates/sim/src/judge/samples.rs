//! A run told by hand, for the tests of the checks.

use std::time::Duration;

use go_bus_api::{Agent, Epoch, EventKind, Host, LeaseEvent, Seq, Task};
use go_clock::Boottime;
use serde_json::json;

use super::{
    About, Answer, Bounds, Call, Commit, Decision, Deed, EventFact, Fact, GrantFact, Invariant, Judge, LeaseFact,
    SimTime, Violation, What,
};
use crate::{Exchange, Node};

/// The leader of most stories.
pub(super) const GO: Node = Node::Go(1);
/// Who comes after it.
pub(super) const NEXT: Node = Node::Go(2);
/// The TTL of all leases here: the margin is a second.
pub(super) const TTL: Duration = Duration::from_secs(15);
/// The sessions' grace.
pub(super) const GRACE: Duration = Duration::from_millis(200);

/// A run as it is told to a judge. Clocks show true time.
pub(super) struct Story {
    judge: Judge,
    now: SimTime,
    seq: Seq,
    requests: u64,
    found: Vec<Violation>,
}

impl Story {
    /// Bus and two GOs, started at 0.
    pub(super) fn new() -> Self {
        let ms = Duration::from_millis;
        let bounds = Bounds {
            agents_min: 3,
            agents_max: 8,
            slots: 3,
            settle: ms(4000),
            takeover: ms(100),
            blur: ms(20),
            host_ttl: ms(6000),
            candidate: ms(5000),
            leases_end: true,
        };
        let judge = Judge::new(&bounds);
        let mut story = Self { judge, now: SimTime::default(), seq: Seq(0), requests: 0, found: Vec::new() };
        for node in [Node::Bus, GO, NEXT] {
            story.tell(Some(node), What::Started);
        }
        story
    }

    /// Goes on at `ms` after the start.
    pub(super) fn at(&mut self, ms: u64) -> &mut Self {
        self.now = SimTime(Duration::from_millis(ms));
        self
    }

    pub(super) fn tell(&mut self, node: Option<Node>, what: What) -> &mut Self {
        let found = self.judge.see(&Fact { at: self.now, node, what });
        self.found.extend(found);
        self
    }

    /// `node` begins a request; its number.
    pub(super) fn ask(&mut self, node: Node, epoch: Option<u64>, call: Call) -> Exchange {
        self.requests += 1;
        let id = Exchange(self.requests);
        let boottime = Boottime(self.now.0);
        self.tell(Some(node), What::Asked { id, call, epoch: epoch.map(Epoch), boottime });
        id
    }

    /// `node` begins a write under `epoch`.
    pub(super) fn write(&mut self, node: Node, epoch: u64) -> &mut Self {
        self.ask(node, Some(epoch), Call::Write("POST /agents".to_owned()));
        self
    }

    /// `node` sends a bid now; the Bus grants `epoch`, and the answer comes `later` ms later.
    pub(super) fn granted(&mut self, node: Node, epoch: u64, later: u64) -> &mut Self {
        let holder = node.name().parse().unwrap();
        let id = self.ask(node, None, Call::Bid { holder, renews: None });
        let lease = LeaseFact { epoch: Epoch(epoch), holder: node.name().parse().ok(), ttl: TTL, renewals: 0 };
        self.commit(&node.name(), None, Deed::Bid(node.name().parse().unwrap()), Decision::Done(Some(lease)));
        self.now = self.now.after(Duration::from_millis(later));
        let grant = GrantFact { epoch: Epoch(epoch), ttl: TTL, remaining: TTL, grace: Some(GRACE) };
        self.tell(Some(node), What::Answered { id, answer: Answer::Granted(grant) })
    }

    /// The Bus decides on a command.
    pub(super) fn commit(&mut self, actor: &str, epoch: Option<u64>, deed: Deed, outcome: Decision) -> &mut Self {
        let commit = Commit { actor: actor.to_owned(), epoch: epoch.map(Epoch), deed, outcome };
        self.tell(Some(Node::Bus), What::Committed(commit))
    }

    /// The next event.
    pub(super) fn event(&mut self, kind: EventKind, about: About) -> &mut Self {
        self.seq = self.seq.next();
        let (seq, actor, subject) = (self.seq, "bus".to_owned(), String::new());
        self.tell(Some(Node::Bus), What::Event(Box::new(EventFact { seq, kind, actor, epoch: None, subject, about })))
    }

    /// The lease's holder is another, or there is none: the event with its cause.
    pub(super) fn lease(&mut self, kind: EventKind, epoch: u64, cause: Option<&str>) -> &mut Self {
        let event = json!({"holder": null, "epoch": epoch, "ttl_ms": 15_000, "acquired_at": null, "handoff": null,
            "url": null, "cause": cause});
        let event: LeaseEvent = serde_json::from_value(event).unwrap();
        self.event(kind, About::Lease(Box::new(event)))
    }

    /// What does not hold, in the order in which it showed.
    pub(super) fn wrong(&self) -> Vec<Invariant> {
        self.found.iter().map(|violation| violation.invariant).collect()
    }

    /// The same at the run's end.
    pub(super) fn end(&mut self) -> Vec<Invariant> {
        self.judge.end().iter().map(|violation| violation.invariant).collect()
    }

    /// How the changes of leader went.
    pub(super) fn takeovers(&self) -> &[super::TakeoverFact] {
        self.judge.takeovers()
    }
}

/// An agent of this role in this state, on `h1`.
pub(crate) fn agent(id: &str, role: &str, state: &str, parent: &str, task: Option<&str>) -> Agent {
    let agent = json!({"id": id, "role": role, "state": state, "host": "h1", "project": "site", "user": "eva",
        "parent": parent, "driver": "shell", "task": task, "attempt": task.map(|_| 1),
        "spawned_at": "2026-03-21T08:15:30.000Z", "revision": 1});
    serde_json::from_value(agent).unwrap()
}

/// What an event about it is about.
pub(super) fn about(agent: Agent) -> About {
    About::Agent(Box::new(agent))
}

/// A ticket's task.
pub(crate) fn task(id: &str, state: &str, attempt: u32) -> Task {
    let task = json!({"id": id, "project": "site", "title": id, "kind": "ticket", "priority": "p2", "state": state,
        "attempt": attempt, "max_attempts": 3, "failures": 0, "losses": 0,
        "created_at": "2026-03-21T08:15:30.000Z", "revision": 1});
    serde_json::from_value(task).unwrap()
}

/// The event about it.
pub(super) fn of_task(task: Task) -> About {
    About::Task(Box::new(task))
}

/// A host with a launcher.
pub(super) fn host(id: &str) -> About {
    let host =
        json!({"id": id, "state": "active", "slots": 3, "last_heartbeat": null, "launcher": "a-l", "revision": 1});
    About::Host(Box::new(serde_json::from_value::<Host>(host).unwrap()))
}
