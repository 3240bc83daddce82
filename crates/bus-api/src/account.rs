//! Accounts: what the provider of a model knows agents by, and how much of its limits is left. Only names are here, never a key.

use serde::{Deserialize, Serialize};

use crate::{AccountId, DriverKind, Ratio, Revision, Text, Timestamp};

/// Who runs the models of an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Text<64>", into = "String")]
pub enum Provider {
    /// Anthropic: the driver `claude`.
    Anthropic,
    /// `OpenAI`: the driver `codex`.
    OpenAi,
    /// Any other word: for drivers of a third party.
    Other(Text<64>),
}

impl Provider {
    /// The provider as the wire and the settings have it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Other(word) => word.as_str(),
        }
    }

    /// Whose accounts agents of this driver may run on; `None` where it knows of no accounts.
    pub fn of(driver: DriverKind) -> Option<Self> {
        match driver {
            DriverKind::Claude => Some(Self::Anthropic),
            DriverKind::Codex => Some(Self::OpenAi),
            DriverKind::Shell | DriverKind::Command => None,
        }
    }
}

impl TryFrom<Text<64>> for Provider {
    type Error = String;
    fn try_from(word: Text<64>) -> Result<Self, String> {
        match word.as_str() {
            "anthropic" => Ok(Self::Anthropic),
            "openai" => Ok(Self::OpenAi),
            other if other.trim().is_empty() => Err("a provider has a name".to_owned()),
            _ => Ok(Self::Other(word)),
        }
    }
}

impl From<Provider> for String {
    fn from(provider: Provider) -> Self {
        provider.as_str().to_owned()
    }
}

/// Whether an account is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// It takes agents while it does not rest.
    #[default]
    Active,
    /// The settings have it no longer: it takes none.
    Retired,
}

impl AccountState {
    /// The state as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

/// A window of an account's plan, as its provider last told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountWindow {
    /// The provider's name for it (`five_hour`, `seven_day`).
    pub name: Text<64>,
    /// How much of it is used.
    pub used: Ratio,
    /// When it opens anew, where that was told.
    #[serde(default)]
    pub resets_at: Option<Timestamp>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Account {
    /// Its name in the settings.
    pub id: AccountId,
    /// Whose it is.
    pub provider: Provider,
    /// Whether it is worked on.
    #[serde(default)]
    pub state: AccountState,
    /// Before when nobody starts on it.
    #[serde(default)]
    pub parked_until: Option<Timestamp>,
    /// Why it was parked, in words.
    #[serde(default)]
    pub reason: Option<Text<512>>,
    /// Its windows, by name.
    #[serde(default)]
    pub windows: Vec<AccountWindow>,
    /// How much of a weekly window agents may use; the rest is its owner's.
    #[serde(default)]
    pub weekly_limit: Option<Ratio>,
    /// When an agent was last spawned on it.
    #[serde(default)]
    pub last_used: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its version.
    pub revision: Revision,
}

/// `POST /accounts`, by the operator, GO or a launcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAccount {
    /// Its name in the settings.
    pub id: AccountId,
    /// Whose it is.
    pub provider: Provider,
    /// How much of a weekly window agents may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_limit: Option<Ratio>,
}

/// `PATCH /accounts/{id}`: absent fields stay. A launcher, and the shim of an agent on the account, report `parked_until`, `reason` and
/// `windows`: of two reports the one that tells of less room counts, in whichever order they come. The operator and GO set what they send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountPatch {
    /// Before when nobody starts on it; a time that is over frees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked_until: Option<Timestamp>,
    /// Why it is parked, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<512>>,
    /// Windows that something was told of; others stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = AccountWindow::MOST)))]
    pub windows: Vec<AccountWindow>,
    /// How much of a weekly window agents may use: the operator's and GO's to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_limit: Option<Ratio>,
    /// Whose it is: the operator's and GO's to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// Whether it is worked on: the operator's and GO's to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AccountState>,
}

impl AccountWindow {
    /// How many windows an account can have.
    pub const MOST: usize = 16;

    /// Whether it is one of a week, by its name.
    pub fn is_weekly(&self) -> bool {
        ["week", "seven_day", "7d", "7_day"].iter().any(|word| self.name.as_str().contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_reads_back_and_has_a_name() {
        let read = |word: &str| Provider::try_from(Text::clipped(word)).map(String::from);
        for word in ["anthropic", "openai", "house"] {
            assert_eq!(read(word).as_deref(), Ok(word));
        }
        assert!(read(" ").is_err());
        assert_eq!(Provider::try_from(Text::clipped("openai")), Ok(Provider::OpenAi));
    }

    #[test]
    fn a_weekly_window_is_told_by_its_name() {
        let is_weekly = |name: &str| {
            let (name, resets_at) = (Text::clipped(name), None);
            AccountWindow { name, used: Ratio::new(0.0).unwrap(), resets_at }.is_weekly()
        };
        for name in ["seven_day", "seven_day_opus", "weekly", "week"] {
            assert!(is_weekly(name), "{name}");
        }
        for name in ["five_hour", "primary", "requests"] {
            assert!(!is_weekly(name), "{name}");
        }
    }
}
