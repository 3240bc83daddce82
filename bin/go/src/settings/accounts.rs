//! `accounts`: whose limits agents run under, and where the way into each lies. Never a key itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use go_agents::launcher::{Accounts, Credential};
use go_bus_api::{AccountId, DriverKind, NewAccount, Provider, Ratio, Text};
use serde_yaml::Value;

use super::paths::with_home;
use super::reader::Reader;
use super::value::{Setting, scalar};

/// An entry of the list.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    account: NewAccount,
    credential: Credential,
}

/// The accounts of the settings.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct AccountSettings {
    /// `None` where the list is not set: then GO leaves the Bus's accounts as they are.
    entries: Option<Vec<Entry>>,
}

impl AccountSettings {
    /// Reads the list.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let places = reader.entries("accounts");
        let entries = places.iter().filter_map(|place| entry(reader, place)).collect();
        let is_set = reader.has("accounts");
        let settings = Self { entries: is_set.then_some(entries) };
        settings.check(reader, &places);
        settings
    }

    /// One name is one account.
    fn check(&self, reader: &mut Reader<'_>, places: &[String]) {
        let mut seen = BTreeSet::new();
        for (entry, place) in self.entries.iter().flatten().zip(places) {
            if !seen.insert(&entry.account.id) {
                let name = &entry.account.id;
                reader.fault(&format!("{place}.name"), &format!("{place}.name: there are two accounts {name}"));
            }
        }
    }

    /// What the Bus is to know of them; `None` where the list is not set.
    pub(crate) fn on_the_bus(&self) -> Option<Vec<NewAccount>> {
        self.entries.as_ref().map(|entries| entries.iter().map(|entry| entry.account.clone()).collect())
    }

    /// What launchers know of them.
    pub(crate) fn ways_in(&self) -> Accounts {
        let home = std::env::home_dir();
        let whole = |path: &Path| {
            let path = with_home(path, home.as_deref());
            std::path::absolute(&path).unwrap_or(path)
        };
        let way = |entry: &Entry| match &entry.credential {
            Credential::ConfigDir(folder) => Credential::ConfigDir(whole(folder)),
            token @ Credential::TokenEnv(_) => token.clone(),
        };
        self.entries.iter().flatten().map(|entry| (entry.account.id.clone(), way(entry))).collect()
    }
}

fn entry(reader: &mut Reader<'_>, place: &str) -> Option<Entry> {
    let id = reader.required::<AccountId>(&format!("{place}.name"));
    let provider = reader.required::<Provider>(&format!("{place}.provider"));
    let variable = reader.get::<Option<VariableName>>(&format!("{place}.token_env"), None);
    let folder = reader.get::<Option<String>>(&format!("{place}.config_dir"), None);
    let weekly_limit = reader.get::<Option<Ratio>>(&format!("{place}.weekly_limit"), None);
    let has = |name: &str| reader.has(&format!("{place}.{name}"));
    let credential = match (variable, folder, has("token_env"), has("config_dir")) {
        (Some(VariableName(name)), None, _, false) => Some(Credential::TokenEnv(name)),
        (None, Some(folder), false, _) => Some(Credential::ConfigDir(PathBuf::from(folder))),
        (_, _, true, true) => {
            reader.fault(place, &format!("{place} has token_env and config_dir; an account has one of them"));
            None
        }
        (_, _, false, false) => {
            reader.fault(place, &format!("{place} has neither token_env nor config_dir; an account has one of them"));
            None
        }
        // A bad value is told already.
        _ => None,
    };
    let (id, provider) = (id?, provider?);
    if !has_driver(&provider) {
        let word = provider.as_str();
        reader.warn(&format!("{place}.provider"), &format!("no driver of this program runs on accounts of {word}"));
    }
    Some(Entry { account: NewAccount { id, provider, weekly_limit }, credential: credential? })
}

fn has_driver(provider: &Provider) -> bool {
    [DriverKind::Claude, DriverKind::Codex].into_iter().any(|driver| Provider::of(driver).as_ref() == Some(provider))
}

/// A variable's name. What is no name may be the secret itself, so it is never repeated.
struct VariableName(String);

impl Setting for VariableName {
    fn read(value: &Value) -> Result<Self, String> {
        let name = scalar(value).unwrap_or_default();
        let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
        let is_name = name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit());
        if !is_name || name.starts_with("XIO_") {
            return Err(
                "the name of an environment variable that holds the token is expected, never the token".to_owned()
            );
        }
        Ok(Self(name))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

impl Setting for AccountId {
    fn read(value: &Value) -> Result<Self, String> {
        Self::new(String::read(value)?).map_err(|error| error.to_string())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Provider {
    fn read(value: &Value) -> Result<Self, String> {
        let word = Text::new(String::read(value)?).map_err(|error| error.to_string())?;
        Self::try_from(word)
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Flags, Settings, read};
    use super::*;

    fn settings(text: &str) -> Result<Settings, Vec<String>> {
        let read = read(Some((Path::new("go.yaml"), text)), &[], &Flags::default());
        read.map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    fn fault(entry: &str) -> String {
        let faults = settings(&format!("accounts:\n  - {entry}\n")).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.concat()
    }

    #[test]
    fn the_bus_is_told_names_and_launchers_where_the_way_in_lies() {
        let text = "accounts:\n  - {name: work, provider: anthropic, token_env: WORK_KEY, weekly_limit: 0.8}\n  \
                    - {name: home, provider: openai, config_dir: /home/me/.codex}\n";
        let accounts = settings(text).unwrap().accounts;
        let account = |name: &str, provider, limit| NewAccount {
            id: AccountId::new(name).unwrap(),
            provider,
            weekly_limit: Option::map(limit, |limit| Ratio::new(limit).unwrap()),
        };
        let on_the_bus = vec![account("work", Provider::Anthropic, Some(0.8)), account("home", Provider::OpenAi, None)];
        assert_eq!(accounts.on_the_bus(), Some(on_the_bus));
        let ways = accounts.ways_in();
        let way = |name: &str| ways.get(&AccountId::new(name).unwrap()).cloned();
        assert_eq!(way("work"), Some(Credential::TokenEnv("WORK_KEY".to_owned())));
        assert_eq!(way("home"), Some(Credential::ConfigDir("/home/me/.codex".into())));
    }

    #[test]
    fn an_empty_list_is_not_the_same_as_none() {
        assert_eq!(settings("").unwrap().accounts.on_the_bus(), None);
        assert_eq!(settings("accounts: []\n").unwrap().accounts.on_the_bus(), Some(Vec::new()));
    }

    #[test]
    fn exactly_one_way_in_is_asked_for() {
        let neither = fault("{name: a, provider: openai}");
        assert_eq!(neither, "go.yaml:2:5: accounts.0 has neither token_env nor config_dir; an account has one of them");
        let both = fault("{name: a, provider: openai, token_env: A, config_dir: /a}");
        assert_eq!(both, "go.yaml:2:5: accounts.0 has token_env and config_dir; an account has one of them");
    }

    #[test]
    fn a_token_in_place_of_a_variable_s_name_is_refused_and_never_repeated() {
        for secret in ["sk-ant-api03-s3cret", "XIO_TOKEN", "with space"] {
            let told = fault(&format!("{{name: a, provider: anthropic, token_env: '{secret}'}}"));
            assert!(told.contains("the name of an environment variable"), "{told}");
            assert!(!told.contains(secret), "{told}");
        }
    }

    #[test]
    fn names_are_ids_and_stand_once_and_an_unknown_provider_is_a_warning() {
        let twice =
            "accounts:\n  - {name: a, provider: openai, token_env: A}\n  - {name: a, provider: openai, token_env: B}\n";
        assert_eq!(settings(twice).unwrap_err(), ["go.yaml:3:6: accounts.1.name: there are two accounts a"]);
        assert!(fault("{name: 'a b', provider: openai, token_env: A}").contains("accounts.0.name: an id may hold"));
        let house = settings("accounts:\n  - {name: a, provider: house, token_env: A}\n").unwrap();
        let warned: Vec<String> = house.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warned, ["go.yaml:2:15: no driver of this program runs on accounts of house"]);
    }
}
