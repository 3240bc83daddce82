//! The singleton lease and the handoff (R2–R4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Epoch, HolderId, Millis, Text, Timestamp};

/// `POST /agents/000/lease`: acquires or renews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acquire {
    /// The process instance that bids.
    pub holder: HolderId,
    /// How long the lease lives without a renewal; 200 ms to seven days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 200, "maximum" = 604_800_000)))]
    pub ttl_ms: Option<Millis>,
    /// Where the holder keeps its handoff file, for whoever waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Text<4096>>,
    /// Where the holder can be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text<1024>>,
    /// The epoch a renewal is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
}

/// The answer to a successful [`Acquire`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grant {
    /// The holder.
    pub holder: HolderId,
    /// The fencing token of this grant.
    pub epoch: Epoch,
    /// How long it lives without a renewal.
    pub ttl_ms: Millis,
    /// How much of that is left.
    pub remaining_ms: Millis,
    /// When it was granted.
    pub acquired_at: Timestamp,
    /// Where the holder's handoff lies.
    pub handoff: Option<Text<4096>>,
    /// The least grace that the holder's session is given; null where this Bus keeps no sessions. From sending its first request to
    /// open one on, the holder trusts itself for half of it, until a [`LeaseTick`] comes.
    #[serde(default)]
    pub session_grace_ms: Option<Millis>,
}

/// A `tick` of the holder's session (`GET /agents/000/lease/session`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeaseTick {
    /// The epoch whose session it is.
    pub epoch: Epoch,
    /// How long after the session's breaking the lease ends, where a standby waits. It never shrinks within an epoch.
    pub grace_ms: Millis,
    /// How long the stream had been open by the Bus's clock when the tick was made, rounded down.
    #[serde(default)]
    pub elapsed_ms: Millis,
}

/// What a Bus knows of the holder's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// The holder has opened none at this Bus, or not since it was started.
    #[default]
    None,
    /// It stands.
    Open,
    /// It broke and was not opened again.
    Broken,
}

/// Why the Bus ended a lease by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExpiryCause {
    /// No renewal came within the time to live.
    Ttl,
    /// The holder's session was broken for the grace while a standby waited.
    Session,
    /// The database is older than the last epoch that was granted: it was restored from a backup.
    Restored,
}

/// What an event `lease.acquired`, `lease.released` or `lease.expired` has as its data: the lease after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeaseEvent {
    /// The holder; null where it is free now.
    pub holder: Option<HolderId>,
    /// The epoch that began or ended.
    pub epoch: Epoch,
    /// Its time to live.
    pub ttl_ms: Millis,
    /// When it was granted.
    pub acquired_at: Option<Timestamp>,
    /// Where the holder's handoff lies.
    pub handoff: Option<Text<4096>>,
    /// Where the holder can be reached.
    pub url: Option<Text<1024>>,
    /// Of `lease.expired`: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ExpiryCause>,
    /// Of `lease.expired`: how long the holder had been silent: since its last renewal, or since its session broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_ms: Option<Millis>,
}

/// What 409 `/problems/lease-held` has beside a problem's members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeaseHeld {
    /// Who holds it.
    pub holder: HolderId,
    /// Under which epoch.
    pub epoch: Epoch,
    /// How long it lives without a renewal.
    pub remaining_ms: Millis,
    /// Where the holder's handoff lies.
    pub handoff: Option<Text<4096>>,
}

/// One who waits for the lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Standby {
    /// The process instance.
    pub holder: HolderId,
    /// Since when it waits.
    pub since: Timestamp,
    /// When it last asked.
    pub last_seen: Timestamp,
}

/// `GET /agents/000/lease`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeaseView {
    /// The holder; null where it is free.
    pub holder: Option<HolderId>,
    /// The last epoch granted; 0 before the first.
    pub epoch: Epoch,
    /// How long the holder has without a renewal; 0 where it is free.
    pub remaining_ms: Millis,
    /// The record's TTL, by which standbys go.
    #[serde(default)]
    pub ttl_ms: Millis,
    /// What the Bus that answers knows of the holder's session.
    #[serde(default)]
    pub session: SessionState,
    /// How long the holder's session has been broken, once that is longer than its grace: the holder has died or is cut off, and a
    /// standby would be let in at once. Null where the session stands, or there is none.
    #[serde(default)]
    pub silent_ms: Option<Millis>,
    /// When it was granted.
    #[serde(default)]
    pub acquired_at: Option<Timestamp>,
    /// Where the holder's handoff lies.
    pub handoff: Option<Text<4096>>,
    /// Where the holder can be reached.
    #[serde(default)]
    pub url: Option<Text<1024>>,
    /// Who waits, longest first.
    pub standbys: Vec<Standby>,
}

/// `DELETE /agents/000/lease`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Release {
    /// The holder.
    pub holder: HolderId,
    /// Its epoch.
    pub epoch: Epoch,
}

/// `GET /agents/000/handoff`: what the last leader left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Handoff {
    /// The epoch it was written under; one of a lower epoch than another is ignored.
    pub epoch: Epoch,
    /// When it was written.
    pub written_at: Timestamp,
    /// The document.
    pub document: Value,
}
