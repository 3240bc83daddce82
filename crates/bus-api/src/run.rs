//! What a run of an agent came to beyond its exit code: why it failed and what to do, what it cost, what it left.

use serde::{Deserialize, Serialize};

use crate::{HostId, Model, Text, Timestamp, Usd};

/// How a driver's program calls a conversation, so that a later run can go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ConversationId(pub Text<128>);

/// What to do about a failed run; a driver decides it, the assignee and the Bus carry it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "remedy", rename_all = "snake_case")]
pub enum Remedy {
    /// Try again: the failure counts, and the next attempt goes on in the same conversation and folder.
    Retry,
    /// Nobody tries on this account before `until`: nothing is counted, the conversation is kept.
    ParkUntil {
        /// When the account's window opens again.
        until: Timestamp,
    },
    /// The conversation is full: nothing is counted, the next attempt begins a new one in the same folder.
    Rotate,
    /// Only a person can mend it: no retry, an L5 alert.
    Escalate,
    /// No attempt can mend it.
    Fatal,
}

/// Why a run failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// It was not allowed to do what it needed.
    PermissionDenied,
    /// The model's provider answered with an error that may pass.
    ApiError,
    /// The provider could not be reached, or broke off.
    Network,
    /// The provider has too much to do (529).
    Overloaded,
    /// Too many requests (429).
    RateLimited,
    /// A window of the account's plan is used up.
    UsageLimit,
    /// Going on would cost extra, which only a person may allow.
    ExtraUsage,
    /// The account's key or login is not taken.
    Unauthenticated,
    /// The model or an option is not known to the provider.
    Refused,
    /// The conversation has no room left.
    ContextFull,
    /// The same call again and again.
    Loop,
    /// Nothing was heard of it for too long.
    Silent,
    /// The attempt's money is spent.
    MoneySpent,
    /// The attempt's turns are spent.
    TurnsSpent,
    /// The attempt's tokens are spent.
    TokensSpent,
    /// It claims success and changed nothing.
    NoChange,
    /// It ended without saying how it went.
    NoResult,
    /// Its working folder could not be made or set up.
    Folder,
    /// What it was started with is not understood by the program.
    Misuse,
}

/// A failed run as its driver or its shim reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failure {
    /// What to do.
    #[serde(flatten)]
    pub remedy: Remedy,
    /// Why it failed.
    pub cause: FailureCause,
    /// The same in words.
    pub detail: Text<2048>,
}

impl Failure {
    /// A failure with these words.
    pub fn new(remedy: Remedy, cause: FailureCause, detail: &str) -> Self {
        Self { remedy, cause, detail: Text::clipped(detail) }
    }
}

/// What one run spent on one model, all its calls together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelUsage {
    /// The model's full id.
    pub model: Model,
    /// Tokens read, without those from the cache.
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

/// What a builder left in its working folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Work {
    /// The commit it began from.
    pub base: Text<64>,
    /// The commit that holds everything it left, untracked files too.
    pub commit: Text<64>,
    /// Whether that differs from `base`.
    pub changed: bool,
    /// Whether every verification passed before any work was done.
    #[serde(default)]
    pub vacuous: bool,
    /// Whether `commit` is on the upstream's saved ref too, so that other hosts can have it.
    #[serde(default, skip_serializing_if = "is_not")]
    pub pushed: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_not(flag: &bool) -> bool {
    !*flag
}

/// A delivery that has to land: what is merged, and where that can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Landing {
    /// The host that has the commit, and lands it.
    pub host: HostId,
    /// The commit that holds the delivered work.
    pub commit: Text<64>,
    /// The commit it began from.
    pub base: Text<64>,
    /// What was done, for whoever reads the landed commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text<2048>>,
    /// Whether `commit` is on the upstream too, so that another host can land it.
    #[serde(default, skip_serializing_if = "is_not")]
    pub pushed: bool,
}

/// A delivery that has landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Landed {
    /// The commit it became.
    pub commit: Text<64>,
    /// When the Bus heard of it.
    pub at: Timestamp,
}
