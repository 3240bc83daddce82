//! A JSON-RPC message as the bridge has to know it: its text, and what of it goes into the headers of its request.

use serde_json::Value;

use super::reply;

/// Where a message of the revision without a handshake says which revision it is of.
const VERSION: &str = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

/// A message of the agent's program.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// The message as it came.
    pub(super) text: String,
    /// The id of a request; none of a notification.
    pub(super) id: Option<Value>,
    /// The method; none of an answer.
    pub(super) method: Option<String>,
    /// The tool, prompt or resource that it names.
    pub(super) name: Option<String>,
    /// The protocol's revision, where the message says it.
    pub(super) version: Option<String>,
}

impl Message {
    /// Reads a line. Where it is no message, the error is what to answer.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(line).map_err(|error| reply::unreadable(&format!("no JSON: {error}")))?;
        if !value.is_object() {
            return Err(reply::unreadable("a message is one JSON object"));
        }
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            text: line.trim().to_owned(),
            id: value.get("id").filter(|id| !id.is_null()).cloned(),
            method: text("/method"),
            name: text("/params/name").or_else(|| text("/params/uri")),
            version: text(VERSION),
        })
    }

    /// Whether somebody waits for an answer to it.
    pub(super) fn is_request(&self) -> bool {
        self.id.is_some() && self.method.is_some()
    }

    /// Whether it opens a conversation.
    pub(super) fn is_initialize(&self) -> bool {
        self.method.as_deref() == Some("initialize")
    }

    /// Whether the Bus may write something for it.
    pub(super) fn is_call(&self) -> bool {
        self.method.as_deref() == Some("tools/call")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_a_notification_and_an_answer_are_told_apart() {
        let call =
            Message::read(r#" {"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"bus_get_task"}} "#)
                .unwrap();
        assert!(call.is_request() && call.is_call() && !call.text.ends_with(' '));
        assert_eq!((call.name.as_deref(), call.version), (Some("bus_get_task"), None));
        let note = Message::read(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).unwrap();
        assert!(!note.is_request());
        let answer = Message::read(r#"{"jsonrpc":"2.0","id":"a","result":{}}"#).unwrap();
        assert!(!answer.is_request() && answer.id.is_some());
        let meta = r#"{"id":1,"method":"resources/read","params":{"uri":"digest://","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
        let read = Message::read(meta).unwrap();
        assert_eq!((read.name.as_deref(), read.version.as_deref()), (Some("digest://"), Some("2026-07-28")));
    }

    #[test]
    fn what_is_no_message_is_answered_as_json_rpc_has_it() {
        for line in ["", "nonsense", "[]", "7", "{\"id\":"] {
            let answer: Value = serde_json::from_str(&Message::read(line).unwrap_err()).unwrap();
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&Value::Null, &Value::from(-32700)), "{line}");
        }
    }
}
