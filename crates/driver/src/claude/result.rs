//! The line that ends a turn: how it went, and what it cost, exactly.

use std::collections::BTreeMap;

use go_bus_api::{Model, ModelUsage, Text, Usd};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// As many models as one run is taken to use.
const MODELS: usize = 32;

/// What a turn came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Whether it says itself that all went well. It may lie: denied permissions are no error to it.
    pub(super) well: bool,
    /// What the table of failures is asked with, a line for each thing known.
    pub(super) evidence: String,
    /// The same for people.
    pub(super) detail: String,
}

/// Reads how a turn went.
pub(super) fn outcome(line: &Value) -> Outcome {
    let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
    let errors = line.get("errors").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let said: Vec<&str> = std::iter::once(text("result")).chain(errors).filter(|words| !words.is_empty()).collect();
    let said = said.join("; ");
    let well = line.get("is_error").and_then(Value::as_bool) == Some(false) && text("subtype") == "success";
    let detail = match (said.as_str(), text("terminal_reason")) {
        ("", "") => text("subtype").to_owned(),
        ("", reason) => reason.to_owned(),
        (said, _) => said.to_owned(),
    };
    Outcome { well, evidence: evidence(line, &said), detail }
}

/// What a line tells of an error: each known field with its name, and then the words.
pub(super) fn evidence(line: &Value, said: &str) -> String {
    const FIELDS: [(&str, &str); 6] = [
        ("subtype", "subtype"),
        ("terminal_reason", "reason"),
        ("api_error", "code"),
        ("api_error_status", "status"),
        ("api_error_type", "type"),
        ("error", "kind"),
    ];
    let mut evidence = String::new();
    for (field, name) in FIELDS {
        match line.get(field) {
            Some(Value::String(word)) => evidence.push_str(&format!("{name}: {word}\n")),
            Some(Value::Number(number)) => evidence.push_str(&format!("{name}: {number}\n")),
            _ => {}
        }
    }
    evidence.push_str(said);
    evidence
}

/// The money of a result line. Numbers stay text until they are decimals: binary floating point is not exact.
#[derive(Debug, Deserialize)]
pub(super) struct Bill<'a> {
    /// Everything that the process has spent. Since 2.1.330 at the latest a resumed conversation's earlier processes are in it.
    #[serde(borrow, default, rename = "modelUsage")]
    process: Option<BTreeMap<String, Line<'a>>>,
    /// What came with this turn alone; older versions leave it out.
    #[serde(borrow, default, rename = "model_usage_since_last_result")]
    turn: Option<BTreeMap<String, Line<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(borrow, default)]
    input_tokens: Option<&'a RawValue>,
    #[serde(borrow, default)]
    output_tokens: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cache_read_input_tokens: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cache_creation_input_tokens: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "costUSD")]
    cost: Option<&'a RawValue>,
    #[serde(borrow, default)]
    context_window: Option<&'a RawValue>,
}

impl Bill<'_> {
    /// What this turn cost, where the line says so.
    pub(super) fn turn(&self) -> Option<Vec<ModelUsage>> {
        self.turn.as_ref().map(lines)
    }

    /// What the whole process cost.
    pub(super) fn process(&self) -> Option<Vec<ModelUsage>> {
        self.process.as_ref().map(lines)
    }

    /// How many tokens each model's context holds.
    pub(super) fn context_windows(&self) -> impl Iterator<Item = (&str, u64)> {
        let windows = self.process.iter().flatten().take(MODELS);
        windows.map(|(model, line)| (model.as_str(), count(line.context_window))).filter(|(_, tokens)| *tokens > 0)
    }
}

fn lines(models: &BTreeMap<String, Line<'_>>) -> Vec<ModelUsage> {
    let usage = |(model, line): (&String, &Line<'_>)| ModelUsage {
        model: Model(Text::clipped(model)),
        input_tokens: count(line.input_tokens),
        output_tokens: count(line.output_tokens),
        cache_read_tokens: count(line.cache_read_input_tokens),
        cache_write_tokens: count(line.cache_creation_input_tokens),
        usd: line.cost.and_then(|raw| usd(raw.get())).unwrap_or_default(),
    };
    models.iter().take(MODELS).map(usage).collect()
}

fn count(raw: Option<&RawValue>) -> u64 {
    raw.and_then(|raw| raw.get().parse().ok()).unwrap_or_default()
}

/// Decimals of an amount that mean something: a price for a token has fewer. What follows them is the noise of the program's binary sums.
const DECIMALS: u32 = 12;

/// An amount as JSON writes it, `1.5e-7` too; what is no amount is none.
fn usd(text: &str) -> Option<Usd> {
    let amount = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { text.parse() };
    amount.ok()?.round_dp(DECIMALS).normalize().to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_amount_is_exact_however_it_is_written_and_loses_the_noise_of_binary_sums() {
        let read = |text| usd(text).map(|amount| amount.to_string());
        assert_eq!(read("0.0012000000000000001").as_deref(), Some("0.0012"));
        assert_eq!(read("0.012224999999999998").as_deref(), Some("0.012225"));
        assert_eq!(read("12345.000000000001").as_deref(), Some("12345.000000000001"));
        assert_eq!(read("1.5e-7").as_deref(), Some("0.00000015"));
        assert_eq!(read("2E+2").as_deref(), Some("200"));
        assert_eq!(read("0").as_deref(), Some("0"));
        assert_eq!((read("-1"), read("null"), read("\"1\""), read("1e999")), (None, None, None, None));
    }

    #[test]
    fn a_bill_with_odd_lines_keeps_what_can_be_read() {
        let text = r#"{"type":"result","modelUsage":{"m":{"inputTokens":7,"outputTokens":"x","costUSD":0.1,"contextWindow":9},"n":{}}}"#;
        let bill: Bill<'_> = serde_json::from_str(text).unwrap();
        let all = bill.process().unwrap();
        assert_eq!((all[0].input_tokens, all[0].output_tokens, all[0].usd.to_string()), (7, 0, "0.1".to_owned()));
        assert_eq!(all[1].usd, Usd::ZERO);
        assert_eq!(bill.context_windows().collect::<Vec<_>>(), [("m", 9)]);
        assert_eq!(bill.turn(), None);
    }

    #[test]
    fn only_what_says_both_that_it_succeeded_and_that_it_is_no_error_went_well() {
        let well = |line: Value| outcome(&line).well;
        assert!(well(json!({"subtype": "success", "is_error": false})));
        assert!(!well(json!({"subtype": "success", "is_error": true})));
        assert!(!well(json!({"subtype": "error_max_turns", "is_error": false})));
        assert!(!well(json!({"subtype": "success"})));
        assert!(!well(json!({})));
    }
}
