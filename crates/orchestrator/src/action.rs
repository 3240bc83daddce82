//! What GO does: values that can be printed, compared and performed.

use std::fmt;

use go_bus_api::{
    AccountId, AccountPatch, AgentId, Attempt, CloseSprint, Fail, HostId, MessageId, NewAccount, NewAgent, NewAlert,
    NewMessage, NewSprint, NewTask, ProjectId, SprintId, TaskId, UserId,
};
use go_plan::reconcile::PlanChange;
use go_spawn::Orchestrator;

/// One write to the Bus.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "an action is made, performed and dropped; boxing would buy nothing")]
pub enum Action {
    /// Brings the Bus to what plan.yaml says.
    Change(PlanChange),
    /// Makes an account of the settings known to the Bus.
    OpenAccount(NewAccount),
    /// Brings an account on the Bus to the settings.
    ChangeAccount {
        /// Which.
        account: AccountId,
        /// What changes.
        patch: Box<AccountPatch>,
    },
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
    /// Begins a sprint (R27).
    OpenSprint(NewSprint),
    /// Takes a ticket into a sprint that is under way.
    JoinSprint {
        /// The ticket.
        task: TaskId,
        /// The sprint.
        sprint: SprintId,
    },
    /// Ends a sprint, with all that follows from it (R28).
    CloseSprint {
        /// The sprint.
        sprint: SprintId,
        /// What it brought.
        close: Box<CloseSprint>,
    },
    /// Makes a task of GO's own: an integration test, a fix, an improvement (R25, R29).
    Create(Box<NewTask>),
    /// Raises an alert.
    Raise(Box<NewAlert>),
    /// Sends a message.
    Send(Box<NewMessage>),
    /// Takes note of a message to `000`.
    Acknowledge(MessageId),
    /// Ends an attempt of M0's that takes too long (R9).
    Fail {
        /// The task.
        task: TaskId,
        /// The attempt, and why it is over.
        body: Box<Fail>,
    },
    /// Spawns the successor of an orchestrator whose context is full (R26).
    Rotate {
        /// Who is replaced.
        old: AgentId,
        /// Whose seat it is.
        orchestrator: Orchestrator,
        /// What is posted.
        request: Box<NewAgent>,
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
    /// An account.
    Account(AccountId),
    /// A seat.
    Seat(Orchestrator),
    /// An agent's end.
    End(AgentId),
    /// The assignment that follows an attempt.
    Assignment(TaskId, Attempt),
    /// A sprint's beginning or end.
    Sprint(Option<SprintId>),
    /// A ticket's place in a sprint.
    Place(TaskId),
    /// An alert, by its key or its title.
    Alert(String),
    /// A message, by whom it is for and what it is about.
    Message(AgentId, String),
    /// A message to `000`.
    Inbox(MessageId),
    /// The end of an attempt.
    Attempt(TaskId, Attempt),
}

impl Action {
    /// What it is about.
    pub fn key(&self) -> Key {
        match self {
            Self::Change(change) => key_of(change),
            Self::OpenAccount(new) => Key::Account(new.id.clone()),
            Self::ChangeAccount { account, .. } => Key::Account(account.clone()),
            Self::Spawn { orchestrator, .. } => Key::Seat(orchestrator.clone()),
            Self::End(agent) => Key::End(agent.clone()),
            Self::Assign { task, attempt, .. } => Key::Assignment(task.clone(), *attempt),
            Self::OpenSprint(sprint) => Key::Sprint(sprint.id.clone()),
            Self::JoinSprint { task, .. } => Key::Place(task.clone()),
            Self::CloseSprint { sprint, .. } => Key::Sprint(Some(sprint.clone())),
            Self::Create(task) => task.id.clone().map_or(Key::Unnamed, Key::NewTask),
            Self::Raise(alert) => {
                Key::Alert(alert.dedupe_key.as_ref().map_or_else(|| alert.title.to_string(), ToString::to_string))
            }
            Self::Send(message) => Key::Message(message.to.clone(), message.subject.to_string()),
            Self::Acknowledge(message) => Key::Inbox(message.clone()),
            Self::Fail { task, body } => Key::Attempt(task.clone(), body.attempt),
            Self::Rotate { orchestrator, .. } => Key::Seat(orchestrator.clone()),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(change) => describe(f, change),
            Self::OpenAccount(new) => write!(f, "create account {}", new.id),
            Self::ChangeAccount { account, .. } => write!(f, "change account {account}"),
            Self::Spawn { orchestrator, .. } => write!(f, "spawn the {orchestrator}"),
            Self::End(agent) => write!(f, "end {agent}"),
            Self::Assign { task, assignee, .. } => write!(f, "assign {task} to {assignee}"),
            Self::OpenSprint(NewSprint { id: Some(id), tickets, .. }) => {
                write!(f, "begin sprint {id} of {} tickets", tickets.len())
            }
            Self::OpenSprint(sprint) => write!(f, "begin a sprint of {} tickets", sprint.tickets.len()),
            Self::JoinSprint { task, sprint } => write!(f, "take {task} into sprint {sprint}"),
            Self::CloseSprint { sprint, .. } => write!(f, "end sprint {sprint}"),
            Self::Create(task) => create(f, task),
            Self::Raise(alert) => write!(f, "raise {:?}: {}", alert.level, alert.title),
            Self::Send(message) => write!(f, "tell {}: {}", message.to, message.subject),
            Self::Acknowledge(message) => write!(f, "take note of message {message}"),
            Self::Fail { task, body } => write!(f, "end attempt {} of {task}: {}", body.attempt, body.error),
            Self::Rotate { old, orchestrator, .. } => write!(f, "spawn the {orchestrator} in place of {old}"),
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
        PlanChange::CreateTask(task) => create(f, task),
        PlanChange::PatchTask(id, _) => write!(f, "change task {id}"),
        PlanChange::CancelTask(id) => write!(f, "cancel task {id}"),
    }
}

fn create(f: &mut fmt::Formatter<'_>, task: &NewTask) -> fmt::Result {
    match &task.id {
        Some(id) => write!(f, "create task {id}"),
        None => write!(f, "create a task: {}", task.title),
    }
}
