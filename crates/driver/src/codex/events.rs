//! The lines of `codex exec --json`, as far as they matter here.

use serde::Deserialize;
use serde_json::Value;

use super::usage::Tokens;

/// A line.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(super) enum Event {
    #[serde(rename = "thread.started")]
    ThreadStarted { thread_id: String },
    #[serde(rename = "turn.started")]
    TurnStarted,
    #[serde(rename = "turn.completed")]
    TurnCompleted {
        #[serde(default)]
        usage: Option<Usage>,
    },
    #[serde(rename = "turn.failed")]
    TurnFailed { error: Message },
    #[serde(rename = "item.started")]
    ItemStarted { item: Item },
    #[serde(rename = "item.completed")]
    ItemCompleted { item: Item },
    #[serde(rename = "error")]
    Error(Message),
    #[serde(other)]
    Other,
}

/// What was said of an error.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) message: String,
}

/// The tokens of the whole conversation so far.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    input_tokens: i64,
    cached_input_tokens: i64,
    cache_write_input_tokens: i64,
    output_tokens: i64,
}

impl From<Usage> for Tokens {
    fn from(usage: Usage) -> Self {
        let count = |figure: i64| u64::try_from(figure).unwrap_or(0);
        Self {
            input: count(usage.input_tokens),
            cached: count(usage.cached_input_tokens),
            cache_write: count(usage.cache_write_input_tokens),
            output: count(usage.output_tokens),
        }
    }
}

/// Something that Codex says or does.
#[derive(Debug, Deserialize)]
pub(super) struct Item {
    #[serde(default)]
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) what: What,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum What {
    AgentMessage {
        text: String,
    },
    Reasoning {
        text: String,
    },
    CommandExecution {
        command: String,
        #[serde(default)]
        status: String,
    },
    FileChange {
        #[serde(default)]
        changes: Value,
        #[serde(default)]
        status: String,
    },
    McpToolCall {
        server: String,
        tool: String,
        #[serde(default)]
        arguments: Value,
        #[serde(default)]
        error: Option<Message>,
    },
    WebSearch {
        #[serde(default)]
        query: String,
        #[serde(default)]
        action: Value,
    },
    CollabToolCall {
        #[serde(default)]
        tool: String,
        #[serde(default)]
        prompt: Option<String>,
    },
    Error {
        message: String,
    },
    #[serde(other)]
    Other,
}
