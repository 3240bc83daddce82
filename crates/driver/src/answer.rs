//! What a tool answered: for people who read along, never for a judgement.

use serde_json::Value;

/// What a tool answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its words.
    pub words: String,
    /// Whether it failed.
    pub failed: bool,
}

impl Answer {
    /// Claude Code's: the results among a message's blocks.
    pub(crate) fn of_claude(line: &str) -> Vec<Self> {
        let Some(line) = read(line, "user") else { return Vec::new() };
        let blocks = line.pointer("/message/content").and_then(Value::as_array).into_iter().flatten();
        let results = blocks.filter(|block| block.get("type").and_then(Value::as_str) == Some("tool_result"));
        let failed = |result: &Value| result.get("is_error").and_then(Value::as_bool).unwrap_or(false);
        results.map(|result| Self { words: text(result.get("content")), failed: failed(result) }).collect()
    }

    /// Codex's: the end of a command or of a call to a server.
    pub(crate) fn of_codex(line: &str) -> Vec<Self> {
        let Some(line) = read(line, "item.completed") else { return Vec::new() };
        let field = |name: &str| line.pointer(&format!("/item/{name}")).filter(|value| !value.is_null());
        let failed = field("status").and_then(Value::as_str).is_some_and(|status| status != "completed");
        let answer = match field("type").and_then(Value::as_str) {
            Some("command_execution") => {
                let output = text(field("aggregated_output"));
                match field("exit_code").and_then(Value::as_i64) {
                    Some(code @ (..=-1 | 1..)) => format!("{output}exit code {code}"),
                    _ => output,
                }
            }
            Some("mcp_tool_call") => match field("error/message") {
                Some(error) => text(Some(error)),
                None => text(field("result/content")),
            },
            _ => return Vec::new(),
        };
        vec![Self { words: answer, failed }]
    }
}

/// The line, where it is of this type; what tools answer is long, so the rest of others is not read.
fn read(line: &str, kind: &str) -> Option<Value> {
    let line = Some(line).filter(|line| line.contains(&format!("\"{kind}\"")))?;
    let line: Value = serde_json::from_str(line).ok()?;
    (line.get("type").and_then(Value::as_str) == Some(kind)).then_some(line)
}

/// Text, or the text of blocks.
fn text(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(blocks)) => {
            let texts = blocks.iter().filter_map(|block| block.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(answers: Vec<Answer>) -> Vec<(String, bool)> {
        answers.into_iter().map(|answer| (answer.words, answer.failed)).collect()
    }

    #[test]
    fn claude_s_results_are_texts_or_blocks_of_them() {
        let line = r#"{"type":"user","message":{"content":[
            {"type":"tool_result","content":"ok"},{"type":"text","text":"no"},
            {"type":"tool_result","content":[{"type":"text","text":"a"},{"type":"image"},{"type":"text","text":"b"}],"is_error":true}]}}"#;
        assert_eq!(told(Answer::of_claude(line)), [("ok".to_owned(), false), ("a\nb".to_owned(), true)]);
        for other in ["", "{", r#"{"type":"assistant"}"#, r#"{"type":"user"}"#, r#"{"type":"x","user":"user"}"#] {
            assert!(Answer::of_claude(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn codex_tells_the_output_of_a_command_and_how_it_ended() {
        let item = |item: &str| told(Answer::of_codex(&format!(r#"{{"type":"item.completed","item":{item}}}"#)));
        let ran = |code: &str, status: &str| {
            item(&format!(
                r#"{{"type":"command_execution","aggregated_output":"said\n","exit_code":{code},"status":"{status}"}}"#
            ))
        };
        assert_eq!(ran("0", "completed"), [("said\n".to_owned(), false)]);
        assert_eq!(ran("3", "failed"), [("said\nexit code 3".to_owned(), true)]);
        assert_eq!(ran("null", "declined"), [("said\n".to_owned(), true)]);
        let called = item(r#"{"type":"mcp_tool_call","error":{"message":"no"},"status":"failed"}"#);
        assert_eq!(called, [("no".to_owned(), true)]);
        let result =
            r#"{"type":"mcp_tool_call","error":null,"result":{"content":[{"text":"yes"}]},"status":"completed"}"#;
        assert_eq!(item(result), [("yes".to_owned(), false)]);
        assert!(item(r#"{"type":"agent_message","text":"x"}"#).is_empty());
    }
}
