//! The handoff document.

use std::collections::BTreeSet;

use go_bus_api::{AgentId, Attempt, Epoch, Handoff, Seq, SprintId, Task, TaskId, TaskState, Text, Timestamp};
use go_bus_client::World;
use go_sprint::Limits;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::why::why;

/// The version of the document that this code writes.
const VERSION: u32 = 2;

/// The handoff document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffDocument {
    /// The document's version: 2. A reader that knows only lower ones ignores the document. Version 1 had neither `epoch`, `why`,
    /// `decided` nor `sprint`.
    pub version: u32,
    /// The epoch it was written under.
    #[serde(default)]
    pub epoch: Epoch,
    /// When it was written.
    pub written_at: Timestamp,
    /// The last event that the writer had seen; its successor acts only once it has seen it too.
    pub cursor: Seq,
    /// The sprint under way.
    #[serde(default)]
    pub sprint: Option<SprintWindow>,
    /// The work under way, by task id.
    pub running: Vec<RunningWork>,
    /// What GO did lately, the latest last; the last few of the predecessors too.
    #[serde(default)]
    pub decided: Vec<Decision>,
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
    /// Why it is where it is, a sentence each.
    #[serde(default)]
    pub why: Vec<String>,
}

/// Something that GO did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// What, in words.
    pub what: Text<256>,
}

/// The sprint under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SprintWindow {
    /// Its id.
    pub id: SprintId,
    /// When its window ends.
    pub ends_at: Timestamp,
    /// The tickets of its batch that are not done.
    pub left: BTreeSet<TaskId>,
}

impl HandoffDocument {
    /// Where `world` stands after the event `cursor`.
    pub fn of(world: &World, cursor: Seq, epoch: Epoch, limits: &Limits, written_at: Timestamp) -> Self {
        let states = [TaskState::InProgress, TaskState::Waiting];
        let mut running: Vec<_> = states.into_iter().flat_map(|state| world.tasks_in(state)).collect();
        running.sort_by(|a, b| a.id.cmp(&b.id));
        let running = running.into_iter().map(|task| work(world, task, limits, written_at)).collect();
        Self { version: VERSION, epoch, written_at, cursor, sprint: sprint(world), running, decided: Vec::new() }
    }

    /// The same with what was decided lately.
    #[must_use]
    pub fn with_decided(self, decided: Vec<Decision>) -> Self {
        Self { decided, ..self }
    }

    /// Whether both tell the same, whenever they were written.
    pub fn tells_the_same(&self, other: &Self) -> bool {
        let Self { version, epoch, written_at: _, cursor: _, sprint, running, decided } = self;
        (version, epoch, sprint, running, decided)
            == (&other.version, &other.epoch, &other.sprint, &other.running, &other.decided)
    }

    /// As it is put to the Bus, and into the file.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// Reads what the Bus keeps, which knows best the epoch that it was written under; `None` where it is of a version that this
    /// code does not know, or no such document.
    pub fn read(handoff: &Handoff) -> Option<Self> {
        Some(Self { epoch: handoff.epoch, ..Self::from_value(&handoff.document)? })
    }

    /// Reads a document by itself, as [`Self::read`] does.
    pub fn from_value(value: &Value) -> Option<Self> {
        let version = value.get("version")?.as_u64()?;
        if version > u64::from(VERSION) {
            tracing::warn!(version, "a handoff of a version that is not known here is ignored");
            return None;
        }
        Self::deserialize(value)
            .inspect_err(|error| tracing::warn!(%error, "a handoff that can't be read is ignored"))
            .ok()
    }
}

fn work(world: &World, task: &Task, limits: &Limits, now: Timestamp) -> RunningWork {
    let left = world.builders(&task.id).filter(|agent| !agent.state.is_ended());
    RunningWork {
        task: task.id.clone(),
        attempt: task.attempt,
        assignee: task.assignee.clone(),
        agents: left.map(|agent| agent.id.clone()).collect(),
        why: why(world, &task.id, limits, now).map(|explanation| explanation.because).unwrap_or_default(),
    }
}

fn sprint(world: &World) -> Option<SprintWindow> {
    let sprint = world.open_sprint()?;
    let is_left = |id: &&TaskId| !matches!(world.task_state(id), Some(TaskState::Done | TaskState::Cancelled));
    let left = sprint.tickets.iter().filter(is_left).cloned().collect();
    Some(SprintWindow { id: sprint.id.clone(), ends_at: sprint.ends_at, left })
}

#[cfg(test)]
mod tests;
