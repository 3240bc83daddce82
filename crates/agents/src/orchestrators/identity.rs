//! Who an orchestrator is: what its launcher put into its environment.

use std::path::PathBuf;

use go_bus_api::{AgentId, HostId, ProjectId};

/// What an agent knows of itself at its start (the `XIO_…` variables of the interface page).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `XIO_BUS_URL`.
    pub bus_url: String,
    /// `XIO_AGENT_ID`.
    pub agent: AgentId,
    /// `XIO_HOST`.
    pub host: Option<HostId>,
    /// `XIO_PROJECT`.
    pub project: Option<ProjectId>,
    /// `XIO_TOKEN_FILE`: replaced in place on rotation.
    pub token_file: PathBuf,
}

/// What the environment lacks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A variable is not set.
    #[error("{0} is not set; `go agent` is started by `go launcher`, which sets it")]
    Missing(&'static str),
    /// A variable's value is no id.
    #[error("{name} is {value:?}: {reason}")]
    Bad {
        /// Which.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Identity {
    /// Reads it through `variable`, which answers a variable's value.
    pub fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, IdentityError> {
        let needed = |name| variable(name).filter(|v| !v.is_empty()).ok_or(IdentityError::Missing(name));
        Ok(Self {
            bus_url: needed("XIO_BUS_URL")?,
            agent: id("XIO_AGENT_ID", needed("XIO_AGENT_ID")?)?,
            host: optional("XIO_HOST", variable("XIO_HOST"))?,
            project: optional("XIO_PROJECT", variable("XIO_PROJECT"))?,
            token_file: needed("XIO_TOKEN_FILE")?.into(),
        })
    }

    /// Reads it from this process's environment.
    pub fn from_environment() -> Result<Self, IdentityError> {
        Self::read(|name| std::env::var(name).ok())
    }
}

fn optional<T: TryFrom<String, Error: ToString>>(
    name: &'static str,
    value: Option<String>,
) -> Result<Option<T>, IdentityError> {
    value.filter(|v| !v.is_empty()).map(|v| id(name, v)).transpose()
}

fn id<T: TryFrom<String, Error: ToString>>(name: &'static str, value: String) -> Result<T, IdentityError> {
    T::try_from(value.clone()).map_err(|error| IdentityError::Bad { name, value, reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Result<Identity, IdentityError> {
        Identity::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    const NEEDED: [(&str, &str); 3] =
        [("XIO_BUS_URL", "http://127.0.0.1:1"), ("XIO_AGENT_ID", "a-1"), ("XIO_TOKEN_FILE", "/t")];

    #[test]
    fn each_missing_variable_is_named() {
        for (index, (name, _)) in NEEDED.iter().enumerate() {
            let mut pairs = NEEDED.to_vec();
            pairs.remove(index);
            assert_eq!(read(&pairs), Err(IdentityError::Missing(name)));
        }
    }

    #[test]
    fn an_empty_project_is_none_and_a_bad_one_an_error() {
        let with = |value| read(&[NEEDED.as_slice(), &[("XIO_PROJECT", value)]].concat());
        assert_eq!(with("").map(|i| i.project), Ok(None));
        assert!(matches!(with("a/b"), Err(IdentityError::Bad { name: "XIO_PROJECT", .. })));
    }
}
