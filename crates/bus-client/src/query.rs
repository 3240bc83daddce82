//! Query strings.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

/// `target` with every field of `query` that is set, in the order of their names; percent-encoded (RFC 3986).
pub(crate) fn with_query(target: &str, query: &impl Serialize) -> String {
    let Ok(Value::Object(fields)) = serde_json::to_value(query) else { return target.to_owned() };
    let mut out = target.to_owned();
    let mut separator = if target.contains('?') { '&' } else { '?' };
    for (name, value) in fields {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            other => other.to_string(),
        };
        out.push(separator);
        out.push_str(&name);
        out.push('=');
        encode(&text, &mut out);
        separator = '&';
    }
    out
}

fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::ListQuery;

    use super::*;

    #[test]
    fn set_fields_are_encoded_and_others_left_out() {
        let query =
            ListQuery { state: Some("a b&c=ü".into()), limit: Some(5), unread: Some(true), ..Default::default() };
        assert_eq!(with_query("/tasks", &query), "/tasks?limit=5&state=a%20b%26c%3D%C3%BC&unread=true");
        assert_eq!(with_query("/tasks", &ListQuery::default()), "/tasks");
        assert_eq!(with_query("/x?a=1", &ListQuery { limit: Some(1), ..Default::default() }), "/x?a=1&limit=1");
    }
}
