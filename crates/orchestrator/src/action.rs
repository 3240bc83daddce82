//! What GO does: values that can be printed, compared and performed.

use std::fmt;

use go_bus_api::{AgentId, Attempt, HostId, NewAgent, NewTask, ProjectId, TaskId, UserId};
use go_plan::reconcile::PlanChange;
use go_spawn::Orchestrator;

/// One write to the Bus.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "an action is made, performed and dropped; boxing would buy nothing")]
pub enum Action {
    /// Brings the Bus to what plan.yaml says.
    Change(PlanChange),
    /// Fills a vacant seat (R12).
    Spawn {
        /// Whom it is about.
        orchestrator: Orchestrator,
        /// What is posted.
        request: Box<NewAgent>,
    },
    /// Ends an orchestrator that is not wanted any more.
    End(AgentId),
    /// Gives the start signal (R7).
    Assign {
        /// The task.
        task: TaskId,
        /// Its attempt before the assignment.
        attempt: Attempt,
        /// The project whose turn this uses.
        project: ProjectId,
        /// Who answers for it from now on.
        assignee: AgentId,
    },
}

/// What an action is about: while one about the same thing waits for its retry, it waits too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A host's record.
    Host(HostId),
    /// A project's record.
    Project(ProjectId),
    /// A human's session.
    Session(UserId),
    /// A task that is to be made.
    NewTask(TaskId),
    /// A task that is to be made without an id of its own.
    Unnamed,
    /// A task's record.
    Task(TaskId),
    /// A seat.
    Seat(Orchestrator),
    /// An agent's end.
    End(AgentId),
    /// The assignment that follows an attempt.
    Assignment(TaskId, Attempt),
}

impl Action {
    /// What it is about.
    pub fn key(&self) -> Key {
        match self {
            Self::Change(change) => key_of(change),
            Self::Spawn { orchestrator, .. } => Key::Seat(orchestrator.clone()),
            Self::End(agent) => Key::End(agent.clone()),
            Self::Assign { task, attempt, .. } => Key::Assignment(task.clone(), *attempt),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(change) => describe(f, change),
            Self::Spawn { orchestrator, .. } => write!(f, "spawn the {orchestrator}"),
            Self::End(agent) => write!(f, "end {agent}"),
            Self::Assign { task, assignee, .. } => write!(f, "assign {task} to {assignee}"),
        }
    }
}

fn key_of(change: &PlanChange) -> Key {
    match change {
        PlanChange::CreateHost(host) => Key::Host(host.id.clone()),
        PlanChange::PatchHost(id, _) => Key::Host(id.clone()),
        PlanChange::CreateProject(project) => Key::Project(project.id.clone()),
        PlanChange::PatchProject(id, _) => Key::Project(id.clone()),
        PlanChange::OpenSession(session) => Key::Session(session.user.clone()),
        PlanChange::CreateTask(task) => task.id.clone().map_or(Key::Unnamed, Key::NewTask),
        PlanChange::PatchTask(id, _) => Key::Task(id.clone()),
        PlanChange::CancelTask(id) => Key::Task(id.clone()),
    }
}

fn describe(f: &mut fmt::Formatter<'_>, change: &PlanChange) -> fmt::Result {
    match change {
        PlanChange::CreateHost(host) => write!(f, "create host {}", host.id),
        PlanChange::PatchHost(id, _) => write!(f, "change host {id}"),
        PlanChange::CreateProject(project) => write!(f, "create project {}", project.id),
        PlanChange::PatchProject(id, _) => write!(f, "change project {id}"),
        PlanChange::OpenSession(session) => write!(f, "open a session for {}", session.user),
        PlanChange::CreateTask(NewTask { id: Some(id), .. }) => write!(f, "create task {id}"),
        PlanChange::CreateTask(task) => write!(f, "create a task: {}", task.title),
        PlanChange::PatchTask(id, _) => write!(f, "change task {id}"),
        PlanChange::CancelTask(id) => write!(f, "cancel task {id}"),
    }
}
