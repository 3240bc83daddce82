//! What is known of Claude's models beforehand: how much they hold and what they cost by list. The program's own figures, which come with a
//! turn's end, go before these.

use go_bus_api::{ModelUsage, Usd};
use rust_decimal::Decimal;

/// What a million tokens cost, in thousandths of a US dollar.
#[derive(Debug, Clone, Copy)]
struct Prices {
    read: u32,
    /// Read from the cache. Writing to it costs a quarter more than reading.
    cached: u32,
    written: u32,
}

/// A family of models.
#[derive(Debug, Clone, Copy)]
struct Family {
    /// A part of its models' ids.
    part: &'static str,
    /// Tokens that its context holds.
    window: u64,
    prices: Prices,
    /// What a call costs that reads more tokens than this.
    long: Option<(u64, Prices)>,
}

const fn prices(read: u32, cached: u32, written: u32) -> Prices {
    Prices { read, cached, written }
}

const fn family(part: &'static str, window: u64, prices: Prices) -> Family {
    Family { part, window, prices, long: None }
}

/// The first one whose part is in the id counts.
const FAMILIES: [Family; 19] = [
    family("claude-fable-5-2", 1_000_000, prices(8_000, 200, 40_000)),
    family("claude-fable-5-1", 1_000_000, prices(10_000, 250, 50_000)),
    family("claude-fable", 1_000_000, prices(10_000, 1_000, 50_000)),
    family("claude-mythos-5-2", 1_000_000, prices(8_000, 200, 40_000)),
    family("claude-mythos-5-1", 1_000_000, prices(10_000, 250, 50_000)),
    family("claude-mythos", 1_000_000, prices(10_000, 1_000, 50_000)),
    family("claude-opus-5-5", 1_000_000, prices(4_000, 200, 20_000)),
    family("claude-opus-4-5", 200_000, prices(5_000, 500, 25_000)),
    family("claude-opus-4-6", 200_000, prices(5_000, 500, 25_000)),
    family("claude-opus-4-7", 1_000_000, prices(5_000, 500, 25_000)),
    family("claude-opus-4-8", 1_000_000, prices(5_000, 500, 25_000)),
    // 4.0 and 4.1, whose ids end with a date.
    family("claude-opus-4", 200_000, prices(15_000, 1_500, 75_000)),
    family("claude-opus", 1_000_000, prices(5_000, 500, 25_000)),
    family("claude-sonnet-4", 200_000, prices(3_000, 300, 15_000)),
    family("claude-sonnet-5-5", 1_000_000, prices(2_000, 100, 10_000)),
    family("claude-sonnet", 1_000_000, prices(2_000, 200, 10_000)),
    family("claude-haiku-4", 200_000, prices(1_000, 100, 5_000)),
    Family {
        long: Some((100_000, prices(500, 50, 2_500))),
        ..family("claude-haiku-5-5", 1_000_000, prices(100, 10, 500))
    },
    family("claude-haiku", 1_000_000, prices(1_000, 100, 5_000)),
];

fn of(model: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| model.contains(family.part))
}

/// How many tokens the context of `model` holds, where that is known.
pub(super) fn window(model: &str) -> Option<u64> {
    if model.ends_with("[1m]") { Some(1_000_000) } else { of(model).map(|family| family.window) }
}

/// What these tokens of a call cost by list, whose whole prompt has `prompt` tokens. Nothing for a model that is not known.
pub(super) fn list_price(usage: &ModelUsage, prompt: u64) -> Usd {
    let Some(family) = of(usage.model.0.as_str()) else { return Usd::ZERO };
    let Prices { read, cached, written } =
        family.long.filter(|(above, _)| prompt > *above).map_or(family.prices, |(_, prices)| prices);
    let writes_to_the_cache = Decimal::from(read) * Decimal::new(125, 2);
    let sum = Decimal::from(usage.input_tokens) * Decimal::from(read)
        + Decimal::from(usage.cache_read_tokens) * Decimal::from(cached)
        + Decimal::from(usage.cache_write_tokens) * writes_to_the_cache
        + Decimal::from(usage.output_tokens) * Decimal::from(written);
    // Thousandths of a dollar for a million tokens.
    (sum / Decimal::from(1_000_000_000)).normalize().to_string().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::{Model, Text};

    /// What a million tokens of each kind cost where the call's prompt has `prompt` tokens.
    fn a_million_each(model: &str, prompt: u64) -> String {
        let tokens = 1_000_000;
        let usage = ModelUsage {
            model: Model(Text::clipped(model)),
            input_tokens: tokens,
            output_tokens: tokens,
            cache_read_tokens: tokens,
            cache_write_tokens: tokens,
            usd: Usd::ZERO,
        };
        list_price(&usage, prompt).decimal().normalize().to_string()
    }

    fn a_million_of_each(model: &str) -> String {
        a_million_each(model, 0)
    }

    #[test]
    fn list_prices_are_those_that_the_program_itself_goes_by() {
        assert_eq!(a_million_of_each("claude-sonnet-4-6"), "22.05");
        assert_eq!(a_million_of_each("claude-opus-4-6"), "36.75");
        assert_eq!(a_million_of_each("claude-haiku-4-5-20251001"), "7.35");
        assert_eq!(a_million_of_each("us.anthropic.claude-sonnet-5-v1:0"), "14.7");
        assert_eq!(a_million_of_each("claude-opus-4-1-20250805"), "110.25");
        assert_eq!(a_million_of_each("claude-opus-4@20250514"), "110.25");
        assert_eq!(a_million_of_each("claude-opus-5"), "36.75");
        assert_eq!(a_million_of_each("claude-opus-5-5"), "29.2");
        assert_eq!(a_million_of_each("claude-sonnet-5-5"), "14.6");
        assert_eq!(a_million_of_each("claude-fable-5"), "73.5");
        assert_eq!(a_million_of_each("claude-fable-5-1"), "72.75");
        assert_eq!(a_million_of_each("claude-mythos-5-2"), "58.2");
        assert_eq!(a_million_each("claude-haiku-5-5", 100_000), "0.735");
        assert_eq!(a_million_each("claude-haiku-5-5", 100_001), "3.675", "a long prompt costs more");
        assert_eq!(a_million_of_each("gpt-5"), "0");
    }

    #[test]
    fn a_window_is_the_family_s_unless_the_id_asks_for_the_long_one() {
        assert_eq!(window("claude-sonnet-4-6"), Some(200_000));
        assert_eq!(window("claude-sonnet-4-6[1m]"), Some(1_000_000));
        assert_eq!(window("claude-opus-5"), Some(1_000_000));
        assert_eq!(window("claude-opus-4-1-20250805"), Some(200_000));
        assert_eq!(window("claude-opus-4-8"), Some(1_000_000));
        assert_eq!(window("claude-mythos-5"), Some(1_000_000));
        assert_eq!(window("house-model"), None);
    }
}
