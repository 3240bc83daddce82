//! The settings of a GO.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use go_lease::LeaseConfig;
use go_plan::reconcile::Defaults;
use go_steward::Steward;

use crate::chronicle::Chronicle;
use crate::handoff::HandoffFile;
use crate::policy::Policy;
use crate::rest::Rest;

/// The plan that a GO executes.
#[derive(Debug, Clone)]
pub struct PlanSource {
    /// plan.yaml.
    pub path: PathBuf,
    /// What holds where it says nothing.
    pub defaults: Defaults,
}

/// The settings of a GO.
#[derive(Debug, Clone)]
pub struct GoConfig {
    /// The plan; without one GO works on what the Bus has.
    pub plan: Option<PlanSource>,
    /// What it decides by.
    pub policy: Policy,
    /// How it holds the lease.
    pub lease: LeaseConfig,
    /// How often it reports that it lives (`agents.heartbeat`).
    pub heartbeat: Duration,
    /// Whether it ends once the plan is done, or can't go on.
    pub exit_when_done: bool,
    /// What it waits for between its last start and its handoff; nothing where agents work on without it (R4).
    pub rest: Option<Rest>,
    /// Where it keeps the handoff beside the Bus (R3, R4).
    pub handoff_file: Option<Arc<dyn HandoffFile>>,
    /// Where it writes down what closed sprints brought (R8, R28); nowhere where absent.
    pub chronicle: Option<Chronicle>,
    /// What it reads of rules, templates and skills, and what it runs at activation; none where absent (R5, R32).
    pub steward: Option<Arc<Steward>>,
}

impl Default for GoConfig {
    fn default() -> Self {
        Self {
            plan: None,
            policy: Policy::default(),
            lease: LeaseConfig::default(),
            heartbeat: Duration::from_secs(30),
            exit_when_done: false,
            rest: None,
            handoff_file: None,
            chronicle: None,
            steward: None,
        }
    }
}
