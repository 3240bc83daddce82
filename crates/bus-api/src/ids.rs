//! Typed identifiers: a task's id cannot be passed where an agent's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest identifier, in bytes.
const MAX_LENGTH: usize = 128;

/// Why a string is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The string is empty or longer than 128 bytes.
    #[error("an id has 1 to {MAX_LENGTH} characters, this one has {0}")]
    Length(usize),
    /// A character outside `A–Z a–z 0–9 - _ . : @ +`, or a leading `.` or `-`: ids name files and URL segments.
    #[error(
        "an id may hold letters, digits and -_.:@+ and begin with a letter, a digit or _; {0:?} is not allowed there"
    )]
    Character(char),
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() || text.len() > MAX_LENGTH {
        return Err(IdError::Length(text.len()));
    }
    let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let other = |c: char| first(c) || "-.:@+".contains(c);
    for (index, c) in text.chars().enumerate() {
        if !(if index == 0 { first(c) } else { other(c) }) {
            return Err(IdError::Character(c));
        }
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks `text` and makes it an id; see [`IdError`] for what is refused.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text.into_boxed_str()))
            }

            /// The id as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

/// Ids that the Bus makes itself, from time-ordered UUIDs (RFC 9562, version 7).
macro_rules! generated {
    ($($name:ident => $prefix:literal),* $(,)?) => {$(
        impl $name {
            /// A fresh id, unique across processes; ids of one process sort by the time they were made.
            pub fn generate() -> Self {
                Self(format!(concat!($prefix, "{}"), uuid::Uuid::now_v7().simple()).into_boxed_str())
            }
        }
    )*};
}

id!(
    /// An agent: `000` is GO, `m0` the Mac, `c0` the desk GO reports to; others are made by the Bus.
    AgentId
);
id!(
    /// A task; a ticket's task has the ticket's id.
    TaskId
);
id!(
    /// An account of a provider, as the settings name it.
    AccountId
);
id!(
    /// A project of plan.yaml.
    ProjectId
);
id!(
    /// A host that runs agents.
    HostId
);
id!(
    /// A human.
    UserId
);
id!(
    /// A human's session.
    SessionId
);
id!(
    /// A message between agents.
    MessageId
);
id!(
    /// A sprint.
    SprintId
);
id!(
    /// An alert.
    AlertId
);
id!(
    /// A question to a human.
    QuestionId
);
id!(
    /// One process instance that bids for the lease.
    HolderId
);
id!(
    /// One boot of a machine, as the kernel names it.
    BootId
);

generated! {
    AgentId => "a-", TaskId => "t-", SessionId => "s-", MessageId => "m-", SprintId => "sprint-", AlertId => "alert-",
    QuestionId => "q-", HolderId => "go-",
}

impl AgentId {
    fn fixed(text: &str) -> Self {
        Self(text.into())
    }

    /// GO itself, `000`: what the lease's holder acts as.
    pub fn go() -> Self {
        Self::fixed("000")
    }

    /// M0, the Mac (R9).
    pub fn m0() -> Self {
        Self::fixed("m0")
    }

    /// C0, the desk GO reports to (R10).
    pub fn c0() -> Self {
        Self::fixed("c0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_safe_as_a_file_name_and_a_url_segment() {
        for bad in ["", "../../etc", "a/b", ".hidden", "-rf", "a b", "ü", "a\0"] {
            assert!(TaskId::new(bad).is_err(), "{bad:?} was taken");
        }
        assert!(TaskId::new("x".repeat(MAX_LENGTH + 1)).is_err());
        for good in ["000", "SITE-1", "a.b:c@d+e", "_x", &"x".repeat(MAX_LENGTH)] {
            assert_eq!(TaskId::new(good).map(|id| id.to_string()), Ok(good.to_owned()));
        }
    }

    #[test]
    fn generated_ids_are_valid_distinct_and_ordered() {
        let ids: Vec<_> = (0..100).map(|_| TaskId::generate()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| TaskId::new(id.as_str()).is_ok()));
    }
}
