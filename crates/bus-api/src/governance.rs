//! Costs, roles and the audit log (R18–R21).

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(feature = "schema")]
use crate::schema::NOT_BLANK;
use crate::{AgentId, Epoch, Model, ProjectId, Seq, TaskId, Text, Timestamp, Usd};

/// `POST /costs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewCost {
    /// Who spent it.
    pub agent: AgentId,
    /// For which project.
    pub project: ProjectId,
    /// For which task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// On which model.
    pub model: Model,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Tokens read from the provider's cache.
    #[serde(default)]
    pub cache_read_tokens: u64,
    /// Tokens written to the provider's cache.
    #[serde(default)]
    pub cache_write_tokens: u64,
    /// What it cost.
    pub usd: Usd,
}

/// One line of `GET /costs/by-agent` or `/costs/by-project`: exactly one of `agent` and `project` is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CostRow {
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// The sum.
    pub usd: Usd,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Tokens read from the provider's cache.
    pub cache_read_tokens: u64,
    /// Tokens written to the provider's cache.
    pub cache_write_tokens: u64,
}

/// `GET /costs/by-agent`, `GET /costs/by-project`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CostTotals {
    /// A row for each who spent.
    pub items: Vec<CostRow>,
    /// The sum of all.
    pub total_usd: Usd,
}

/// What a role may do: `*` matches anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Permission {
    /// `tasks.create`, `agents.spawn`, …
    pub action: Text<64>,
    /// `tasks`, `tasks/T-1`, `*`.
    pub resource: Text<256>,
}

/// A role and its permissions: `/rbac/roles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoleBinding {
    /// The role.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = NOT_BLANK)))]
    pub name: Text<64>,
    /// What it may do.
    pub permissions: Vec<Permission>,
}

/// `POST /rbac/check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RbacQuestion {
    /// An agent's id or a role.
    pub subject: Text<128>,
    /// The action.
    pub action: Text<64>,
    /// The resource.
    pub resource: Text<256>,
}

/// Whether a refusal blocks (R19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RbacMode {
    /// Decided and logged, nothing is blocked.
    #[default]
    Audit,
    /// A refusal is 403.
    Enforce,
}

/// The answer to [`RbacQuestion`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RbacAnswer {
    /// Whether the action would go through now; always true in audit mode.
    pub allowed: bool,
    /// The mode.
    pub mode: RbacMode,
    /// Whether `enforce` would block it.
    pub would_block: bool,
    /// Why.
    pub reason: String,
}

/// An entry of the audit log; each carries the hash of the one before it (R20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditEntry {
    /// Its place.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Text<128>,
    /// Under which epoch, where GO acted.
    pub epoch: Option<Epoch>,
    /// What was done: `spawn`, `terminate`, `refused`, …
    pub action: Text<64>,
    /// To what.
    pub subject: Option<Text<256>>,
    /// More of it.
    pub detail: Value,
    /// The hash of the entry before, in hex.
    pub prev_hash: Text<64>,
    /// The hash of this one, in hex.
    pub hash: Text<64>,
}

/// `POST /audit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAuditEntry {
    /// What was done.
    pub action: Text<64>,
    /// To what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Text<256>>,
    /// More of it.
    #[serde(default)]
    pub detail: Value,
}

/// `GET /audit?actor=&action=&since=`: all conditions hold, in the order of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditQuery {
    /// Items a page, at least 1 and never more than 1000, whatever is asked for; 100 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub limit: Option<u32>,
    /// Where the page begins, from the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9]{1,18}$")))]
    pub cursor: Option<String>,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Only what was done from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// `GET /audit/verify`: whether the hash chain holds (R20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditVerification {
    /// Whether every entry fits the one before it.
    pub ok: bool,
    /// How many entries there are.
    pub entries: u64,
    /// The first that does not fit, or is missing.
    pub first_bad: Option<Seq>,
}
