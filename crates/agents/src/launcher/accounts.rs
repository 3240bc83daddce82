//! How an agent gets at its account: a login's folder, or a key that is handed on by name and never written down.

use std::collections::BTreeMap;
use std::path::PathBuf;

use go_bus_api::{AccountId, DriverKind, Failure, FailureCause, Remedy};

/// Where the way into an account lies on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Its key or token is the value of this variable of the launcher.
    TokenEnv(String),
    /// Its login lies in this folder, which the program reads.
    ConfigDir(PathBuf),
}

/// The accounts of this host's settings.
pub type Accounts = BTreeMap<AccountId, Credential>;

/// Why an agent can't get at its account here. Only a person can mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoWayIn {
    /// The settings here have no such account.
    #[error("the settings of this host have no account {0}")]
    Unknown(AccountId),
    /// The variable is not set.
    #[error("account {0} has its token in the variable {1}, which is not set for this host's launcher")]
    NotSet(AccountId, String),
    /// The driver takes no such thing.
    #[error("the driver {driver} takes no {1} of an account", driver = .0.as_str())]
    NotTaken(DriverKind, &'static str),
}

impl NoWayIn {
    /// The same as what became of a run.
    pub(super) fn failure(&self) -> Failure {
        Failure::new(Remedy::Escalate, FailureCause::Unauthenticated, &self.to_string())
    }
}

/// What a command gets of its account: variables with values, and variables whose values come from the keeper's own environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct WayIn {
    pub(super) env: BTreeMap<String, String>,
    pub(super) env_from: BTreeMap<String, String>,
}

/// How an agent of `driver` gets at `account`; `value` looks a variable of the launcher up, and what it holds is looked at and not kept.
pub(super) fn way_in(
    account: &AccountId,
    driver: DriverKind,
    known: &Accounts,
    value: impl Fn(&str) -> Option<String>,
) -> Result<WayIn, NoWayIn> {
    match known.get(account).ok_or_else(|| NoWayIn::Unknown(account.clone()))? {
        Credential::ConfigDir(folder) => {
            let name = folder_variable(driver).ok_or(NoWayIn::NotTaken(driver, "config_dir"))?;
            let env = BTreeMap::from([(name.to_owned(), folder.to_string_lossy().into_owned())]);
            Ok(WayIn { env, env_from: BTreeMap::new() })
        }
        Credential::TokenEnv(variable) => {
            let missing = || NoWayIn::NotSet(account.clone(), variable.clone());
            let token = value(variable).filter(|token| !token.trim().is_empty()).ok_or_else(missing)?;
            let names = token_variables(driver, &token).ok_or(NoWayIn::NotTaken(driver, "token_env"))?;
            let env_from = names.iter().map(|name| ((*name).to_owned(), variable.clone())).collect();
            Ok(WayIn { env: BTreeMap::new(), env_from })
        }
    }
}

/// The variables that the driver's program has from the launcher's own environment: those of `keeps` that are set. One that has an account
/// has none that is a login, or two would be in each other's way.
pub(super) fn kept(keeps: &[String], has_account: bool, is_set: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let kept = keeps.iter().filter(|name| is_set(name) && !(has_account && is_login(name)));
    kept.map(|name| (name.clone(), name.clone())).collect()
}

/// Whether a program logs in by this variable.
fn is_login(name: &str) -> bool {
    name == "ANTHROPIC_AUTH_TOKEN"
        || [DriverKind::Claude, DriverKind::Codex].into_iter().any(|driver| {
            let tokens = ["sk-ant-oat", ""].into_iter().filter_map(|token| token_variables(driver, token)).flatten();
            folder_variable(driver) == Some(name) || tokens.into_iter().any(|variable| *variable == name)
        })
}

/// The variable by which the driver's program is told where its login lies.
fn folder_variable(driver: DriverKind) -> Option<&'static str> {
    match driver {
        DriverKind::Claude => Some("CLAUDE_CONFIG_DIR"),
        DriverKind::Codex => Some("CODEX_HOME"),
        DriverKind::Shell | DriverKind::Command => None,
    }
}

/// The variables that the driver's program reads such a token from. A subscription's long-lived token of Claude Code begins so; one that is
/// passed as an API key is refused.
fn token_variables(driver: DriverKind, token: &str) -> Option<&'static [&'static str]> {
    match driver {
        DriverKind::Claude if token.starts_with("sk-ant-oat") => Some(&["CLAUDE_CODE_OAUTH_TOKEN"]),
        DriverKind::Claude => Some(&["ANTHROPIC_API_KEY"]),
        // `codex exec` reads the first, the rest of it the second.
        DriverKind::Codex => Some(&["CODEX_API_KEY", "OPENAI_API_KEY"]),
        DriverKind::Shell | DriverKind::Command => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Accounts {
        let token = Credential::TokenEnv("WORK_KEY".to_owned());
        let folder = Credential::ConfigDir("/home/me/.claude-work".into());
        [("token", token), ("folder", folder)].map(|(name, way)| (AccountId::new(name).unwrap(), way)).into()
    }

    fn of(account: &str, driver: DriverKind, value: Option<&str>) -> Result<WayIn, NoWayIn> {
        let account = AccountId::new(account).unwrap();
        way_in(&account, driver, &known(), |name| (name == "WORK_KEY").then(|| value.map(str::to_owned))?)
    }

    fn pairs(map: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
        map.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[test]
    fn a_token_is_handed_on_by_the_name_that_its_program_reads() {
        for (driver, value, names) in [
            (DriverKind::Claude, "sk-ant-api03-x", vec!["ANTHROPIC_API_KEY"]),
            (DriverKind::Claude, "sk-ant-oat01-x", vec!["CLAUDE_CODE_OAUTH_TOKEN"]),
            (DriverKind::Codex, "sk-proj-x", vec!["CODEX_API_KEY", "OPENAI_API_KEY"]),
        ] {
            let way = of("token", driver, Some(value)).unwrap();
            let expected: Vec<_> = names.into_iter().map(|name| (name, "WORK_KEY")).collect();
            assert_eq!((pairs(&way.env_from), way.env.len()), (expected, 0));
            assert!(!format!("{way:?}").contains(value), "the value is nowhere");
        }
    }

    #[test]
    fn what_is_set_is_kept_but_for_logins_of_who_has_an_account() {
        let keeps = ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "CODEX_HOME", "CLAUDE_CODE_OAUTH_TOKEN", "UNSET"];
        let keeps = keeps.map(str::to_owned);
        let names = |has_account| {
            let kept = kept(&keeps, has_account, |name| name != "UNSET");
            assert!(kept.iter().all(|(name, from)| name == from));
            kept.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(names(false), ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN", "CODEX_HOME"]);
        assert_eq!(names(true), ["ANTHROPIC_BASE_URL"]);
    }

    #[test]
    fn a_login_is_handed_on_as_its_folder() {
        let env = |driver| of("folder", driver, None).unwrap().env;
        assert_eq!(pairs(&env(DriverKind::Claude)), [("CLAUDE_CONFIG_DIR", "/home/me/.claude-work")]);
        assert_eq!(pairs(&env(DriverKind::Codex)), [("CODEX_HOME", "/home/me/.claude-work")]);
    }

    #[test]
    fn what_is_missing_is_told_and_escalated() {
        let told = |account, driver, value| of(account, driver, value).unwrap_err();
        let unset = "account token has its token in the variable WORK_KEY, which is not set for this host's launcher";
        assert_eq!(told("token", DriverKind::Claude, None).to_string(), unset);
        assert_eq!(told("token", DriverKind::Claude, Some(" ")).to_string(), unset);
        let unknown = told("home", DriverKind::Claude, None);
        assert_eq!(unknown.to_string(), "the settings of this host have no account home");
        assert_eq!(unknown.failure().remedy, Remedy::Escalate);
        assert_eq!(told("folder", DriverKind::Command, None), NoWayIn::NotTaken(DriverKind::Command, "config_dir"));
        assert_eq!(told("token", DriverKind::Command, Some("x")), NoWayIn::NotTaken(DriverKind::Command, "token_env"));
    }
}
