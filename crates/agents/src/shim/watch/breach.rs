//! What an agent is ended for, and what to do about it.

use go_bus_api::{Failure, FailureCause, Millis, Ratio, Remedy, Text, Usd};

/// What an agent is ended for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shim) enum Breach {
    /// Nothing was heard or seen of it for this long.
    Silent(Millis),
    /// The same few calls again and again, and no file changed.
    Loop {
        /// How many calls the circle has.
        calls: usize,
    },
    /// Its context has hardly any room left.
    ContextFull(Ratio),
    /// Its money is spent.
    Money(Usd),
    /// Its steps are taken.
    Turns(u32),
    /// Its tokens are used up.
    Tokens(u64),
}

impl Breach {
    /// Why it was ended and what to do.
    ///
    /// All but a full context are failures that count. Which conversation the next attempt goes on with is decided by the cause
    /// ([`crate::launcher`]): a loop is in the conversation, so that one is left; a silence is mostly its program's or the network's.
    pub(in crate::shim) fn failure(self) -> Failure {
        let (remedy, cause) = match self {
            Self::Silent(_) => (Remedy::Retry, FailureCause::Silent),
            Self::Loop { .. } => (Remedy::Retry, FailureCause::Loop),
            Self::ContextFull(_) => (Remedy::Rotate, FailureCause::ContextFull),
            Self::Money(_) => (Remedy::Retry, FailureCause::MoneySpent),
            Self::Turns(_) => (Remedy::Retry, FailureCause::TurnsSpent),
            Self::Tokens(_) => (Remedy::Retry, FailureCause::TokensSpent),
        };
        Failure::new(remedy, cause, &self.words())
    }

    /// The same in words, for the exit report.
    pub(in crate::shim) fn text(self) -> Text<256> {
        Text::clipped(&self.words())
    }

    fn words(self) -> String {
        match self {
            Self::Silent(idle) => format!("nothing was heard of it for {} s", idle.duration().as_secs_f64()),
            Self::Loop { calls: 1 } => "it made the same call again and again, and no file changed".to_owned(),
            Self::Loop { calls } => format!("it made the same {calls} calls again and again, and no file changed"),
            Self::ContextFull(used) => format!("its context is full to {:.0} %", used.get() * 100.0),
            Self::Money(most) => format!("the attempt's {most} USD are spent"),
            Self::Turns(most) => format!("the attempt's {most} turns are taken"),
            Self::Tokens(most) => format!("the attempt's {most} tokens are used up"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_named_and_only_a_full_context_is_not_counted() {
        let ratio = Ratio::new(0.951).unwrap();
        let told = |breach: Breach| (breach.failure().remedy, breach.failure().cause, breach.text().to_string());
        let retry = || Remedy::Retry;
        assert_eq!(
            told(Breach::Silent(Millis(1500))),
            (retry(), FailureCause::Silent, "nothing was heard of it for 1.5 s".to_owned())
        );
        assert_eq!(
            told(Breach::ContextFull(ratio)),
            (Remedy::Rotate, FailureCause::ContextFull, "its context is full to 95 %".to_owned())
        );
        let money = Breach::Money("1.50".parse().unwrap());
        assert_eq!(told(money), (retry(), FailureCause::MoneySpent, "the attempt's 1.50 USD are spent".to_owned()));
        assert!(told(Breach::Loop { calls: 3 }).2.contains("same 3 calls"));
        assert_eq!(Breach::Turns(3).failure().cause, FailureCause::TurnsSpent);
        assert_eq!(Breach::Tokens(3).failure().cause, FailureCause::TokensSpent);
    }
}
