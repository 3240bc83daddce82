//! What a run has told so far that has to outlive its shim.

use go_bus_api::{ConversationId, ModelUsage};
use serde::{Deserialize, Serialize};

/// `tally.json`: the last that the run told, and how much of its costs the Bus has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Tally {
    /// How the program calls its conversation.
    #[serde(default)]
    pub conversation: Option<ConversationId>,
    /// Everything it has spent, a line for each model.
    #[serde(default)]
    pub spent: Vec<ModelUsage>,
    /// What of `spent` the Bus has for certain.
    #[serde(default)]
    pub posted: Vec<ModelUsage>,
    /// What was sent to the Bus and may or may not be there: sent again as it is before anything else.
    #[serde(default)]
    pub pending: Option<ModelUsage>,
    /// How many posts were begun: the number of the pending one, or of the last.
    #[serde(default)]
    pub posts: u64,
}
