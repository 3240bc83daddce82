//! A tool call in a few words, and what makes two of them the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::Call;

/// As much of a call's arguments as people read.
const ABOUT: usize = 160;

/// The arguments that say best what a call is about, the first that is there.
const TELLING: [&str; 9] =
    ["command", "file_path", "notebook_path", "pattern", "url", "query", "path", "skill", "prompt"];

/// The call of `tool` with `input`.
pub(super) fn call(tool: &str, input: &Value) -> Call {
    let telling = TELLING.iter().find_map(|key| input.get(key)?.as_str());
    let about = telling.map_or_else(|| input.to_string(), str::to_owned);
    Call { tool: clipped(tool, 128), about: clipped(&about, ABOUT), fingerprint: fingerprint(tool, input) }
}

/// As many characters of `text` as `most`.
pub(super) fn clipped(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Objects keep their keys in order, so the same arguments print the same. The words that describe a command are no part of it.
fn fingerprint(tool: &str, input: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    tool.hash(&mut hasher);
    match input {
        Value::Object(arguments) => {
            for (name, value) in arguments.iter().filter(|(name, _)| *name != "description") {
                name.hash(&mut hasher);
                value.to_string().hash(&mut hasher);
            }
        }
        other => other.to_string().hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_same_arguments_in_any_order_are_the_same_call_however_they_are_described() {
        let read = |text: &str| call("Bash", &serde_json::from_str(text).unwrap()).fingerprint;
        let first = read(r#"{"command": "make", "timeout": 9, "description": "Build"}"#);
        assert_eq!(first, read(r#"{"timeout": 9, "description": "Build once more", "command": "make"}"#));
        assert_ne!(first, read(r#"{"command": "make all", "timeout": 9, "description": "Build"}"#));
        assert_ne!(call("Read", &json!({"a": 1})).fingerprint, call("Write", &json!({"a": 1})).fingerprint);
    }

    #[test]
    fn a_call_is_told_by_its_most_telling_argument_in_a_line_of_bounded_length() {
        assert_eq!(call("Bash", &json!({"description": "x", "command": "make"})).about, "make");
        assert_eq!(call("mcp__bus__bus_get_task", &json!({"id": "T-1"})).about, r#"{"id":"T-1"}"#);
        assert_eq!(call("Write", &json!({"file_path": "ü".repeat(500)})).about.chars().count(), ABOUT);
    }
}
