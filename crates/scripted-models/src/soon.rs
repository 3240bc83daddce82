//! Times that count from the moment of an answer, since a script does not know when it is played.

use serde_json::Value;

/// What a script says for "so many seconds from now": replaced by that second since 1970, as a number where it stands in a body.
pub fn in_seconds(seconds: u64) -> String {
    format!("{MARK}{seconds}")
}

const MARK: &str = "${now}+";

/// The second that `text` stands for at the second `now`; `None` where it is no such text.
fn second(text: &str, now: u64) -> Option<u64> {
    Some(now.saturating_add(text.strip_prefix(MARK)?.parse().ok()?))
}

/// A header's value at `now`.
pub(crate) fn header_at(value: &str, now: u64) -> String {
    second(value, now).map_or_else(|| value.to_owned(), |second| second.to_string())
}

/// A body at `now`.
pub(crate) fn body_at(body: &Value, now: u64) -> Value {
    match body {
        Value::String(text) => second(text, now).map_or_else(|| body.clone(), Value::from),
        Value::Array(values) => values.iter().map(|value| body_at(value, now)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), body_at(value, now))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_time_counts_from_the_answer_and_everything_else_stays() {
        let body = json!({"error": {"resets_at": in_seconds(4), "message": "in 4 s", "list": [in_seconds(0), 7]}});
        let at = json!({"error": {"resets_at": 104, "message": "in 4 s", "list": [100, 7]}});
        assert_eq!(body_at(&body, 100), at);
        assert_eq!([header_at(&in_seconds(60), 100), header_at("rejected", 100)], ["160", "rejected"]);
    }
}
