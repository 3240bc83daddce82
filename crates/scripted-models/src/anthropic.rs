//! Anthropic Messages: what a request tells of its conversation, and how an answer is written.

use std::io;

use serde_json::{Value, json};

use crate::http::{Connection, Request};
use crate::play::Said;
use crate::script::Answer;

/// The conversation of a request.
pub(crate) fn said(request: &Request) -> Vec<Said> {
    let messages = request.body.get("messages").and_then(Value::as_array);
    let one = |message: &Value| match message.get("role").and_then(Value::as_str) {
        Some("assistant") => Said::ByModel,
        _ => Said::ToModel(texts(message.get("content").unwrap_or(&Value::Null))),
    };
    messages.into_iter().flatten().map(one).collect()
}

/// The words of some content. What a tool answered is none of the prompt's.
fn texts(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().filter_map(|block| block.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// The same number of tokens for the same conversation: a quarter of its bytes.
pub(crate) fn count_tokens(request: &Request) -> Value {
    json!({"input_tokens": request.body.to_string().len() / 4})
}

/// Whether the agent itself asks, rather than one of its side questions (a title, a probe), which bring no tools.
pub(crate) fn is_conversation(request: &Request) -> bool {
    request.body.get("tools").and_then(Value::as_array).is_some_and(|tools| !tools.is_empty())
}

/// The message of an answer.
fn message(request: &Request, answer: &Answer, id: u64) -> Value {
    let mut content = Vec::new();
    if !answer.words.is_empty() {
        content.push(json!({"type": "text", "text": answer.words}));
    }
    content.extend(answer.calls.iter().enumerate().map(|(at, call)| {
        json!({"type": "tool_use", "id": format!("toolu_{id:08}{at:02}"), "name": call.tool, "input": call.input})
    }));
    let stop = if answer.calls.is_empty() { "end_turn" } else { "tool_use" };
    let usage = &answer.usage;
    json!({
        "id": format!("msg_{id:08}"), "type": "message", "role": "assistant", "model": request.body.get("model"),
        "content": content, "stop_reason": stop, "stop_sequence": null,
        "usage": {
            "input_tokens": usage.input, "output_tokens": usage.output,
            "cache_read_input_tokens": usage.cache_read, "cache_creation_input_tokens": usage.cache_write,
        },
    })
}

/// Writes an answer, as events where the request asks for them.
pub(crate) fn answer(mut connection: Connection, request: &Request, answer: &Answer, id: u64) -> io::Result<()> {
    let message = message(request, answer, id);
    if request.body.get("stream") != Some(&Value::Bool(true)) {
        return connection.answer(200, &[], &message);
    }
    connection.begin_events(&[])?;
    begin(&mut connection, &message)?;
    let blocks = message.get("content").and_then(Value::as_array);
    for (index, block) in blocks.into_iter().flatten().enumerate() {
        let (empty, delta) = pieces(block);
        let start = json!({"type": "content_block_start", "index": index, "content_block": empty});
        connection.event("content_block_start", &start)?;
        let delta = json!({"type": "content_block_delta", "index": index, "delta": delta});
        connection.event("content_block_delta", &delta)?;
        connection.event("content_block_stop", &json!({"type": "content_block_stop", "index": index}))?;
    }
    let delta = json!({"stop_reason": message.get("stop_reason"), "stop_sequence": null});
    let usage = message.get("usage");
    connection.event("message_delta", &json!({"type": "message_delta", "delta": delta, "usage": usage}))?;
    connection.event("message_stop", &json!({"type": "message_stop"}))?;
    connection.end_events()
}

/// A block as it begins, and the one piece that it comes in.
fn pieces(block: &Value) -> (Value, Value) {
    let mut empty = block.clone();
    let field = |name: &str| block.get(name).cloned().unwrap_or_default();
    if block.get("type") == Some(&Value::from("text")) {
        empty["text"] = Value::from("");
        return (empty, json!({"type": "text_delta", "text": field("text")}));
    }
    empty["input"] = json!({});
    (empty, json!({"type": "input_json_delta", "partial_json": field("input").to_string()}))
}

fn begin(connection: &mut Connection, message: &Value) -> io::Result<()> {
    let mut start = message.clone();
    start["content"] = json!([]);
    start["stop_reason"] = Value::Null;
    start["usage"]["output_tokens"] = Value::from(1);
    connection.event("message_start", &json!({"type": "message_start", "message": start}))
}

/// Begins an answer that never comes to its end.
pub(crate) fn begin_broken(connection: &mut Connection, request: &Request, id: u64) -> io::Result<()> {
    let answer = Answer { words: String::new(), calls: Vec::new(), usage: crate::Usage::default() };
    connection.begin_events(&[])?;
    begin(connection, &message(request, &answer, id))?;
    let block = json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}});
    connection.event("content_block_start", &block)?;
    let delta =
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "I was about"}});
    connection.event("content_block_delta", &delta)
}
