//! Messages between agents.

use serde::{Deserialize, Serialize};

use crate::{AgentId, MessageId, Text, Timestamp};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who sent it; null for the operator and the Bus.
    pub from: Option<AgentId>,
    /// Whom it is for.
    pub to: AgentId,
    /// One line.
    pub subject: Text<512>,
    /// The text.
    pub body: Text<65536>,
    /// What it is about: `rotation`, `stop`, `progress`, `alert`, or any word.
    pub kind: Option<Text<64>>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the addressee took note.
    pub acknowledged_at: Option<Timestamp>,
}

impl Message {
    /// The kind of the message by which GO asks an orchestrator to hand over to a fresh context (R26).
    pub const ROTATION: &str = "rotation";

    /// The kind of an orchestrator's answer to that, to `000`: what its successor has to know.
    pub const HANDOFF: &str = "handoff";

    /// The kind of the message that tells M0 of a ticket that is now its own (R9).
    pub const DELEGATION: &str = "delegation";

    /// Whether it is about `kind`.
    pub fn is_about(&self, kind: &str) -> bool {
        self.kind.as_ref().is_some_and(|own| own.as_str() == kind)
    }
}

/// `POST /messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewMessage {
    /// Whom it is for.
    pub to: AgentId,
    /// One line.
    pub subject: Text<512>,
    /// The text.
    #[serde(default)]
    pub body: Text<65536>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Text<64>>,
    /// Who sends it, where the operator's token is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<AgentId>,
}
