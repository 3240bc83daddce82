//! What a shim has to know of an orchestrator that is an agent itself: a conversation of turns, each a run of its program.

use go_bus_api::{Agent, ConversationId};
use serde::{Deserialize, Serialize};

/// How the turns of an HO, PO or IO are begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatSpec {
    /// The agent as the Bus had it at its start: what a turn's command is made from.
    pub agent: Agent,
    /// The command of its bridge to the Bus, with its arguments.
    pub bridge: Vec<String>,
    /// The settings that its driver and its hands go by, as `--set` takes them: the shim is another process than the launcher.
    #[serde(default)]
    pub settings: Vec<String>,
    /// The conversation that its first turn goes on with: its predecessor's, where that one was not to blame for its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<ConversationId>,
}
