//! `review`: when the integration test runs and what it is, and how often reviewers may want changes (R24, R25).

use go_bus_api::Text;
use go_review::integration::IntegrationPolicy;
use serde_yaml::Value;

use super::reader::Reader;
use super::value::Setting;

/// A command as long as a task's `run` may be.
type Command = Text<16384>;

impl Setting for Command {
    fn read(value: &Value) -> Result<Self, String> {
        Self::new(String::read(value)?).map_err(|error| error.to_string())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// How work is reviewed and the platform tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReviewSettings {
    /// When the integration test runs, and what it is.
    pub(crate) integration: IntegrationPolicy,
    /// After how many rounds of changes a task is blocked.
    pub(crate) rounds: u32,
}

impl ReviewSettings {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let usual = IntegrationPolicy::default();
        let integration = IntegrationPolicy {
            every: reader.get("review.integration_every", usual.every),
            command: reader.get("review.integration_command", usual.command),
            fix_command: reader.get("review.fix_command", usual.fix_command),
        };
        let rounds = reader.checked("review.rounds", 3, |rounds| match rounds {
            0 => Err("at least one round of review has to be allowed".to_owned()),
            _ => Ok(()),
        });
        if integration.every == 0 {
            reader.warn("review.integration_every", "0 turns the integration test off, which the seed asks for");
        }
        Self { integration, rounds }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Flags, Settings, read};
    use super::*;

    fn settings(text: &str) -> Result<Settings, Vec<String>> {
        let read = read(Some((Path::new("go.yaml"), text)), &[], &Flags::default());
        read.map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_set_is_what_go_and_the_bus_go_by() {
        let text =
            "review: {integration_every: 2, integration_command: make platform, fix_command: make mend, rounds: 1}\n";
        let review = settings(text).unwrap().review;
        let (every, fix_command) = (2, Some(Text::clipped("make mend")));
        assert_eq!(
            review.integration,
            IntegrationPolicy { every, command: Text::clipped("make platform"), fix_command }
        );
        assert_eq!(review.rounds, 1);
    }

    #[test]
    fn no_test_at_all_is_a_warning_and_no_round_at_all_a_fault() {
        let warned = settings("review:\n  integration_every: 0\n").unwrap().warnings;
        assert!(
            warned.iter().any(|fault| fault.to_string().starts_with("go.yaml:2:3: 0 turns the integration test off"))
        );
        let fault = settings("review:\n  rounds: 0\n").unwrap_err();
        assert_eq!(fault, ["go.yaml:2:3: review.rounds: at least one round of review has to be allowed"]);
    }
}
