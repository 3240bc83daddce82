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
