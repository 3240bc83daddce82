//! What a leader leaves to the next (R3, R4). The next one reconciles whatever it finds; the handoff tells it and people where the
//! last one stood.

use go_bus_api::{AgentId, Attempt, Handoff, Seq, TaskId, TaskState, Timestamp};
use go_bus_client::World;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the document that this code writes.
const VERSION: u32 = 1;

/// The handoff document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffDocument {
    /// The document's version: 1. A reader that knows only lower ones ignores the document.
    pub version: u32,
    /// When it was written.
    pub written_at: Timestamp,
    /// The last event that the writer had seen; its successor acts only once it has seen it too.
    pub cursor: Seq,
    /// The work under way, by task id.
    pub running: Vec<RunningWork>,
}

/// A task under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningWork {
    /// The task.
    pub task: TaskId,
    /// Its attempt.
    pub attempt: Attempt,
    /// Who answers for it.
    pub assignee: Option<AgentId>,
    /// The agents that build or review it and have not ended.
    pub agents: Vec<AgentId>,
}

impl HandoffDocument {
    /// Where `world` stands after the event `cursor`.
    pub fn of(world: &World, cursor: Seq, written_at: Timestamp) -> Self {
        let states = [TaskState::InProgress, TaskState::Waiting];
        let mut running: Vec<_> = states.into_iter().flat_map(|state| world.tasks_in(state)).collect();
        running.sort_by(|a, b| a.id.cmp(&b.id));
        let agents = |task: &TaskId| {
            let left = world.builders(task).filter(|agent| !agent.state.is_ended());
            left.map(|agent| agent.id.clone()).collect()
        };
        let work = |task: &go_bus_api::Task| RunningWork {
            task: task.id.clone(),
            attempt: task.attempt,
            assignee: task.assignee.clone(),
            agents: agents(&task.id),
        };
        Self { version: VERSION, written_at, cursor, running: running.into_iter().map(work).collect() }
    }

    /// As it is put to the Bus.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// Reads a handoff; `None` where it is of a version that this code does not know, or no such document.
    pub fn read(handoff: &Handoff) -> Option<Self> {
        let document: Self = serde_json::from_value(handoff.document.clone()).ok()?;
        (document.version <= VERSION).then_some(document)
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Agent, AgentState, Epoch, Resource, Role, Task};
    use serde_json::json;

    use super::*;
    use crate::samples;

    fn handed(document: Value) -> Handoff {
        Handoff { epoch: Epoch(1), written_at: Timestamp::from_unix_millis(0), document }
    }

    #[test]
    fn it_names_the_work_under_way_and_reads_back() {
        let task = Task { state: TaskState::InProgress, attempt: Attempt(2), ..samples::task("T-1", "site") };
        let builder =
            |id: &str, state| Agent { task: Some(task.id.clone()), state, ..samples::agent(id, Role::Worker) };
        let world: World = [
            Resource::Task(task.clone()),
            Resource::Task(samples::task("T-2", "site")),
            Resource::Agent(builder("a-1", AgentState::Terminated)),
            Resource::Agent(builder("a-2", AgentState::Busy)),
        ]
        .into_iter()
        .collect();
        let document = HandoffDocument::of(&world, Seq(7), Timestamp::from_unix_millis(0));
        let work = RunningWork { task: task.id, attempt: Attempt(2), assignee: None, agents: vec![samples::id("a-2")] };
        assert_eq!((document.cursor, &document.running), (Seq(7), &vec![work]));
        assert_eq!(HandoffDocument::read(&handed(document.to_value())), Some(document));
    }

    #[test]
    fn a_later_version_or_something_else_is_ignored() {
        let at = "2026-03-21T08:15:30.000Z";
        let version =
            |version: u32| json!({"version": version, "written_at": at, "cursor": 1, "running": [], "more": true});
        assert!(HandoffDocument::read(&handed(version(1))).is_some());
        assert_eq!(HandoffDocument::read(&handed(version(2))), None);
        assert_eq!(HandoffDocument::read(&handed(json!("a note"))), None);
    }
}
