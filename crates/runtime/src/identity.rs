//! Which process: its number alone is used again after its end.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One process of this boot: its number and when it was started, in the platform's own unit (clock ticks since boot on
/// Linux). Written as `<pid> <start time>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcessId {
    /// Its number.
    pub pid: u32,
    /// When it was started.
    pub started: u64,
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pid, self.started)
    }
}

impl FromStr for ProcessId {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let read = (words.next().and_then(|w| w.parse().ok()), words.next().and_then(|w| w.parse().ok()), words.next());
        match read {
            (Some(pid), Some(started), None) if pid > 0 => Ok(Self { pid, started }),
            _ => Err(format!("{text:?} is no \"<pid> <start time>\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes_and_refuses_the_rest() {
        let id = ProcessId { pid: 12, started: 345 };
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("12 345\n".parse(), Ok(id));
        for bad in ["", "12", "12 345 6", "x 1", "0 5", "-3 5"] {
            assert!(bad.parse::<ProcessId>().is_err(), "{bad:?} was taken");
        }
    }
}
