//! `costs.attempt_…`: what one attempt of an agent may use up.

use go_agents::launcher::LauncherConfig;
use go_bus_api::{Millis, Usd};
use go_runtime::Allowance;

use super::Period;
use super::reader::Reader;

/// What an attempt may use up, beside its time. Nothing limits what is `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttemptSettings {
    /// What it may cost.
    usd: Option<Usd>,
    /// How many steps it may take: calls of tools and ends of turns.
    turns: Option<u32>,
    /// How many tokens it may read and write.
    tokens: Option<u64>,
}

impl AttemptSettings {
    /// Reads the keys.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            usd: reader.get("costs.attempt_usd", "5".parse().ok()),
            turns: reader.checked("costs.attempt_turns", None, |turns| match turns {
                Some(0) => Err("without a turn nothing can be done; write null for no limit".to_owned()),
                _ => Ok(()),
            }),
            tokens: reader.checked("costs.attempt_tokens", None, |tokens| match tokens {
                Some(0) => Err("without a token nothing can be done; write null for no limit".to_owned()),
                _ => Ok(()),
            }),
        }
    }

    /// What a launcher allows an agent that talks, which may be silent for as long as `idle`.
    pub(crate) fn allowance(self, idle: Period) -> Allowance {
        let Self { usd, turns, tokens } = self;
        Allowance { idle_ms: Some(Millis::from(idle.duration())), usd, turns, tokens, ..LauncherConfig::allowance() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Flags, Period, read};
    use super::*;

    fn allowance(text: &str) -> Result<Allowance, Vec<String>> {
        match read(Some((Path::new("go.yaml"), text)), &[], &Flags::default()) {
            Ok(settings) => Ok(settings.attempt.allowance(Period::minutes(1))),
            Err(faults) => Err(faults.iter().map(ToString::to_string).collect()),
        }
    }

    #[test]
    fn what_is_set_is_what_an_attempt_is_held_to() {
        let usual = Allowance { idle_ms: Some(Millis(60_000)), ..LauncherConfig::allowance() };
        assert_eq!(allowance(""), Ok(usual));
        assert_eq!((usual.turns, usual.tokens, usual.usd), (None, None, "5".parse().ok()));
        let set = allowance("costs: {attempt_usd: \"1.5\", attempt_turns: 40, attempt_tokens: 5000000000}\n");
        let (usd, turns, tokens) = ("1.5".parse().ok(), Some(40), Some(5_000_000_000));
        assert_eq!(set, Ok(Allowance { usd, turns, tokens, ..usual }));
        let unlimited = allowance("costs: {attempt_usd: null, attempt_turns: null}\n");
        assert_eq!(unlimited, Ok(Allowance { usd: None, ..usual }));
    }

    #[test]
    fn an_attempt_that_could_do_nothing_is_a_fault() {
        let faults = allowance("costs:\n  attempt_turns: 0\n  attempt_tokens: 0\n").unwrap_err();
        assert_eq!(
            faults,
            [
                "go.yaml:2:3: costs.attempt_turns: without a turn nothing can be done; write null for no limit",
                "go.yaml:3:3: costs.attempt_tokens: without a token nothing can be done; write null for no limit",
            ]
        );
        assert_eq!(allowance("costs: {attempt_tokens: many}\n").unwrap_err().len(), 1);
    }
}
