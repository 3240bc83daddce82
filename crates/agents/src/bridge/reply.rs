//! What the bridge says by itself, and what it makes of the Bus's answers.

use go_bus_api::Problem;
use serde_json::{Value, json};

/// The server could not do it (JSON-RPC: -32000 to -32099 are the server's own).
const SERVER: i32 = -32000;

/// The line is no message.
const UNREADABLE: i32 = -32700;

/// An error in answer to the request with this id.
pub(super) fn error(id: Option<&Value>, words: &str) -> String {
    coded(id, SERVER, words)
}

/// An error in answer to what is no message.
pub(super) fn unreadable(words: &str) -> String {
    coded(None, UNREADABLE, words)
}

fn coded(id: Option<&Value>, code: i32, words: &str) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": words } }).to_string()
}

/// The messages in an answer's body, a line each: one as JSON, any number as an event stream.
pub(super) fn messages(media: &str, body: &[u8]) -> Result<Vec<String>, String> {
    let text = String::from_utf8_lossy(body);
    let one = |text: &str| {
        let value =
            serde_json::from_str::<Value>(text).map_err(|error| format!("the Bus's answer is not JSON: {error}"))?;
        // Printed anew: it may stand on several lines.
        Ok(value.to_string())
    };
    match media.split(';').next().map(str::trim) {
        Some("text/event-stream") => events(&text).iter().map(|event| one(event)).collect(),
        _ if text.trim().is_empty() => Ok(Vec::new()),
        _ => one(&text).map(|message| vec![message]),
    }
}

/// The data of each event that was sent whole.
fn events(text: &str) -> Vec<String> {
    let (mut events, mut data) = (Vec::new(), Vec::new());
    for line in text.lines() {
        match line.split_once(':') {
            _ if line.is_empty() => {
                let event: Vec<&str> = std::mem::take(&mut data);
                let event = event.join("\n");
                // An event without data only says that the stream lives.
                if !event.is_empty() {
                    events.push(event);
                }
            }
            Some(("data", value)) => data.push(value.strip_prefix(' ').unwrap_or(value)),
            _ => {}
        }
    }
    events
}

/// A refusal in words: the problem's, or whatever came.
pub(super) fn refusal(status: u16, body: &[u8]) -> String {
    let said = String::from_utf8_lossy(body);
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => {
            let slug = problem.type_.rsplit('/').next().unwrap_or_default();
            format!("the Bus refused this ({slug}, {status}): {} {}", problem.title, problem.detail).trim().to_owned()
        }
        Err(_) => format!("the Bus answered {status}: {}", said.chars().take(500).collect::<String>()),
    }
}

/// Whether a body is a JSON-RPC message itself, as MCP has it for some refusals.
pub(super) fn is_message(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|value| value.get("jsonrpc").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_answer_becomes_one_line() {
        assert_eq!(messages("application/json", b"{\n \"id\": 1\n}"), Ok(vec![r#"{"id":1}"#.to_owned()]));
        assert_eq!(messages("application/json; charset=utf-8", b" "), Ok(Vec::new()));
        assert!(messages("application/json", b"nonsense").is_err());
    }

    #[test]
    fn an_event_stream_becomes_a_line_an_event() {
        let stream = b": alive\n\nid: 0\nretry: 3000\ndata:\n\nevent: message\ndata: {\"id\":\ndata: 1}\n\ndata:{\"id\":2}\r\n\r\ndata: {\"cut\":";
        assert_eq!(messages("text/event-stream", stream), Ok(vec![r#"{"id":1}"#.to_owned(), r#"{"id":2}"#.to_owned()]));
    }

    #[test]
    fn a_refusal_says_which_and_why() {
        let problem =
            serde_json::to_vec(&Problem::new(go_bus_api::ProblemKind::Unauthorized, "this token is revoked")).unwrap();
        assert_eq!(
            refusal(401, &problem),
            "the Bus refused this (unauthorized, 401): A valid token is needed. this token is revoked"
        );
        assert_eq!(refusal(502, b"bad gateway"), "the Bus answered 502: bad gateway");
    }
}
