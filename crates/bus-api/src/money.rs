//! Money: exact decimal US dollars, on the wire a string.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An amount in USD, never negative, exact to the last digit written; `"0.0132"` on the wire. A sum that would pass the
/// largest amount taken stays there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Usd(Decimal);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The largest single amount taken, a bound on nonsense.
    const MAX: i64 = 1_000_000_000;

    /// What this is beyond `other`; nothing where it is not more.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(Decimal::ZERO))
    }

    /// The exact value.
    pub fn decimal(self) -> Decimal {
        self.0
    }
}

impl FromStr for Usd {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let value =
            Decimal::from_str_exact(text).map_err(|_| format!("{text:?} is not an amount such as \"0.0132\""))?;
        if value.is_sign_negative() && !value.is_zero() {
            return Err("an amount is not negative".to_owned());
        }
        if value > Decimal::from(Self::MAX) {
            return Err(format!("an amount is at most {}", Self::MAX));
        }
        Ok(Self(value.abs()))
    }
}

impl TryFrom<String> for Usd {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Usd> for String {
    fn from(amount: Usd) -> Self {
        amount.to_string()
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        // A sum stays within what can be read again.
        Self(self.0.saturating_add(other.0).min(Decimal::from(Self::MAX)))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact() {
        let total: Usd = ["0.1", "0.2", "0.0003"].iter().filter_map(|t| t.parse::<Usd>().ok()).sum();
        assert_eq!(total.to_string(), "0.3003");
    }

    #[test]
    fn a_sum_stays_at_the_largest_amount_and_reads_again() {
        let most: Usd = "1000000000".parse().unwrap();
        assert_eq!((most + most).to_string().parse(), Ok(most));
    }

    #[test]
    fn a_difference_is_exact_and_never_less_than_nothing() {
        let of = |text: &str| text.parse::<Usd>().unwrap();
        assert_eq!(of("0.3003").beyond(of("0.1")).to_string(), "0.2003");
        assert_eq!(of("0.1").beyond(of("0.3")), Usd::ZERO);
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["NaN", "1e999", "-1", "", "1,5", "99999999999"] {
            assert!(bad.parse::<Usd>().is_err(), "{bad} was taken");
        }
    }
}
