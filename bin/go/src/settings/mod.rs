//! Settings: go.yaml, then the environment, then flags; every value knows where it came from, every fault is told in one run.

mod accounts;
mod agents;
mod attempt;
mod bus;
mod capacity;
mod drivers;
mod environment;
mod improvement;
mod later;
mod lease;
mod lines;
mod origin;
mod paths;
mod period;
mod reader;
mod review;
mod spawning;
mod sprint;
#[cfg(test)]
mod tests;
mod tree;
mod value;
mod watchdog;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use go_bus_api::RbacMode;

pub(crate) use accounts::AccountSettings;
pub(crate) use agents::{AgentSettings, RuntimeKind};
pub(crate) use attempt::AttemptSettings;
pub(crate) use bus::{BusSettings, Database, Listen};
use capacity::Readings;
pub(crate) use drivers::DriverSettings;
pub(crate) use improvement::Improvements;
pub(crate) use lease::LeaseSettings;
pub(crate) use origin::Fault;
use origin::Origin;
pub(crate) use paths::PathSettings;
pub(crate) use period::Period;
pub(crate) use reader::Shown;
pub(crate) use review::ReviewSettings;
pub(crate) use spawning::SpawnSettings;
pub(crate) use sprint::SprintSettings;
pub(crate) use watchdog::WatchdogSettings;

use crate::failure::Failure;
use reader::Reader;
use tree::Tree;

/// The file that is read where no `--config` names another.
pub(crate) const FILE: &str = "go.yaml";
/// The data folder where nothing else is said.
const DATA: &str = ".go";

/// What flags say about settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// `--data`.
    pub(crate) data: Option<PathBuf>,
    /// Keys that flags set: the key, the flag, the text.
    pub(crate) keys: Vec<(String, &'static str, String)>,
}

/// All settings in effect.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// `bus`.
    pub(crate) bus: BusSettings,
    /// `lease`.
    pub(crate) lease: LeaseSettings,
    /// `agents`.
    pub(crate) agents: AgentSettings,
    /// `accounts`.
    pub(crate) accounts: AccountSettings,
    /// `drivers`.
    pub(crate) drivers: DriverSettings,
    /// `sprint`.
    pub(crate) sprint: SprintSettings,
    /// `models` and `context`.
    pub(crate) spawning: SpawnSettings,
    /// `review`.
    pub(crate) review: ReviewSettings,
    /// `improvement`.
    pub(crate) improvement: Improvements,
    /// `tokens`.
    pub(crate) tokens: TokenSettings,
    /// `paths`.
    pub(crate) paths: PathSettings,
    /// `watchdog`.
    pub(crate) watchdog: WatchdogSettings,
    /// `costs.attempt_…`: what one attempt may use up.
    pub(crate) attempt: AttemptSettings,
    /// `rbac.mode`.
    pub(crate) rbac_mode: RbacMode,
    /// Every key with its value and where that came from.
    pub(crate) shown: Vec<Shown>,
    /// What somebody set, by key, as it was written.
    written: Vec<(String, String)>,
    /// What is allowed but unusual.
    pub(crate) warnings: Vec<Fault>,
}

impl Settings {
    /// How many agents may work at once.
    pub(crate) fn agents_max(&self) -> u32 {
        self.agents.cap(&Readings::take(&self.data))
    }

    /// Whether somebody set `key`.
    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.shown.iter().any(|shown| shown.key == key && shown.is_set())
    }

    /// The settings that somebody set and whose keys begin with one of `sections`, as `--set KEY=VALUE` takes them.
    pub(crate) fn set_in(&self, sections: &[&str]) -> impl Iterator<Item = String> {
        let wanted = |key: &str| sections.iter().any(|section| key.starts_with(section));
        let set = self.shown.iter().filter(move |shown| shown.is_set() && wanted(&shown.key));
        set.map(|shown| format!("{}={}", shown.key, shown.value))
    }

    /// The same with each value as it was written, whatever it holds.
    pub(crate) fn written_in(&self, sections: &[&str]) -> impl Iterator<Item = String> {
        let wanted = |key: &str| sections.iter().any(|section| key.starts_with(section));
        self.written.iter().filter(move |(key, _)| wanted(key)).map(|(key, text)| format!("{key}={text}"))
    }

    /// What GO goes by where fewer than `agents.min` work.
    pub(crate) fn improvement_policy(&self) -> go_sprint::improvement::ImprovementPolicy {
        self.improvement.policy(&self.agents)
    }

    /// The caps that dispatch goes by.
    pub(crate) fn limits(&self) -> go_sprint::Limits {
        go_sprint::Limits { agents_max: Some(self.agents_max()), agents_min: self.agents.min }
    }
}

/// `tokens`: how long an agent's token lives (R17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenSettings {
    /// How long one is valid.
    pub(crate) rotate_every: Period,
    /// How long the one before is still taken.
    pub(crate) overlap: Period,
}

/// Reads the settings in effect: `file`, or go.yaml here where there is one; this process's environment; flags.
pub(crate) fn load(file: Option<&Path>, flags: &Flags) -> Result<Settings, Failure> {
    let path = file.unwrap_or(Path::new(FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound && file.is_none() => None,
        Err(error) => return Err(Failure::file("read", path)(error)),
    };
    let environment: Vec<_> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("XIO_"))
        .collect();
    read(text.as_deref().map(|text| (path, text)), &environment, flags).map_err(Failure::Settings)
}

/// Reads the settings from the layers' texts, or tells every fault in them.
pub(crate) fn read(
    file: Option<(&Path, &str)>,
    environment: &[(String, String)],
    flags: &Flags,
) -> Result<Settings, Vec<Fault>> {
    let mut tree = match file {
        Some((path, text)) => Tree::of_file(path, text).map_err(|fault| vec![fault])?,
        None => Tree::default(),
    };
    let mut faults = environment::overlay(&mut tree, environment);
    for (key, flag, text) in &flags.keys {
        tree.set(key, text, Origin::Flag(flag));
    }
    let (data, data_origin) = data_folder(environment, flags);
    let mut reader = Reader::new(&tree);
    let mut settings = Settings {
        bus: BusSettings::read(&mut reader, &data),
        lease: LeaseSettings::read(&mut reader),
        agents: AgentSettings::read(&mut reader),
        accounts: AccountSettings::read(&mut reader),
        drivers: DriverSettings::read(&mut reader),
        sprint: SprintSettings::read(&mut reader),
        spawning: SpawnSettings::read(&mut reader),
        review: ReviewSettings::read(&mut reader),
        improvement: Improvements::read(&mut reader),
        tokens: TokenSettings {
            rotate_every: reader.get("tokens.rotate_every", Period::hours(24)),
            overlap: reader.get("tokens.overlap", Period::minutes(5)),
        },
        paths: PathSettings::read(&mut reader),
        watchdog: WatchdogSettings::read(&mut reader),
        attempt: AttemptSettings::read(&mut reader),
        rbac_mode: RbacMode::default(),
        shown: vec![Shown::new("data", data.display(), &data_origin)],
        written: Vec::new(),
        warnings: Vec::new(),
        data,
    };
    settings.rbac_mode = later::check(&mut reader);
    let read = reader.finish();
    faults.extend(read.faults);
    if faults.is_empty() {
        let shown = [settings.shown, read.shown].concat();
        Ok(Settings { shown, written: read.written, warnings: read.warnings, ..settings })
    } else {
        Err(faults)
    }
}

/// The data folder, and who named it.
fn data_folder(environment: &[(String, String)], flags: &Flags) -> (PathBuf, Origin) {
    if let Some(data) = &flags.data {
        return (data.clone(), Origin::Flag("--data"));
    }
    match environment.iter().find(|(name, value)| name == "XIO_DATA" && !value.is_empty()) {
        Some((name, value)) => (value.into(), Origin::Environment(name.clone())),
        None => (DATA.into(), Origin::Default),
    }
}

/// The rule that a length is at least `least`.
fn at_least(length: &Period, least: Period, what: &str) -> Result<(), String> {
    if *length < least { Err(format!("{length} is too short; {what} takes at least {least}")) } else { Ok(()) }
}
