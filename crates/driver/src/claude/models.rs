//! What is known of Claude's models beforehand: how much they hold and what they cost by list. The program's own figures, which come with a
//! turn's end, go before these.

use go_bus_api::{ModelUsage, Usd};
use rust_decimal::Decimal;

/// A family of models.
#[derive(Debug, Clone, Copy)]
struct Family {
    /// A part of its models' ids.
    part: &'static str,
    /// Tokens that its context holds.
    window: u64,
    /// US dollars for a million tokens read.
    input: i64,
    /// US dollars for a million tokens written.
    output: i64,
}

const fn family(part: &'static str, window: u64, input: i64, output: i64) -> Family {
    Family { part, window, input, output }
}

/// The first one whose part is in the id counts.
const FAMILIES: [Family; 9] = [
    family("claude-fable", 1_000_000, 10, 50),
    family("claude-opus-5-5", 1_000_000, 4, 20),
    family("claude-opus-4-5", 200_000, 5, 25),
    family("claude-opus-4-6", 200_000, 5, 25),
    family("claude-opus", 1_000_000, 5, 25),
    family("claude-sonnet-4", 200_000, 3, 15),
    family("claude-sonnet", 1_000_000, 2, 10),
    family("claude-haiku-4", 200_000, 1, 5),
    family("claude-haiku", 1_000_000, 1, 5),
];

fn of(model: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| model.contains(family.part))
}

/// How many tokens the context of `model` holds, where that is known.
pub(super) fn window(model: &str) -> Option<u64> {
    if model.ends_with("[1m]") { Some(1_000_000) } else { of(model).map(|family| family.window) }
}

/// What these tokens cost by list: a token read from the cache a tenth of one read, one written to it a quarter more. Nothing for a model
/// that is not known.
pub(super) fn list_price(usage: &ModelUsage) -> Usd {
    let Some(family) = of(usage.model.0.as_str()) else { return Usd::ZERO };
    let read = Decimal::from(usage.input_tokens)
        + Decimal::from(usage.cache_read_tokens) * Decimal::new(1, 1)
        + Decimal::from(usage.cache_write_tokens) * Decimal::new(125, 2);
    let sum = read * Decimal::from(family.input) + Decimal::from(usage.output_tokens) * Decimal::from(family.output);
    (sum / Decimal::from(1_000_000)).normalize().to_string().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::{Model, Text};

    fn a_million_of_each(model: &str) -> String {
        let tokens = 1_000_000;
        list_price(&ModelUsage {
            model: Model(Text::clipped(model)),
            input_tokens: tokens,
            output_tokens: tokens,
            cache_read_tokens: tokens,
            cache_write_tokens: tokens,
            usd: Usd::ZERO,
        })
        .decimal()
        .normalize()
        .to_string()
    }

    #[test]
    fn list_prices_are_those_that_the_program_itself_goes_by() {
        assert_eq!(a_million_of_each("claude-sonnet-4-6"), "22.05");
        assert_eq!(a_million_of_each("claude-opus-4-6"), "36.75");
        assert_eq!(a_million_of_each("claude-haiku-4-5-20251001"), "7.35");
        assert_eq!(a_million_of_each("us.anthropic.claude-sonnet-5-v1:0"), "14.7");
        assert_eq!(a_million_of_each("gpt-5"), "0");
    }

    #[test]
    fn a_window_is_the_family_s_unless_the_id_asks_for_the_long_one() {
        assert_eq!(window("claude-sonnet-4-6"), Some(200_000));
        assert_eq!(window("claude-sonnet-4-6[1m]"), Some(1_000_000));
        assert_eq!(window("claude-opus-5"), Some(1_000_000));
        assert_eq!(window("house-model"), None);
    }
}
