//! OpenAI Responses: what a request tells of its conversation, and how an answer is written.

use std::io;

use serde_json::{Value, json};

use crate::http::{Connection, Request};
use crate::play::Said;
use crate::script::{Answer, Call};

/// The conversation of a request.
pub(crate) fn said(request: &Request) -> Vec<Said> {
    let items = request.body.get("input").and_then(Value::as_array);
    let one = |item: &Value| {
        let kind = item.get("type").and_then(Value::as_str).unwrap_or("message");
        match (kind, item.get("role").and_then(Value::as_str)) {
            ("message", Some("assistant")) => Some(Said::ByModel),
            ("message", _) => Some(Said::ToModel(texts(item.get("content").unwrap_or(&Value::Null)))),
            ("function_call_output" | "custom_tool_call_output", _) => Some(Said::ToModel(String::new())),
            ("function_call" | "custom_tool_call" | "local_shell_call", _) => Some(Said::ByModel),
            _ => None,
        }
    };
    items.into_iter().flatten().filter_map(one).collect()
}

fn texts(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// The items of an answer.
fn items(answer: &Answer, id: u64) -> Vec<Value> {
    let mut items = Vec::new();
    if !answer.words.is_empty() {
        items.push(json!({
            "type": "message", "role": "assistant", "id": format!("msg_{id:08}"), "status": "completed",
            "content": [{"type": "output_text", "text": answer.words, "annotations": []}],
        }));
    }
    items.extend(answer.calls.iter().enumerate().map(|(at, call)| item(call, &format!("{id:08}{at:02}"))));
    items
}

/// A call: of a tool that takes text where its input is some, else of one with arguments. A tool of an MCP server is named as
/// `mcp__server/tool`: the part before the slash is its namespace.
fn item(call: &Call, id: &str) -> Value {
    let call_id = format!("call_{id}");
    if let Value::String(text) = &call.input {
        return json!({
            "type": "custom_tool_call", "id": format!("ctc_{id}"), "call_id": call_id, "name": call.tool,
            "input": text, "status": "completed",
        });
    }
    let mut item = json!({
        "type": "function_call", "id": format!("fc_{id}"), "call_id": call_id, "name": call.tool,
        "arguments": call.input.to_string(), "status": "completed",
    });
    if let Some((namespace, name)) = call.tool.split_once('/') {
        item["namespace"] = Value::from(namespace);
        item["name"] = Value::from(name);
    }
    item
}

fn response(request: &Request, id: u64, status: &str) -> Value {
    json!({
        "id": format!("resp_{id:08}"), "object": "response", "created_at": 0, "status": status,
        "model": request.body.get("model"), "output": [],
    })
}

/// Writes an answer as events: an agent asks for nothing else.
pub(crate) fn answer(mut connection: Connection, request: &Request, answer: &Answer, id: u64) -> io::Result<()> {
    connection.begin_events(&[])?;
    created(&mut connection, request, id)?;
    for (index, item) in items(answer, id).iter().enumerate() {
        let added = json!({"type": "response.output_item.added", "output_index": index, "item": item});
        connection.event("response.output_item.added", &added)?;
        let done = json!({"type": "response.output_item.done", "output_index": index, "item": item});
        connection.event("response.output_item.done", &done)?;
    }
    let usage = &answer.usage;
    // Here the cached tokens are among those that were read.
    let input = usage.input.saturating_add(usage.cache_read);
    let mut response = response(request, id, "completed");
    response["usage"] = json!({
        "input_tokens": input, "input_tokens_details": {"cached_tokens": usage.cache_read},
        "output_tokens": usage.output, "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": input.saturating_add(usage.output),
    });
    connection.event("response.completed", &json!({"type": "response.completed", "response": response}))?;
    connection.end_events()
}

fn created(connection: &mut Connection, request: &Request, id: u64) -> io::Result<()> {
    let response = response(request, id, "in_progress");
    connection.event("response.created", &json!({"type": "response.created", "response": response}))
}

/// Begins an answer that never comes to its end.
pub(crate) fn begin_broken(connection: &mut Connection, request: &Request, id: u64) -> io::Result<()> {
    connection.begin_events(&[])?;
    created(connection, request, id)
}
