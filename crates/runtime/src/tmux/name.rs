//! The name of a session.

use std::fmt;
use std::str::FromStr;

use go_bus_api::AgentId;

/// The longest name, in bytes.
const LONGEST: usize = 64;

/// A name that tmux takes as it is: 1 to 64 ASCII letters, digits, `-` and `_`, and no `-` at the beginning. tmux itself
/// would change dots and colons, and then the session would not be found again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionName(String);

impl SessionName {
    /// The name as it is.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The session of an agent's window: its id, with `_` for what may be in no name.
    pub fn of_agent(agent: &AgentId) -> Self {
        let fits = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
        Self(agent.as_str().chars().take(LONGEST).map(fits).collect())
    }

    /// The session of exactly this name, as tmux's `-t` takes it; the bare name would also find a longer one.
    pub(super) fn session(&self) -> String {
        format!("={}", self.0)
    }

    /// Its current pane.
    pub(super) fn pane(&self) -> String {
        format!("={}:", self.0)
    }
}

impl FromStr for SessionName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || text.len() > LONGEST || text.starts_with('-') || !text.bytes().all(fits) {
            return Err(format!("{text:?} is no name of a session: 1 to 64 letters, digits, - and _, not - first"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tmux_would_change_or_take_for_something_else_is_no_name() {
        for good in ["go", "go-2", "Fleet_A"] {
            assert!(good.parse::<SessionName>().is_ok(), "{good}");
        }
        let of = |id: &str| SessionName::of_agent(&AgentId::new(id).unwrap()).to_string();
        assert_eq!((of("a-1").as_str(), of("b.2:@x").as_str()), ("a-1", "b_2__x"));
        assert!(of(&"x".repeat(100)).parse::<SessionName>().is_ok());
        for bad in ["", "go.2", "go:1", "-go", "a b", "=go", "gö", &"x".repeat(65)] {
            assert!(bad.parse::<SessionName>().is_err(), "{bad}");
        }
    }
}
