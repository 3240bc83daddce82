//! What the integration test goes by.

use go_bus_api::Text;

/// The settings `review.integration_*` and `review.fix_command`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationPolicy {
    /// After how many completions a run is due; 0 turns the integration test off.
    pub every: u32,
    /// What is run, through a shell in the folder of a project.
    pub command: Text<16384>,
    /// What mends a red run, for projects whose tickets are run by a shell; `None` where nobody could say.
    pub fix_command: Option<Text<16384>>,
}

impl Default for IntegrationPolicy {
    fn default() -> Self {
        Self { every: 5, command: Text::clipped("/opt/struxio/scripts/test_full_platform.sh"), fix_command: None }
    }
}

impl IntegrationPolicy {
    /// Whether there are runs at all.
    pub fn is_on(&self) -> bool {
        self.every > 0 && !self.command.is_blank()
    }
}
