//! `improvement`: the work that GO makes where too few have any (R29).

use std::collections::BTreeMap;
use std::sync::Arc;

use go_bus_api::{Millis, Text};
use go_sprint::improvement::{
    CommandFindings, FailedChecks, ImprovementCommands, ImprovementKind, ImprovementPolicy, ImprovementSettings,
    LONGEST_COMMAND, MissingRegressionTests,
};
use serde_yaml::Value;

use super::AgentSettings;
use super::reader::Reader;
use super::value::{Setting, one_of};

/// How many heartbeats it is quiet before too few at work is worth an alert.
const PATIENCE: u32 = 2;

impl Setting for ImprovementKind {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &Self::ALL.map(|kind| (kind.as_str(), kind)))
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

/// A command as long as a `verify` may be.
type Command = Text<LONGEST_COMMAND>;

impl Setting for Command {
    fn read(value: &Value) -> Result<Self, String> {
        Self::new(String::read(value)?).map_err(|error| error.to_string())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// What improvement work is made, and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Improvements {
    enabled: bool,
    max_open: u32,
    per_day: u32,
    kinds: Vec<ImprovementKind>,
    commands: BTreeMap<ImprovementKind, ImprovementCommands>,
}

impl Improvements {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let enabled = reader.get("improvement.enabled", true);
        let max_open = reader.get("improvement.max_open", 3);
        let per_day = reader.get("improvement.per_day", 10);
        let kinds = reader.get("improvement.kinds", ImprovementKind::ALL.to_vec());
        let (run, find) = (commands(reader, "improvement.run"), commands(reader, "improvement.find"));
        for kind in run.keys().filter(|kind| !find.contains_key(kind)) {
            let advice = format!(
                "without improvement.find.{kind} the command itself has to exit non-zero while there is something to improve"
            );
            reader.warn(&format!("improvement.run.{kind}"), &advice);
        }
        let both = ImprovementKind::ALL.into_iter().filter_map(|kind| {
            let run = run.get(&kind).cloned();
            let find = find.get(&kind).or(run.as_ref()).cloned()?;
            Some((kind, ImprovementCommands { find, run }))
        });
        Self { enabled, max_open, per_day, kinds, commands: both.collect() }
    }

    /// What GO goes by, with `agents` to keep at work.
    pub(crate) fn policy(&self, agents: &AgentSettings) -> ImprovementPolicy {
        let settings = ImprovementSettings {
            enabled: self.enabled,
            min: agents.min,
            max_open: self.max_open,
            per_day: self.per_day,
            kinds: self.kinds.clone(),
            driver: agents.driver,
            patience: agents.heartbeat.duration().saturating_mul(PATIENCE),
            idle: Some(Millis::from(agents.idle_timeout.duration())),
            deadline: Some(Millis::from(agents.timeout.duration())),
        };
        let commands = CommandFindings::new(self.commands.clone());
        ImprovementPolicy {
            settings,
            sources: vec![Arc::new(commands), Arc::new(FailedChecks), Arc::new(MissingRegressionTests)],
        }
    }
}

/// A command for each kind that is named.
fn commands(reader: &mut Reader<'_>, key: &str) -> BTreeMap<ImprovementKind, Command> {
    let kind = |word: &str| ImprovementKind::read(&Value::String(word.to_owned()));
    let all_are_kinds =
        |commands: &BTreeMap<String, Command>| commands.keys().try_for_each(|word| kind(word).map(drop));
    let commands = reader.checked(key, BTreeMap::new(), all_are_kinds);
    commands.into_iter().filter_map(|(word, command)| Some((kind(&word).ok()?, command))).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use go_bus_api::DriverKind;
    use go_bus_client::World;
    use go_sprint::improvement::{Finding, ImprovementSource, Subject};

    use super::super::{Flags, Settings, read};
    use super::*;

    fn settings(text: &str) -> Result<Settings, Vec<String>> {
        let read = read(Some((Path::new("go.yaml"), text)), &[], &Flags::default());
        read.map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    fn findings(settings: &Settings, driver: DriverKind) -> Vec<Finding> {
        let project = serde_json::json!({
            "id": "site", "name": "site", "state": "active", "priority": "p2", "weight": 1,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1,
        });
        let (world, project) = (World::default(), serde_json::from_value(project).unwrap());
        CommandFindings::new(settings.improvement.commands.clone()).findings(&Subject {
            world: &world,
            project: &project,
            driver,
        })
    }

    #[test]
    fn each_kind_has_its_commands_and_the_minimum_and_the_limits_of_an_attempt_are_the_agents() {
        let text = "agents: {min: 5, timeout: 1h}\nimprovement: {run: {tests: make fix}, find: {tests: make lint, hardening: scan}}\n";
        let settings = settings(text).unwrap();
        let policy = settings.improvement_policy();
        assert_eq!((policy.settings.min, policy.settings.deadline), (5, Some(Millis(3_600_000))));
        assert_eq!((policy.settings.max_open, policy.settings.per_day, policy.sources.len()), (3, 10, 3));
        let shell: Vec<_> = findings(&settings, DriverKind::Shell).iter().map(|finding| finding.kind).collect();
        assert_eq!(shell, [ImprovementKind::Tests], "scan alone is nothing that a shell could do");
        assert_eq!(findings(&settings, DriverKind::Claude).len(), 2);
        assert!(settings.warnings.is_empty());
    }

    #[test]
    fn a_run_alone_finds_by_itself_and_is_told_how_it_has_to_end() {
        let settings = settings("improvement:\n  run: {tests: make test}\n").unwrap();
        let [warning] = &settings.warnings[..] else { panic!("{:?}", settings.warnings) };
        let warning = warning.to_string();
        assert!(warning.starts_with("go.yaml:2:9: without improvement.find.tests"), "{warning}");
        let found = findings(&settings, DriverKind::Shell);
        assert_eq!(found.first().map(|finding| finding.verify[0].as_str()), Some("make test"));
    }

    #[test]
    fn what_is_no_kind_and_what_is_no_command_are_faults() {
        let text =
            format!("improvement:\n  kinds: [test]\n  run: {{lint: x}}\n  find: {{tests: {}}}\n", "x".repeat(5000));
        assert_eq!(
            settings(&text).unwrap_err(),
            [
                "go.yaml:2:3: improvement.kinds: test is none of tests, hardening, optimization",
                "go.yaml:3:3: improvement.run: lint is none of tests, hardening, optimization",
                "go.yaml:4:3: improvement.find: at most 4096 bytes are allowed here, this has 5000",
            ]
        );
    }
}
