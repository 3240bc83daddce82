//! The lines of the protocol: docs/drivers/command.md has each type.

use std::time::Duration;

use go_bus_api::{ConversationId, Failure, FailureCause, Model, ModelUsage, Ratio, Remedy, Timestamp, Usd, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the program tells on its standard output.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Line {
    Conversation {
        id: ConversationId,
    },
    Call {
        tool: String,
        #[serde(default)]
        about: Option<String>,
        #[serde(default)]
        arguments: Value,
    },
    Said {
        text: String,
    },
    Context {
        used: Ratio,
    },
    Spent(Spent),
    Window {
        name: String,
        used: Ratio,
        #[serde(default)]
        resets_at: Option<Timestamp>,
    },
    Pausing {
        #[serde(default)]
        until: Option<Timestamp>,
        cause: FailureCause,
    },
    Result(Outcome),
    Verdict {
        verdict: Verdict,
        #[serde(default)]
        notes: String,
    },
}

/// Every type there is, as the page has it.
#[cfg(test)]
pub(super) const TYPES: [&str; 9] =
    ["conversation", "call", "said", "context", "spent", "window", "pausing", "result", "verdict"];

/// Everything that this process has spent on a model so far.
#[derive(Debug, Deserialize)]
pub(super) struct Spent {
    model: Model,
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
    #[serde(default)]
    cache_read_tokens: u64,
    #[serde(default)]
    cache_write_tokens: u64,
    #[serde(default = "nothing")]
    usd: Usd,
}

fn nothing() -> Usd {
    Usd::ZERO
}

impl From<Spent> for ModelUsage {
    fn from(spent: Spent) -> Self {
        let Spent { model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, usd } = spent;
        Self { model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, usd }
    }
}

/// Nobody is told to come back earlier than this, nor later than [`LATEST`]: a time that is over would have the next attempt begin at once.
const SOONEST: Duration = Duration::from_secs(60);
const LATEST: Duration = Duration::from_secs(32 * 86_400);

/// How the turn went.
#[derive(Debug, Deserialize)]
pub(super) struct Outcome {
    pub(super) ok: bool,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    failure: Value,
}

impl Outcome {
    /// Why it failed; `None` where it did not. What is not understood of a failure counts as its default, a retry.
    pub(super) fn failure(&self, now: Timestamp) -> Option<Failure> {
        if self.ok && self.failure.is_null() {
            return None;
        }
        let field = |name: &str| self.failure.get(name).cloned().unwrap_or_default();
        let remedy = match serde_json::from_value(self.failure.clone()).unwrap_or(Remedy::Retry) {
            Remedy::ParkUntil { until } => {
                Remedy::ParkUntil { until: until.clamp(now.after(SOONEST), now.after(LATEST)) }
            }
            other => other,
        };
        let cause = serde_json::from_value(field("cause")).unwrap_or(FailureCause::NoResult);
        let detail = field("detail").as_str().unwrap_or(&self.summary).to_owned();
        let detail = if detail.trim().is_empty() { "the agent says that it failed and not why" } else { &detail };
        Some(Failure::new(remedy, cause, detail))
    }
}

/// What the program is told on its standard input.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Told<'a> {
    Message { text: &'a str },
}

impl Told<'_> {
    /// The line, with its end.
    pub(super) fn line(&self) -> Option<String> {
        serde_json::to_string(self).ok().map(|line| line + "\n")
    }
}
