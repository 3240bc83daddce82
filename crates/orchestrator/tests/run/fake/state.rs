//! What the fake Bus knows.

use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{
    Agent, AgentState, Event, EventKind, Resource, Revision, Role, Seq, Subject, Task, TaskId, TaskState, Text,
    Timestamp,
};
use serde_json::{Value, json};

use super::Seen;

pub(crate) const AT: &str = "2026-03-21T08:15:30.000Z";

/// What the fake Bus knows.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) agents: BTreeMap<String, Agent>,
    pub(crate) tasks: BTreeMap<String, Task>,
    pub(crate) others: BTreeMap<String, Resource>,
    pub(crate) holder: Option<String>,
    /// The token that acquired the lease.
    pub(crate) owner: String,
    pub(crate) epoch: u64,
    pub(crate) handoff: Option<Value>,
    /// Tokens that are not taken any more.
    pub(crate) revoked: Vec<String>,
    /// Refusals to come: the next requests whose target ends so get this problem.
    pub(crate) refusals: Vec<(&'static str, go_bus_api::ProblemKind)>,
    /// Whether the event streams are silent.
    pub(crate) muted: bool,
    /// Whether nobody reaches the Bus.
    pub(crate) away: bool,
    /// How long it takes until an event stream begins.
    pub(crate) slow: Duration,
    /// Whether nobody hears that its bid was granted.
    pub(crate) grants_unheard: bool,
    pub(crate) serial: u32,
    events: Vec<Event>,
    seen: Vec<Seen>,
}

impl State {
    pub(crate) fn seq(&self) -> u64 {
        self.events.len() as u64
    }

    pub(crate) fn note(&mut self, seen: Seen) {
        self.seen.push(seen);
    }

    /// Every request so far, with what became of it.
    pub(crate) fn seen(&self) -> &[Seen] {
        &self.seen
    }

    pub(crate) fn event_after(&self, after: u64) -> Option<Event> {
        self.events.get(usize::try_from(after).unwrap()).filter(|_| !self.muted).cloned()
    }

    pub(crate) fn task(&self, id: &str) -> Option<Task> {
        self.tasks.get(id).cloned()
    }

    pub(crate) fn tasks_in(&self, state: TaskState) -> Vec<TaskId> {
        self.tasks.values().filter(|task| task.state == state).map(|task| task.id.clone()).collect()
    }

    /// The live agents of this role.
    pub(crate) fn live(&self, role: Role) -> Vec<String> {
        let live = self.agents.values().filter(|agent| agent.role == role && agent.state.is_live());
        live.map(|agent| agent.id.to_string()).collect()
    }

    pub(crate) fn lease_is_free(&self) -> bool {
        self.holder.is_none()
    }

    pub(crate) fn snapshot(&self) -> (u64, String) {
        let agents = self.agents.values().cloned().map(Resource::Agent);
        let tasks = self.tasks.values().cloned().map(Resource::Task);
        let all = self.others.values().cloned().chain(agents).chain(tasks);
        (self.seq(), all.map(|resource| format!("{}\n", serde_json::to_string(&resource).unwrap())).collect())
    }

    /// Ends a task as its PO would; those behind a failure are blocked.
    pub(crate) fn end(&mut self, id: &TaskId, state: TaskState) {
        let task = self.tasks.get(id.as_str()).unwrap().clone();
        self.put_task(Task { state, failures: u32::from(state == TaskState::Failed), ..task });
    }

    /// Ends an agent on order.
    pub(crate) fn terminate(&mut self, id: &str) {
        let agent = self.agents.get(id).unwrap().clone();
        self.put_agent(Agent { state: AgentState::Terminated, ..agent });
    }

    pub(crate) fn put_agent(&mut self, mut agent: Agent) {
        agent.revision = self.agents.get(agent.id.as_str()).map_or(Revision(1), |known| known.revision.next());
        let kind = if agent.state.is_ended() { EventKind::AgentTerminated } else { EventKind::AgentRequested };
        self.tell(kind, &format!("agents/{}", agent.id), &serde_json::to_value(&agent).unwrap());
        self.agents.insert(agent.id.to_string(), agent);
    }

    pub(crate) fn put_task(&mut self, mut task: Task) {
        task.revision = self.tasks.get(task.id.as_str()).map_or(Revision(1), |known| known.revision.next());
        self.tell(EventKind::TaskUpdated, &format!("tasks/{}", task.id), &serde_json::to_value(&task).unwrap());
        self.tasks.insert(task.id.to_string(), task);
    }

    pub(crate) fn put_other(&mut self, path: &str, kind: &str, resource: &Value) {
        let line = json!({"type": kind, "resource": resource});
        self.others.insert(path.to_owned(), serde_json::from_value(line).unwrap());
        self.tell(EventKind::HostUpdated, path, resource);
    }

    pub(crate) fn tell_lease(&mut self, kind: EventKind) {
        let data = json!({"holder": self.holder, "epoch": self.epoch});
        self.tell(kind, "lease", &data);
    }

    fn tell(&mut self, kind: EventKind, subject: &str, data: &Value) {
        self.events.push(Event {
            seq: Seq(self.seq() + 1),
            kind,
            at: AT.parse::<Timestamp>().unwrap(),
            actor: Text::clipped("bus"),
            epoch: None,
            subject: Some(Subject(Text::clipped(subject))),
            data: data.clone(),
        });
    }
}
