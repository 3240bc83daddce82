//! The Control Bus contract as types: ids, resources, states and their transitions, request bodies, events, problems.
//!
//! This crate knows nothing of HTTP, SQL, files or time's passing; everything here is a value that serialises to the JSON
//! of the contract. Clients ignore fields they don't know, so resources accept unknown fields; request bodies do too.
//! With the feature `schema`, every type knows its JSON Schema. Golden JSON of every type lies in `fixtures/wire` and is checked by `tests/wire.rs`.

mod bounded;
mod ids;
mod money;
mod numbers;
mod time;

mod account;
mod agent;
mod collision;
mod event;
mod governance;
mod host;
mod interaction;
mod lease;
mod list;
mod message;
mod problem;
mod project;
mod run;
#[cfg(feature = "schema")]
mod schema;
mod snapshot;
mod sprint;
mod task;
mod task_requests;

pub use account::{Account, AccountPatch, AccountState, AccountWindow, NewAccount, Provider};
pub use agent::{
    Agent, AgentPatch, AgentState, DriverKind, Exit, ExitReport, Heartbeat, IssuedToken, NewAgent, Prompt, Registered,
    Role, Tier, VerifyResult,
};
pub use bounded::{Text, TextError};
pub use collision::{Collision, CollisionReport, MergeTrial};
pub use event::{Event, EventKind, NewEvent, Subject};
pub use governance::{
    AuditEntry, AuditQuery, AuditVerification, CostRow, CostTotals, NewAuditEntry, NewCost, Permission, RbacAnswer,
    RbacMode, RbacQuestion, RoleBinding,
};
pub use host::{Host, HostHeartbeat, HostPatch, HostState, NewHost};
pub use ids::{
    AccountId, AgentId, AlertId, BootId, HolderId, HostId, IdError, MessageId, ProjectId, QuestionId, SessionId,
    SprintId, TaskId, UserId,
};
pub use interaction::{
    Alert, AlertLevel, AlertState, Answer, Digest, NewAlert, NewQuestion, NewSession, ProjectProgress, Question,
    QuestionState, Session,
};
pub use lease::{
    Acquire, ExpiryCause, Grant, Handoff, LeaseEvent, LeaseHeld, LeaseTick, LeaseView, Release, SessionState, Standby,
};
pub use list::{ListQuery, Page};
pub use message::{Message, NewMessage};
pub use money::Usd;
pub use numbers::{Attempt, Epoch, Millis, Pace, Percent, Ratio, Revision, Seq, Slots, Weight};
pub use problem::{FieldError, Problem, ProblemKind};
pub use project::{Deliver, NewProject, Priority, Project, ProjectPatch, ProjectState, Workplace};
pub use run::{ConversationId, Failure, FailureCause, Landed, Landing, ModelUsage, Remedy, Work};
pub use snapshot::{Resource, ResourceKind};
pub use sprint::{CarriedOver, CloseSprint, NewSprint, Sprint, SprintState};
pub use task::{Category, Deliverable, Model, Progress, Task, TaskKind, TaskState, TransitionError};
pub use task_requests::{Assign, Complete, Fail, NewTask, ReportProgress, Review, TaskPatch, Verdict};
pub use time::Timestamp;
