//! Tokens and what they cost, exactly.

use std::fmt;

use go_bus_api::{Model, ModelUsage, Text, Usd};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a model costs, in USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Tokens read, those written to the cache among them.
    pub input: Usd,
    /// Tokens read from the cache.
    pub cached: Usd,
    /// Tokens written, those of its reasoning among them.
    pub output: Usd,
}

/// Tokens as Codex counts them: `cached` and `cache_write` are part of `input`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Tokens {
    pub(super) input: u64,
    pub(super) cached: u64,
    pub(super) cache_write: u64,
    pub(super) output: u64,
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.input, self.cached, self.cache_write, self.output)
    }
}

impl Tokens {
    /// Reads what [`Display`](fmt::Display) writes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut figures = text.split('.').map(|figure| figure.parse().ok());
        let mut next = || figures.next().flatten();
        let tokens = Self { input: next()?, cached: next()?, cache_write: next()?, output: next()? };
        figures.next().is_none().then_some(tokens)
    }

    /// What was added to `before`. A count that went down began anew: then all of it was added.
    pub(super) fn since(self, before: Self) -> Self {
        if self.input < before.input || self.output < before.output {
            return self;
        }
        Self {
            input: self.input.saturating_sub(before.input),
            cached: self.cached.saturating_sub(before.cached),
            cache_write: self.cache_write.saturating_sub(before.cache_write),
            output: self.output.saturating_sub(before.output),
        }
    }

    /// The same as the Bus has it.
    pub(super) fn usage(self, model: Option<&Model>, price: Option<&Price>) -> ModelUsage {
        let fresh = self.input.saturating_sub(self.cached);
        ModelUsage {
            model: model.cloned().unwrap_or_else(|| Model(Text::clipped("codex-default"))),
            input_tokens: fresh.saturating_sub(self.cache_write),
            output_tokens: self.output,
            cache_read_tokens: self.cached,
            cache_write_tokens: self.cache_write,
            usd: price.map_or(Usd::ZERO, |price| {
                let parts = [(fresh, price.input), (self.cached, price.cached), (self.output, price.output)];
                parts.into_iter().map(|(tokens, per_million)| cost(tokens, per_million)).sum()
            }),
        }
    }
}

/// Exact, as a million is a power of ten; what no amount can hold counts as the largest one.
fn cost(tokens: u64, per_million: Usd) -> Usd {
    let millionth = Decimal::new(1, 6);
    let exact =
        Decimal::from(tokens).checked_mul(millionth).and_then(|millions| millions.checked_mul(per_million.decimal()));
    let largest = Decimal::from(1_000_000_000_u64);
    exact.unwrap_or(largest).min(largest).normalize().to_string().parse().unwrap_or(Usd::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Usd {
        text.parse().unwrap()
    }

    const TOKENS: Tokens = Tokens { input: 1_000_003, cached: 400_001, cache_write: 2, output: 77 };

    #[test]
    fn what_is_cached_costs_its_own_price_and_nothing_is_rounded() {
        let price = Price { input: usd("1.25"), cached: usd("0.125"), output: usd("10") };
        let usage = TOKENS.usage(None, Some(&price));
        // 600 002 × 1.25 + 400 001 × 0.125 + 77 × 10, per million.
        assert_eq!(usage.usd, usd("0.800772625"));
        assert_eq!((usage.input_tokens, usage.cache_read_tokens, usage.cache_write_tokens), (600_000, 400_001, 2));
        assert_eq!(usage.model.0.as_str(), "codex-default");
    }

    #[test]
    fn without_a_price_the_tokens_count_and_the_money_does_not() {
        let usage = TOKENS.usage(Some(&Model(Text::clipped("gpt-5"))), None);
        assert_eq!((usage.usd, usage.output_tokens, usage.model.0.as_str()), (Usd::ZERO, 77, "gpt-5"));
    }

    #[test]
    fn a_difference_is_never_negative_and_nonsense_never_overflows() {
        assert_eq!(TOKENS.since(TOKENS), Tokens::default());
        assert_eq!(Tokens::default().since(TOKENS), Tokens::default());
        let most = Tokens { input: u64::MAX, cached: 0, cache_write: u64::MAX, output: u64::MAX };
        let dear = Price { input: usd("1000000000"), cached: usd("0.1234567890123456789"), output: usd("1") };
        assert_eq!(most.usage(None, Some(&dear)).usd, usd("1000000000"));
    }

    #[test]
    fn figures_are_four_whole_numbers() {
        assert_eq!(Tokens::parse(&TOKENS.to_string()), Some(TOKENS));
        assert_eq!(Tokens::parse("1.2.3.4.5"), None);
    }
}
