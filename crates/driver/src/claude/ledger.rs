//! What a run has spent: the program's own sums at each turn's end, and between two of them what its calls make probable.

use std::collections::VecDeque;

use go_bus_api::{Model, ModelUsage, Text, Usd};
use serde_json::Value;

use super::models;
use super::result::Bill;

/// As many calls as are remembered, so that each counts once though its message comes in several lines.
const CALLS: usize = 64;

/// As many models as one run is taken to use.
const MODELS: usize = 32;

/// The ledger of one process.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    spent: Vec<ModelUsage>,
    running: Vec<ModelUsage>,
    counted: VecDeque<String>,
}

impl Ledger {
    /// What the program's own sums come to.
    pub(super) fn spent(&self) -> &[ModelUsage] {
        &self.spent
    }

    /// Takes a turn's bill. Its part of the sum is added where the line tells it; older versions tell a process's sum alone.
    pub(super) fn bill(&mut self, bill: &Bill<'_>) {
        if let Some(turn) = bill.turn() {
            turn.iter().for_each(|usage| add(&mut self.spent, usage));
        } else if let Some(process) = bill.process() {
            self.spent = process;
        }
        self.running.clear();
    }

    /// Takes a message of a model: its call's tokens, once, and for what is written, which is counted only at the turn's end, a token for
    /// each four bytes.
    pub(super) fn message(&mut self, message: &Value) {
        let word = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut usage = ModelUsage {
            model: Model(Text::clipped(word("model"))),
            input_tokens: 0,
            output_tokens: written(message),
            cache_read_tokens: 0,
            cache_write_tokens: 0,
            usd: Usd::ZERO,
        };
        let tokens = Tokens::of(message);
        if self.is_new(word("id")) {
            usage.input_tokens = tokens.input;
            usage.cache_read_tokens = tokens.cache_read;
            usage.cache_write_tokens = tokens.cache_write;
        }
        usage.usd = models::list_price(&usage, tokens.prompt());
        add(&mut self.running, &usage);
    }

    /// What is probably spent up to now.
    pub(super) fn probably(&self) -> Vec<ModelUsage> {
        let mut sum = self.spent.clone();
        self.running.iter().for_each(|usage| add(&mut sum, usage));
        sum
    }

    fn is_new(&mut self, id: &str) -> bool {
        if self.counted.iter().any(|counted| counted == id) {
            return false;
        }
        if self.counted.len() >= CALLS {
            self.counted.pop_front();
        }
        self.counted.push_back(id.chars().take(64).collect());
        true
    }
}

/// The tokens of one call, as its message has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tokens {
    input: u64,
    cache_read: u64,
    cache_write: u64,
    output: u64,
}

impl Tokens {
    /// Reads a message's `usage`; what is missing is none.
    pub(super) fn of(message: &Value) -> Self {
        let usage = message.get("usage");
        let count = |key: &str| usage.and_then(|usage| usage.get(key)).and_then(Value::as_u64).unwrap_or_default();
        Self {
            input: count("input_tokens"),
            cache_read: count("cache_read_input_tokens"),
            cache_write: count("cache_creation_input_tokens"),
            output: count("output_tokens"),
        }
    }

    /// How many tokens were read for it.
    fn prompt(self) -> u64 {
        self.input.saturating_add(self.cache_read).saturating_add(self.cache_write)
    }

    /// How many tokens of the context are taken after it.
    pub(super) fn context(self) -> u64 {
        self.prompt().saturating_add(self.output)
    }
}

fn written(message: &Value) -> u64 {
    let blocks = message.get("content").and_then(Value::as_array).into_iter().flatten();
    let bytes = |block: &Value| {
        let text = ["text", "thinking"].iter().find_map(|key| block.get(key)?.as_str()).map(str::len);
        text.or_else(|| block.get("input").map(|input| input.to_string().len())).unwrap_or_default()
    };
    u64::try_from(blocks.map(bytes).sum::<usize>() / 4).unwrap_or_default()
}

/// Adds `usage` to its model's line.
fn add(sums: &mut Vec<ModelUsage>, usage: &ModelUsage) {
    if let Some(sum) = sums.iter_mut().find(|sum| sum.model == usage.model) {
        sum.input_tokens = sum.input_tokens.saturating_add(usage.input_tokens);
        sum.output_tokens = sum.output_tokens.saturating_add(usage.output_tokens);
        sum.cache_read_tokens = sum.cache_read_tokens.saturating_add(usage.cache_read_tokens);
        sum.cache_write_tokens = sum.cache_write_tokens.saturating_add(usage.cache_write_tokens);
        sum.usd = sum.usd + usage.usd;
    } else if sums.len() < MODELS {
        sums.push(usage.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bill(ledger: &mut Ledger, line: &Value) {
        ledger.bill(&serde_json::from_str(&line.to_string()).unwrap());
    }

    fn dollars(usage: &[ModelUsage]) -> String {
        usage.iter().map(|usage| usage.usd).sum::<Usd>().decimal().normalize().to_string()
    }

    #[test]
    fn turns_add_up_and_what_earlier_processes_of_the_conversation_spent_is_not_booked_again() {
        let turn = json!({"m": {"costUSD": 0.25, "inputTokens": 10}});
        let mut ledger = Ledger::default();
        bill(
            &mut ledger,
            &json!({"modelUsage": {"m": {"costUSD": 7.25, "inputTokens": 99}}, "model_usage_since_last_result": turn}),
        );
        bill(
            &mut ledger,
            &json!({"modelUsage": {"m": {"costUSD": 7.5, "inputTokens": 109}}, "model_usage_since_last_result": turn}),
        );
        assert_eq!((dollars(ledger.spent()), ledger.spent()[0].input_tokens), ("0.5".to_owned(), 20));
    }

    #[test]
    fn a_version_that_tells_a_process_s_sum_alone_is_taken_at_its_word() {
        let mut ledger = Ledger::default();
        bill(&mut ledger, &json!({"modelUsage": {"m": {"costUSD": 0.25}, "n": {"costUSD": 0.01}}}));
        bill(&mut ledger, &json!({"modelUsage": {"m": {"costUSD": 0.75}, "n": {"costUSD": 0.01}}}));
        assert_eq!(dollars(ledger.spent()), "0.76");
        bill(&mut ledger, &json!({"type": "result"}));
        assert_eq!(dollars(ledger.spent()), "0.76", "a line without a bill takes nothing back");
    }

    #[test]
    fn a_call_whose_message_comes_in_two_lines_counts_once_until_the_bill_comes() {
        let mut ledger = Ledger::default();
        let usage = json!({"input_tokens": 1_000_000, "cache_read_input_tokens": 1_000_000, "output_tokens": 1});
        let line = |text: &str| json!({"id": "c1", "model": "claude-sonnet-4-6", "usage": usage, "content": [{"type": "text", "text": text}]});
        ledger.message(&line("four"));
        ledger.message(&line(&"four".repeat(999_999)));
        assert_eq!((dollars(&ledger.probably()), ledger.probably()[0].output_tokens), ("18.3".to_owned(), 1_000_000));
        assert!(ledger.spent().is_empty());
        bill(&mut ledger, &json!({"modelUsage": {"claude-sonnet-4-6": {"costUSD": 1.5}}}));
        assert_eq!((dollars(ledger.spent()), dollars(&ledger.probably())), ("1.5".to_owned(), "1.5".to_owned()));
    }

    #[test]
    fn a_run_of_many_calls_and_models_stays_small() {
        let mut ledger = Ledger::default();
        for number in 0..10_000 {
            ledger.message(&json!({"id": format!("{number:0999}"), "model": format!("m{number}"), "content": []}));
        }
        assert_eq!((ledger.counted.len(), ledger.running.len()), (CALLS, MODELS));
        assert!(ledger.counted.iter().all(|id| id.len() <= 64));
    }
}
