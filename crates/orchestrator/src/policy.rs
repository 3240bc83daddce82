//! What GO decides by.

use std::sync::Arc;

use go_bus_api::NewAccount;
use go_review::integration::IntegrationPolicy;
use go_spawn::Handbook;
use go_sprint::improvement::ImprovementPolicy;
use go_sprint::{DispatchPolicy, Limits, Ranking, Rhythm, SeedDispatch};

/// How a plan's ranks become the order of dispatch.
pub type MakeDispatch = Arc<dyn Fn(Ranking) -> Arc<dyn DispatchPolicy> + Send + Sync>;

/// What GO decides by: caps, what it spawns with, and who comes first.
#[derive(Clone)]
pub struct Policy {
    /// The caps above the hosts' slots.
    pub limits: Limits,
    /// How long sprints last and how much they take on.
    pub rhythm: Rhythm,
    /// When the integration test runs, and what it is.
    pub integration: IntegrationPolicy,
    /// Models, rules and rotation of what it spawns.
    pub handbook: Handbook,
    /// What is done where fewer than `agents.min` work; nothing unless it is set (R29).
    pub improvement: ImprovementPolicy,
    /// The accounts of the settings, which the Bus is brought to; `None` where it keeps those that it has.
    pub accounts: Option<Vec<NewAccount>>,
    /// Makes the order of dispatch from a plan's ranks, anew for each version of the plan.
    pub dispatch: MakeDispatch,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            rhythm: Rhythm::default(),
            integration: IntegrationPolicy::default(),
            handbook: Handbook::default(),
            improvement: ImprovementPolicy::off(),
            accounts: None,
            dispatch: Arc::new(|ranking| Arc::new(SeedDispatch::new(ranking))),
        }
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { limits, rhythm, handbook, .. } = self;
        f.debug_struct("Policy")
            .field("limits", limits)
            .field("rhythm", rhythm)
            .field("handbook", handbook)
            .finish_non_exhaustive()
    }
}
