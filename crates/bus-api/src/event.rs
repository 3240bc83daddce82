//! Events: what happened, gap-free and in commit order.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Epoch, ResourceKind, Seq, Text, Timestamp};

macro_rules! kinds {
    ($($variant:ident => $word:literal: $doc:literal),* $(,)?) => {
        /// What happened. The Bus's own kinds are variants; anything else is somebody's own.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum EventKind {
            $(#[doc = $doc] $variant,)*
            /// A kind outside the Bus's own, posted by a client.
            Custom(Text<64>),
        }

        impl EventKind {
            /// The Bus's own kinds.
            pub const OWN: &[Self] = &[$(Self::$variant),*];

            /// The kind as the wire has it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Custom(word) => word.as_str(),
                }
            }

            fn own(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    AgentRequested => "agent.requested": "An agent was asked for.",
    AgentStarting => "agent.starting": "Its process is being started.",
    AgentReady => "agent.ready": "It runs.",
    AgentBusy => "agent.busy": "It is at work.",
    AgentDraining => "agent.draining": "It was told to end.",
    AgentTerminated => "agent.terminated": "It ended; the resource has its exit.",
    AgentLost => "agent.lost": "It was silent for too long.",
    AgentUpdated => "agent.updated": "Its capabilities or its context changed.",
    TaskCreated => "task.created": "A task was made.",
    TaskUpdated => "task.updated": "A task's description changed.",
    TaskAssigned => "task.assigned": "A task was assigned: the start signal.",
    TaskProgressed => "task.progressed": "Its builder reported progress.",
    TaskDelivered => "task.delivered": "It was delivered and waits for a review.",
    TaskCompleted => "task.completed": "It is done.",
    TaskFailed => "task.failed": "It is out of attempts, or not retryable.",
    TaskReviewRequested => "task.review_requested": "Its review task was made.",
    TaskChangesRequested => "task.changes_requested": "Its reviewer wants changes.",
    TaskRequeued => "task.requeued": "It is pending again.",
    TaskWaiting => "task.waiting": "It waits for an answer.",
    TaskBlocked => "task.blocked": "It is stuck.",
    TaskHeld => "task.held": "The operator set it aside.",
    TaskCancelled => "task.cancelled": "It will not be done.",
    LeaseAcquired => "lease.acquired": "A new epoch began.",
    LeaseReleased => "lease.released": "The holder let go.",
    LeaseExpired => "lease.expired": "The holder was silent for too long.",
    HostCreated => "host.created": "A host was made.",
    HostUpdated => "host.updated": "A host changed.",
    HostJoined => "host.joined": "A launcher took the host's lease.",
    HostExpired => "host.expired": "The host's lease ended.",
    ProjectCreated => "project.created": "A project was made.",
    ProjectUpdated => "project.updated": "A project changed.",
    AccountCreated => "account.created": "An account was made.",
    AccountUpdated => "account.updated": "An account was parked or freed, its windows or its settings changed, or an agent was spawned on it.",
    SessionOpened => "session.opened": "A human logged in.",
    SessionClosed => "session.closed": "A human logged out.",
    SprintStarted => "sprint.started": "A sprint began.",
    SprintUpdated => "sprint.updated": "A ticket joined a sprint.",
    SprintClosed => "sprint.closed": "A sprint ended.",
    MessageSent => "message.sent": "A message was sent.",
    MessageAcknowledged => "message.acknowledged": "Its addressee took note.",
    QuestionAsked => "question.asked": "A human was asked.",
    QuestionAnswered => "question.answered": "A human answered, or the default holds.",
    AlertRaised => "alert.raised": "An alert was raised.",
    AlertAcknowledged => "alert.acknowledged": "Somebody took note of it.",
    AlertEscalated => "alert.escalated": "It was raised again at a higher level.",
    CostRecorded => "cost.recorded": "Money was spent.",
    BudgetWarned => "budget.warned": "A budget is nearly spent.",
    BudgetExceeded => "budget.exceeded": "A budget is spent.",
    TokenRotated => "token.rotated": "An agent has a new token.",
    TokenRevoked => "token.revoked": "An agent's tokens are void.",
    RbacDenied => "rbac.denied": "A check would block, or did.",
    ConfigChanged => "config.changed": "A setting changed.",
    HandoffWritten => "handoff.written": "The leader wrote its handoff.",
    GoRestarted => "alert:go-restarted": "The watchdog restarted GO; the one kind with a colon, and anyone may post it.",
}

impl EventKind {
    /// Whether a client may not post it: all the Bus's own but `alert:go-restarted`, and anything in their name spaces.
    pub fn is_reserved(&self) -> bool {
        match self {
            Self::GoRestarted => false,
            Self::Custom(word) => {
                let space = word.as_str().split('.').next().unwrap_or_default();
                Self::OWN.iter().any(|own| own.as_str().split('.').next() == Some(space))
            }
            _ => true,
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(own) = Self::own(text) {
            return Ok(own);
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
        if text.is_empty() || text.len() > 64 || !text.chars().all(fits) {
            return Err("an event's kind has 1 to 64 letters, digits or ._:-".to_owned());
        }
        Ok(Self::Custom(Text::clipped(text)))
    }
}

impl TryFrom<String> for EventKind {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<EventKind> for String {
    fn from(kind: EventKind) -> Self {
        kind.as_str().to_owned()
    }
}

/// What an event is about: `tasks/T-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Subject(pub Text<256>);

impl Subject {
    /// The subject of a resource.
    pub fn of(kind: ResourceKind, id: &str) -> Self {
        Self(Text::clipped(&format!("{}/{id}", kind.collection())))
    }

    /// The kind and the id, where it is a resource's.
    pub fn resource(&self) -> Option<(ResourceKind, &str)> {
        let (collection, id) = self.0.as_str().split_once('/')?;
        Some((ResourceKind::from_collection(collection)?, id))
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Its place in the log.
    pub seq: Seq,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Who: an agent's id, `operator` or `bus`.
    pub actor: Text<128>,
    /// Under which epoch, where GO acted.
    pub epoch: Option<Epoch>,
    /// What it is about.
    pub subject: Option<Subject>,
    /// The whole resource after the change.
    pub data: Value,
}

/// `POST /events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewEvent {
    /// What happened; not one of the Bus's own kinds.
    pub kind: EventKind,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Anything.
    #[serde(default)]
    pub data: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bus_s_own_kinds_read_back_and_are_reserved() {
        for kind in EventKind::OWN {
            assert_eq!(kind.as_str().parse::<EventKind>().as_ref(), Ok(kind));
            assert_eq!(kind.is_reserved(), *kind != EventKind::GoRestarted, "{kind}");
        }
        let custom = |text: &str| text.parse::<EventKind>().map(|k| k.is_reserved());
        assert_eq!(custom("task.invented"), Ok(true));
        assert_eq!(custom("check.k_1"), Ok(false));
        assert!(custom("two words").is_err());
    }
}
