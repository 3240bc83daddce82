//! What a model answers in a conversation, turn by turn.

use serde_json::{Value, json};

/// The turns of one conversation, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// What a prompt calls it.
    pub name: String,
    /// What comes one after another; past the last one the model says that the script has ended.
    pub turns: Vec<Turn>,
}

/// What happens when the model is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// It answers.
    Answer(Answer),
    /// Something goes wrong `times` times before the next turn is played; each time where `times` is `None`.
    Mishap {
        /// What goes wrong.
        fault: Fault,
        /// How often.
        times: Option<u32>,
    },
}

/// What a model says and does at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its words; none where empty.
    pub words: String,
    /// The tools that it calls, after its words.
    pub calls: Vec<Call>,
    /// What the provider counts for it.
    pub usage: Usage,
}

/// A call of a tool. `${cwd}` in its input stands for the folder that the agent works in.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The tool, as the agent calls it.
    pub tool: String,
    /// Its arguments; a string for a tool that takes free text (`apply_patch` of Codex).
    pub input: Value,
}

/// Tokens of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Read, without those from the cache.
    pub input: u64,
    /// Written.
    pub output: u64,
    /// Read from the cache.
    pub cache_read: u64,
    /// Written to the cache.
    pub cache_write: u64,
}

impl Default for Usage {
    fn default() -> Self {
        Self { input: 1200, output: 45, cache_read: 300, cache_write: 80 }
    }
}

/// How asking a model goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// An answer with this status.
    Status {
        /// The HTTP status.
        status: u16,
        /// Headers beyond the usual ones.
        headers: Vec<(String, String)>,
        /// The body.
        body: Value,
    },
    /// The answer begins, and then this event comes instead of its end.
    Event {
        /// The event's name.
        name: String,
        /// Its data.
        data: Value,
    },
    /// The connection is reset before anything is answered.
    Reset,
    /// The answer begins and the connection closes in the middle of it.
    Cut,
    /// Nothing is answered, and the connection stays open.
    Hang,
}

impl Fault {
    /// An error as Anthropic words it.
    pub fn anthropic(status: u16, kind: &str, message: &str) -> Self {
        let body = json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"});
        Self::Status { status, headers: Vec::new(), body }
    }

    /// An error as OpenAI words it, with further fields of `error`.
    pub fn openai(status: u16, kind: &str, message: &str, more: &Value) -> Self {
        let mut error = json!({"message": message, "type": kind, "param": null, "code": kind});
        if let (Some(error), Some(more)) = (error.as_object_mut(), more.as_object()) {
            error.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        Self::Status { status, headers: Vec::new(), body: json!({"error": error}) }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

impl Script {
    /// An empty one.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), turns: Vec::new() }
    }

    /// The model says this and ends its turn.
    #[must_use]
    pub fn say(self, words: &str) -> Self {
        self.answer(Answer { words: words.to_owned(), calls: Vec::new(), usage: Usage::default() })
    }

    /// The model calls a tool.
    #[must_use]
    pub fn call(self, tool: &str, input: Value) -> Self {
        let calls = vec![Call { tool: tool.to_owned(), input }];
        self.answer(Answer { words: String::new(), calls, usage: Usage::default() })
    }

    /// The model answers this.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.turns.push(Turn::Answer(answer));
        self
    }

    /// The answer before counts for this much.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        if let Some(Turn::Answer(answer)) = self.turns.last_mut() {
            answer.usage = usage;
        }
        self
    }

    /// Something goes wrong so many times.
    #[must_use]
    pub fn fails(mut self, times: u32, fault: Fault) -> Self {
        self.turns.push(Turn::Mishap { fault, times: Some(times) });
        self
    }

    /// Something goes wrong each time.
    #[must_use]
    pub fn always_fails(mut self, fault: Fault) -> Self {
        self.turns.push(Turn::Mishap { fault, times: None });
        self
    }
}
