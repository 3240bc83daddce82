//! A scene to check rules in: a store with a leader, a host with its launcher, a project with its PO.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

use go_bus_api::{
    Acquire, Agent, AgentId, AgentState, Assign, BootId, Complete, Deliverable, Epoch, Event, ExitReport, ExpiryCause,
    Fail, HolderId, Host, HostHeartbeat, HostId, Millis, NewAgent, NewHost, NewProject, NewTask, ProblemKind, Project,
    ProjectId, ResourceKind, Role, Seq, Slots, Task, TaskId, TaskState, Text, Timestamp,
};
use serde::de::DeserializeOwned;

use crate::{
    Action, Actor, Command, EventFilter, Outcome, Policy, Query, QueryAnswer, Receipt, Reject, Store, TokenHash,
};

/// A complete prompt for any role.
pub const PROMPT: &str = "## Verification\nrun the tests\n\n## Context rotation\nhand over at 70 %\n";

/// A store under check, and a clock that moves by hand.
pub struct World {
    /// The store.
    pub store: Arc<dyn Store>,
    now: AtomicI64,
    tokens: AtomicU8,
}

/// The project of every scene.
pub fn project() -> ProjectId {
    id("site")
}

/// The host of every scene.
pub fn host() -> HostId {
    id("forge")
}

/// `text` as an id of any kind.
pub fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a valid id")
}

/// An agent as an actor.
pub fn actor(agent: &Agent) -> Actor {
    Actor::Agent { id: agent.id.clone(), role: agent.role }
}

/// An agent's shim as an actor.
pub fn shim(agent: &Agent) -> Actor {
    Actor::Shim { agent: agent.id.clone() }
}

impl World {
    /// An empty store.
    pub fn empty(make: super::MakeStore<'_>, policy: Policy) -> Self {
        Self::over(make(policy))
    }

    /// A store that is there already.
    pub fn over(store: Arc<dyn Store>) -> Self {
        Self { store, now: AtomicI64::new(1_700_000_000_000), tokens: AtomicU8::new(0) }
    }

    /// A store with the project `site` and the host `forge` of four slots.
    pub async fn with_place(make: super::MakeStore<'_>) -> Self {
        Self::with_place_under(make, Policy::default()).await
    }

    /// The same under another policy.
    pub async fn with_place_under(make: super::MakeStore<'_>, policy: Policy) -> Self {
        let world = Self::empty(make, policy);
        world.create_host("forge", 4).await;
        world.create_project("site").await;
        world
    }

    /// Now, on the scene's clock.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.now.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.now.fetch_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// The wall clock is set back.
    pub fn set_back(&self, by: Duration) {
        self.now.fetch_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// A token's hash that no other has.
    pub fn fresh_token(&self) -> TokenHash {
        TokenHash([self.tokens.fetch_add(1, Ordering::SeqCst); 32])
    }

    /// A command of `actor`, now.
    pub fn command(&self, actor: Actor, action: Action) -> Command {
        Command { actor, epoch: None, at: self.now(), key: None, if_match: None, action }
    }

    /// Commits one command.
    pub async fn commit(&self, command: Command) -> Result<Receipt, Reject> {
        self.store.commit(vec![command]).await.pop().expect("an answer for each command")
    }

    /// Commits an action of `actor`.
    pub async fn act(&self, actor: Actor, action: Action) -> Result<Receipt, Reject> {
        self.commit(self.command(actor, action)).await
    }

    /// Commits an action of the operator that has to succeed.
    pub async fn done(&self, action: Action) -> Receipt {
        self.act(Actor::Operator, action).await.expect("the operator's command")
    }

    /// Commits an action of the Bus that has to succeed.
    pub async fn bus(&self, action: Action) -> Receipt {
        self.act(Actor::Bus, action).await.expect("the Bus's command")
    }

    /// Commits an action of GO under `epoch`, by the operator's token.
    pub async fn lead(&self, epoch: Epoch, action: Action) -> Result<Receipt, Reject> {
        self.commit(Command { epoch: Some(epoch), ..self.command(Actor::Operator, action) }).await
    }

    /// The epoch of the lease; acquires it where it is free.
    pub async fn epoch(&self) -> Epoch {
        let lease = self.lease().await;
        match lease.holder {
            Some(_) => lease.epoch,
            None => self.done(Action::AcquireLease(acquire("go-1"))).await.lease.expect("a lease").epoch,
        }
    }

    /// The lease's row.
    pub async fn lease(&self) -> crate::Lease {
        match self.store.read(Query::Lease).await {
            Ok(QueryAnswer::Lease(lease)) => lease,
            other => panic!("no lease: {other:?}"),
        }
    }

    /// Makes a host.
    pub async fn create_host(&self, name: &str, slots: u32) {
        let slots = Slots::new(slots).expect("slots");
        let body = NewHost { id: id(name), state: Default::default(), slots, labels: Default::default() };
        self.done(Action::CreateHost(body)).await;
    }

    /// Makes a project.
    pub async fn create_project(&self, name: &str) {
        self.done(Action::CreateProject(new_project(name))).await;
    }

    /// Registers a launcher of a host and lets it take the host's lease.
    pub async fn launcher(&self, host: &str, boot: &str) -> Agent {
        let agent = NewAgent { host: Some(id(host)), ..new_agent(Role::Launcher) };
        let launcher = self.register(agent).await;
        self.beat(&launcher, boot).await.expect("the host is free");
        launcher
    }

    /// A launcher's heartbeat.
    pub async fn beat(&self, launcher: &Agent, boot: &str) -> Result<Receipt, Reject> {
        let body = HostHeartbeat { boot_id: id::<BootId>(boot), launcher: launcher.id.clone() };
        let host = launcher.host.clone().expect("a launcher's host");
        self.act(actor(launcher), Action::HeartbeatHost(host, body)).await
    }

    /// Registers an agent.
    pub async fn register(&self, agent: NewAgent) -> Agent {
        let action = Action::Register { agent, token: self.fresh_token(), expires_at: later() };
        read(&self.done(action).await)
    }

    /// Spawns the PO of a project, as GO.
    pub async fn po(&self, of: &str) -> Agent {
        let body = NewAgent { project: Some(id(of)), host: Some(host()), ..new_agent(Role::Po) };
        let epoch = self.epoch().await;
        read(&self.lead(epoch, Action::Spawn(body)).await.expect("a PO"))
    }

    /// Makes a ticket.
    pub async fn ticket(&self, name: &str, after: &[&str]) -> Task {
        read(&self.done(Action::CreateTask(ticket(name, after))).await)
    }

    /// Assigns a ticket to an agent.
    pub async fn assign(&self, task: &str, agent: &Agent) -> Result<Receipt, Reject> {
        self.act(Actor::Operator, Action::AssignTask(id(task), Assign { agent: agent.id.clone() })).await
    }

    /// Makes a ticket and assigns it.
    pub async fn assigned(&self, name: &str, to: &Agent) -> Task {
        self.ticket(name, &[]).await;
        read(&self.assign(name, to).await.expect("an assignment"))
    }

    /// Spawns a builder of a task on the host `forge`.
    pub async fn builder(&self, po: &Agent, task: &str) -> Result<Agent, Reject> {
        self.hand(po, Role::Worker, task).await
    }

    /// Spawns a hand with a task on the host `forge`.
    pub async fn hand(&self, po: &Agent, role: Role, task: &str) -> Result<Agent, Reject> {
        let body = NewAgent { host: Some(host()), task: Some(id(task)), ..new_agent(role) };
        self.act(actor(po), Action::Spawn(body)).await.map(|receipt| read(&receipt))
    }

    /// Lets an agent's launcher say that it runs.
    pub async fn started(&self, agent: &Agent) {
        let patch = go_bus_api::AgentPatch { state: Some(AgentState::Ready), ..Default::default() };
        self.done(Action::PatchAgent(agent.id.clone(), patch)).await;
    }

    /// An agent's end by its shim.
    pub async fn exit(&self, agent: &Agent, report: ExitReport) -> Result<Receipt, Reject> {
        self.act(shim(agent), Action::ReportExit(agent.id.clone(), report)).await
    }

    /// A completion by an agent.
    pub async fn complete(&self, task: &Task, by: &Agent, kind: Option<&str>) -> Result<Receipt, Reject> {
        self.act(actor(by), Action::CompleteTask(task.id.clone(), completion(task, kind))).await
    }

    /// A failure by an agent.
    pub async fn fail(&self, task: &Task, by: &Agent, error: &str, retryable: bool) -> Result<Receipt, Reject> {
        let body = Fail { attempt: task.attempt, error: Text::clipped(error), retryable, remedy: None };
        self.act(actor(by), Action::FailTask { task: task.id.clone(), body, jitter: 1_000_000 }).await
    }

    /// A resource as it is stored.
    pub async fn get<T: DeserializeOwned>(&self, kind: ResourceKind, id: &str) -> T {
        match self.store.read(Query::One(kind, id.to_owned())).await {
            Ok(QueryAnswer::One(Some(document))) => serde_json::from_str(&document.json).expect("a resource"),
            other => panic!("no {kind:?} {id}: {other:?}"),
        }
    }

    /// A task as it is stored.
    pub async fn task(&self, name: &str) -> Task {
        self.get(ResourceKind::Task, name).await
    }

    /// An agent as it is stored.
    pub async fn agent(&self, id: &AgentId) -> Agent {
        self.get(ResourceKind::Agent, id.as_str()).await
    }

    /// The host `forge` as it is stored.
    pub async fn forge(&self) -> Host {
        self.get(ResourceKind::Host, "forge").await
    }

    /// The project `site` as it is stored.
    pub async fn site(&self) -> Project {
        self.get(ResourceKind::Project, "site").await
    }

    /// Every event so far.
    pub async fn events(&self) -> Vec<Event> {
        let (mut all, mut after) = (Vec::new(), Seq(0));
        loop {
            let lines = self.store.events(after, usize::MAX, &EventFilter::default()).await.expect("events");
            let Some(last) = lines.last() else { return all };
            after = last.seq;
            all.extend(lines.iter().map(|line| serde_json::from_str::<Event>(&line.json).expect("an event")));
        }
    }

    /// The kinds of the events after `after`, with their subjects: `task.done tasks/T-1`.
    pub async fn told_since(&self, after: Seq) -> Vec<String> {
        let line = |event: &Event| {
            let subject = event.subject.as_ref().map_or("", |subject| subject.0.as_str());
            format!("{} {subject}", event.kind)
        };
        self.events().await.iter().filter(|event| event.seq > after).map(line).collect()
    }

    /// The last event's place.
    pub async fn seq(&self) -> Seq {
        match self.store.read(Query::LastSeq).await {
            Ok(QueryAnswer::LastSeq(seq)) => seq,
            other => panic!("no seq: {other:?}"),
        }
    }
}

/// The resource of a receipt.
pub fn read<T: DeserializeOwned>(receipt: &Receipt) -> T {
    let document = receipt.document.as_ref().expect("a document");
    serde_json::from_str(&document.json).expect("the resource that was asked for")
}

/// What kind of refusal it is; panics where it is none.
pub fn refused(result: Result<Receipt, Reject>) -> ProblemKind {
    match result {
        Err(Reject::Rule { kind, .. }) => kind,
        Err(Reject::LeaseHeld { .. }) => ProblemKind::LeaseHeld,
        other => panic!("not refused by a rule: {other:?}"),
    }
}

/// The end of the lease's time to live.
pub fn expire_lease(epoch: Epoch, renewals: u64) -> Action {
    Action::ExpireLease { epoch, renewals, cause: ExpiryCause::Ttl, silent: Millis(125_000) }
}

/// A bid for the lease.
pub fn acquire(holder: &str) -> Acquire {
    Acquire { holder: id::<HolderId>(holder), ttl_ms: None, handoff: None, url: None, epoch: None }
}

/// An agent with nothing but a role and a complete prompt.
pub fn new_agent(role: Role) -> NewAgent {
    NewAgent { prompt: Some(Text::clipped(PROMPT)), ..NewAgent::of(role) }
}

/// A project with nothing but an id.
pub fn new_project(name: &str) -> NewProject {
    serde_json::from_value(serde_json::json!({ "id": name })).expect("a project")
}

/// A ticket of the project `site`.
pub fn ticket(name: &str, after: &[&str]) -> NewTask {
    let depends_on = after.iter().map(|name| id::<TaskId>(name)).collect();
    NewTask { id: Some(id(name)), depends_on, ..NewTask::ticket(project(), Text::clipped(name)) }
}

/// A completion of a task's attempt, with a deliverable of a kind.
pub fn completion(task: &Task, kind: Option<&str>) -> Complete {
    let deliverable = |kind: &str| Deliverable { kind: kind.to_owned().into(), artifacts: vec![], significant: false };
    Complete { deliverable: kind.map(deliverable), ..Complete::of(task.attempt, Text::clipped("built")) }
}

/// An exit with a code.
pub fn exited(code: i32) -> ExitReport {
    ExitReport { code: Some(code), ..ExitReport::default() }
}

/// An end that was ordered.
pub fn stopped() -> ExitReport {
    ExitReport { signal: Some(2), stopped: true, ..ExitReport::default() }
}

/// A time after every scene.
pub fn later() -> Timestamp {
    Timestamp::from_unix_millis(1_900_000_000_000)
}

/// Whether it was done or was so already.
pub fn outcome(result: Result<Receipt, Reject>) -> Outcome {
    result.expect("not refused").outcome
}

/// Fails with both states unless the task is in `state`.
pub fn assert_state(task: &Task, state: TaskState) {
    assert_eq!(task.state, state, "task {}: {:?}", task.id, task.error);
}
