//! What M0 and C0 go by.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AgentId, Message, Text};
use go_review::ReviewPolicy;

/// Is called with each message before it is acknowledged; again where the acknowledgement was lost.
pub type Tell = Arc<dyn Fn(&Message) + Send + Sync>;

/// Which of them it is.
#[derive(Debug, Clone)]
pub enum Duty {
    /// M0, which does what is delegated to it.
    M0(MacConfig),
    /// C0, which takes note.
    C0,
}

/// How M0 works.
#[derive(Debug, Clone)]
pub struct MacConfig {
    /// Where commands run; by default in the project's repo, where that is a folder here.
    pub folder: Option<PathBuf>,
    /// What it offers; empty is what the Bus takes an M0 to offer.
    pub offers: Vec<Text<64>>,
    /// Where the output of commands goes, a file for each attempt.
    pub logs: PathBuf,
    /// How long a command that is told to end has for it.
    pub grace: Duration,
    /// What a success hands over.
    pub review: Arc<dyn ReviewPolicy>,
}

/// What M0 and C0 go by.
#[derive(Clone)]
pub struct FixedConfig {
    /// Which it is.
    pub duty: Duty,
    /// How often it says that it lives.
    pub heartbeat: Duration,
    /// Who hears its messages.
    pub tell: Tell,
}

impl FixedConfig {
    /// Its agent on the Bus.
    pub fn agent(&self) -> AgentId {
        match self.duty {
            Duty::M0(_) => AgentId::m0(),
            Duty::C0 => AgentId::c0(),
        }
    }
}

impl std::fmt::Debug for FixedConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { duty, heartbeat, .. } = self;
        f.debug_struct("FixedConfig").field("duty", duty).field("heartbeat", heartbeat).finish_non_exhaustive()
    }
}
