//! `drivers`: how each kind of agent is run.

use std::collections::BTreeMap;

use go_agents::Drivers;
use go_bus_api::Usd;
use go_driver::{
    ClaudeDriver, ClaudeSettings, CodexDriver, CodexSettings, CommandDriver, PermissionMode, Price, Protocol, Sandbox,
    Template,
};
use serde_yaml::Value;

use super::reader::Reader;
use super::value::{Setting, one_of};

/// The drivers as they are set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DriverSettings {
    claude: ClaudeDriver,
    codex: CodexDriver,
    command: CommandDriver,
}

impl DriverSettings {
    /// Reads the sections.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            claude: ClaudeDriver { settings: claude(reader) },
            codex: CodexDriver { settings: codex(reader) },
            command: command(reader),
        }
    }

    /// What launchers and shims run agents with.
    pub(crate) fn drivers(&self) -> Drivers {
        Drivers::default().with(self.claude.clone()).with(self.codex.clone()).with(self.command.clone())
    }
}

fn claude(reader: &mut Reader<'_>) -> ClaudeSettings {
    let usual = ClaudeSettings::default();
    ClaudeSettings {
        program: reader.get("drivers.claude.program", usual.program),
        args: reader.get("drivers.claude.args", usual.args),
        allowed_tools: reader.get("drivers.claude.allowed_tools", usual.allowed_tools),
        permission_mode: reader.get("drivers.claude.permission_mode", usual.permission_mode),
        max_retries: reader.get("drivers.claude.max_retries", usual.max_retries),
        keep_env: reader.get("drivers.claude.keep_env", usual.keep_env),
    }
}

fn codex(reader: &mut Reader<'_>) -> CodexSettings {
    let usual = CodexSettings::default();
    CodexSettings {
        program: reader.get("drivers.codex.program", usual.program),
        args: reader.get("drivers.codex.args", usual.args),
        model: reader.get("drivers.codex.model", usual.model),
        sandbox: reader.get("drivers.codex.sandbox", usual.sandbox),
        prices: reader.get("drivers.codex.prices", usual.prices),
        keep_env: reader.get("drivers.codex.keep_env", usual.keep_env),
    }
}

fn command(reader: &mut Reader<'_>) -> CommandDriver {
    CommandDriver {
        run: reader.get("drivers.command.run", None),
        protocol: reader.get("drivers.command.protocol", Protocol::default()),
        keep_env: reader.get("drivers.command.keep_env", Vec::new()),
    }
}

impl Setting for PermissionMode {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &Self::ALL.map(|mode| (mode.as_str(), mode)))
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Setting for Sandbox {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &Self::ALL.map(|sandbox| (sandbox.as_str(), sandbox)))
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Setting for Protocol {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &Self::ALL.map(|protocol| (protocol.as_str(), protocol)))
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Setting for Template {
    fn read(value: &Value) -> Result<Self, String> {
        String::read(value)?.parse().map_err(|error: go_driver::TemplateError| error.to_string())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// `{input: 1.25, cached: 0.125, output: 10}`, in USD per million tokens; what is cached costs as much as other input where nothing is said.
impl Setting for Price {
    fn read(value: &Value) -> Result<Self, String> {
        let amounts = BTreeMap::<String, Usd>::read(value)?;
        let amount = |name: &str| amounts.get(name).copied();
        if let Some(other) = amounts.keys().find(|name| !["input", "cached", "output"].contains(&name.as_str())) {
            return Err(format!("{other} is no price; there are input, cached and output"));
        }
        let needed = |name: &str| amount(name).ok_or(format!("{name} is missing, in USD per million tokens"));
        let input = needed("input")?;
        Ok(Self { input, cached: amount("cached").unwrap_or(input), output: needed("output")? })
    }

    fn show(&self) -> String {
        format!("{{input: {}, cached: {}, output: {}}}", self.input, self.cached, self.output)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use go_bus_api::DriverKind;

    use super::super::{Flags, Settings, read};
    use super::*;

    fn settings(text: &str) -> Result<Settings, Vec<String>> {
        let read = read(Some((Path::new("go.yaml"), text)), &[], &Flags::default());
        read.map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_set_is_what_the_drivers_go_by() {
        let text = "drivers:\n  claude: {program: /opt/claude, permission_mode: bypassPermissions, args: [--effort, high], max_retries: 2, keep_env: [MY_KEY],\n    \
                    allowed_tools: [Bash(git *), mcp__github]}\n  \
                    codex: {program: /opt/codex, model: gpt-5, sandbox: danger-full-access, args: [--oss],\n    \
                    prices: {gpt-5: {input: 1.25, cached: 0.125, output: 10}, gpt-9: {input: 2, output: 8.5}}}\n  \
                    command: {run: \"my-agent --task {task}\", protocol: plain}\n";
        let drivers = settings(text).unwrap().drivers;
        let claude = ClaudeSettings {
            program: "/opt/claude".to_owned(),
            args: ["--effort", "high"].map(str::to_owned).to_vec(),
            allowed_tools: ["Bash(git *)", "mcp__github"].map(str::to_owned).to_vec(),
            permission_mode: PermissionMode::BypassPermissions,
            max_retries: 2,
            keep_env: vec!["MY_KEY".to_owned()],
        };
        assert_eq!(drivers.claude.settings, claude);
        let codex = &drivers.codex.settings;
        assert_eq!(
            (codex.program.as_str(), codex.sandbox, codex.args.len()),
            ("/opt/codex", Sandbox::DangerFullAccess, 1)
        );
        let usd = |text: &str| text.parse::<Usd>().unwrap();
        assert_eq!(codex.prices["gpt-5"], Price { input: usd("1.25"), cached: usd("0.125"), output: usd("10") });
        assert_eq!(codex.prices["gpt-9"], Price { input: usd("2"), cached: usd("2"), output: usd("8.5") });
        let run = drivers.command.run.as_ref().map(ToString::to_string);
        assert_eq!((run.as_deref(), drivers.command.protocol), (Some("my-agent --task {task}"), Protocol::Plain));
        for kind in [DriverKind::Claude, DriverKind::Codex, DriverKind::Command, DriverKind::Shell] {
            assert!(drivers.drivers().get(kind).is_some(), "{kind:?}");
        }
    }

    #[test]
    fn with_nothing_set_the_drivers_are_the_usual_ones() {
        assert_eq!(settings("").unwrap().drivers, DriverSettings::default());
    }

    #[test]
    fn each_fault_says_what_would_be_right() {
        let text = "drivers:\n  claude:\n    permission_mode: yolo\n  codex:\n    sandbox: none\n    prices: {gpt-5: {input: 1}}\n  command:\n    run: 'a {tusk}'\n    protocol: json\n";
        let faults = settings(text).unwrap_err();
        let expected = [
            "go.yaml:3:5: drivers.claude.permission_mode: yolo is none of dontAsk, acceptEdits, auto, bypassPermissions",
            "go.yaml:5:5: drivers.codex.sandbox: none is none of read-only, workspace-write, danger-full-access",
            "go.yaml:6:5: drivers.codex.prices: output is missing, in USD per million tokens",
            "go.yaml:8:5: drivers.command.run: {tusk} stands for nothing; there are {agent}, ",
            "go.yaml:9:5: drivers.command.protocol: json is none of lines, plain",
        ];
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{fault}");
        }
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
    }
}
