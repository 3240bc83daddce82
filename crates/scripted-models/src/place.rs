//! The folder that an agent works in, as its request tells the model.

use serde_json::Value;

/// What agents write before it.
const BEFORE: [&str; 3] = ["Primary working directory: ", "Working directory: ", "<cwd>"];

/// The folder that a request's body names; empty where it names none.
pub(crate) fn working_folder(body: &Value) -> String {
    let mut found = String::new();
    search(body, &mut found);
    found
}

fn search(value: &Value, found: &mut String) {
    match value {
        _ if !found.is_empty() => {}
        Value::String(text) => {
            let rest = BEFORE.iter().find_map(|before| Some(text.split_once(before)?.1));
            *found = rest.and_then(|rest| rest.split(['\n', '<']).next()).unwrap_or_default().trim().to_owned();
        }
        Value::Array(values) => values.iter().for_each(|value| search(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| search(value, found)),
        _ => {}
    }
}

/// The value with `${cwd}` replaced in every text.
pub(crate) fn with_folder(value: &Value, folder: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("${cwd}", folder)),
        Value::Array(values) => values.iter().map(|value| with_folder(value, folder)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (key.clone(), with_folder(value, folder)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_folder_is_found_as_either_agent_tells_it() {
        let claude = json!({"system": [{"text": "x\n - Primary working directory: /a/b c\n - Is git: no"}]});
        assert_eq!(working_folder(&claude), "/a/b c");
        let codex = json!({"input": [{"content": [{"text": "<environment_context>\n<cwd>/d</cwd>"}]}]});
        assert_eq!(working_folder(&codex), "/d");
        assert_eq!(working_folder(&json!({"input": ["nothing"]})), "");
    }

    #[test]
    fn a_call_is_made_in_the_folder() {
        let call = json!({"file_path": "${cwd}/x", "n": 1});
        assert_eq!(with_folder(&call, "/w"), json!({"file_path": "/w/x", "n": 1}));
    }
}
