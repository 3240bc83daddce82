//! Reads the lines of `--output-format stream-json`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{ConversationId, ExitReport, Ratio, Text, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{call, clipped};
use super::failures::failure;
use super::ledger::{Ledger, Tokens};
use super::models;
use super::result::{Bill, Outcome, evidence, outcome};
use super::windows::{Limits, limits};
use crate::{CommandEnd, Sign, StreamReader};

/// The note of a launch whose agent has to give a verdict.
pub(super) const HAS_TO_REVIEW: &str = "has to review";

/// The tool that gives a verdict.
const REVIEW_TOOL: &str = "bus_review_task";

/// As many characters of words as a sign carries.
const WORDS: usize = 2000;

/// As many different denied tools, and models' windows, as are remembered.
const MOST: usize = 32;

/// What a line is, before the rest of it is looked at.
#[derive(Debug, Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

/// One run of Claude Code.
#[derive(Debug, Default)]
pub(super) struct ClaudeReader {
    /// Whether a verdict is due, and not given yet.
    owes_verdict: bool,
    started: bool,
    conversation: Option<ConversationId>,
    model: String,
    context_windows: BTreeMap<String, u64>,
    context: Option<Ratio>,
    /// What the agent itself said last.
    words: Text<4096>,
    ledger: Ledger,
    denied: Vec<String>,
    limits: Option<Limits>,
    /// How the last turn went; nothing while one is under way.
    outcome: Option<Outcome>,
    /// The last error that no turn's end and no message has followed.
    error: Option<Outcome>,
}

impl ClaudeReader {
    /// A reader of the run whose launch left this note.
    pub(super) fn new(note: &str) -> Self {
        Self { owes_verdict: note == HAS_TO_REVIEW, ..Self::default() }
    }

    fn system(&mut self, line: &Value, now: Timestamp) -> Vec<Sign> {
        let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
        match text("subtype") {
            "init" => self.init(line),
            "api_retry" => self.pause(line, now),
            "permission_denied" => vec![said(&format!("{} is denied: {}", text("tool_name"), text("message")))],
            "status" if text("status") == "compacting" => vec![said("compacts its context")],
            "compact_boundary" => {
                self.context = None;
                vec![said("its context is compacted")]
            }
            "task_notification" => vec![said(text("summary"))],
            _ => Vec::new(),
        }
    }

    /// Every turn begins with one.
    fn init(&mut self, line: &Value) -> Vec<Sign> {
        (self.started, self.outcome, self.error) = (true, None, None);
        self.model = clipped(line.get("model").and_then(Value::as_str).unwrap_or_default(), 128);
        let mut signs = Vec::new();
        let id = line.get("session_id").and_then(Value::as_str).filter(|id| !id.is_empty());
        if let Some(id) = id.and_then(|id| Text::new(id).ok()).map(ConversationId)
            && self.conversation.as_ref() != Some(&id)
        {
            self.conversation = Some(id.clone());
            signs.push(Sign::Conversation(id));
        }
        let servers = line.get("mcp_servers").and_then(Value::as_array).into_iter().flatten().take(MOST);
        signs.extend(servers.filter_map(|server| {
            let status = server.get("status").and_then(Value::as_str)?;
            let name = server.get("name").and_then(Value::as_str)?;
            ["failed", "needs-auth"].contains(&status).then(|| said(&format!("the MCP server {name} is {status}")))
        }));
        signs
    }

    fn pause(&mut self, line: &Value, now: Timestamp) -> Vec<Sign> {
        let mut evidence = evidence(line, "is_error: it was about to try again");
        if line.get("error_status").is_none_or(Value::is_null) {
            evidence.push_str("\ncode: connection_failed");
        } else if let Some(status) = line.get("error_status").and_then(Value::as_u64) {
            evidence.push_str(&format!("\nstatus: {status}"));
        }
        let detail = format!("the provider's answer: {}", evidence.replace('\n', ", "));
        let failed = failure(&evidence, &detail, None, now);
        self.error = Some(Outcome { well: false, evidence, detail });
        let delay = line.get("retry_delay_ms").and_then(millis);
        vec![Sign::Pausing { until: delay.map(|delay| now.after(delay)), cause: failed.cause }]
    }

    fn assistant(&mut self, line: &Value) -> Vec<Sign> {
        let Some(message) = line.get("message") else { return Vec::new() };
        let synthetic = message.get("model").and_then(Value::as_str) == Some("<synthetic>");
        let (mut signs, words) = self.blocks(message);
        // An old version tells of an error in such a message alone; a notice is one too, and means nothing.
        let tells = |key: &str| line.get(key).is_some_and(|value| !value.is_null() && value != &Value::Bool(false));
        if synthetic && ["error", "is_api_error_message", "isApiErrorMessage"].into_iter().any(tells) {
            let evidence = evidence(line, &format!("is_error\n{words}"));
            self.error = Some(Outcome { well: false, evidence, detail: words.clone() });
        }
        if synthetic {
            return signs;
        }
        (self.outcome, self.error, self.limits) = (None, None, self.limits.take().filter(|limits| !limits.rejected));
        self.ledger.message(message);
        signs.push(Sign::Spending(self.ledger.probably()));
        if line.get("parent_tool_use_id").is_none_or(Value::is_null) {
            self.note(&words);
            signs.extend(self.fill(message));
        }
        signs
    }

    fn note(&mut self, words: &str) {
        if !words.trim().is_empty() {
            self.words = Text::clipped(words);
        }
    }

    /// What a message says and calls, and its words.
    fn blocks(&mut self, message: &Value) -> (Vec<Sign>, String) {
        let (mut signs, mut words) = (Vec::new(), String::new());
        for block in message.get("content").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| block.get(key).and_then(Value::as_str).unwrap_or_default();
            match text("type") {
                "text" => {
                    signs.push(said(text("text")));
                    words.push_str(&clipped(text("text"), WORDS.saturating_sub(words.len())));
                }
                "thinking" => signs.push(said(text("thinking"))),
                "tool_use" => {
                    let tool = text("name");
                    // The verdict counts as given where it is tried: a refused one is answered to the agent, which sees why.
                    self.owes_verdict &= !tool.ends_with(REVIEW_TOOL);
                    signs.push(Sign::Call(call(tool, block.get("input").unwrap_or(&Value::Null))));
                }
                _ => {}
            }
        }
        (signs, words)
    }

    /// How full the context is after `message`, where that is new and the model's window is known.
    fn fill(&mut self, message: &Value) -> Option<Sign> {
        let name = message.get("model").and_then(Value::as_str).unwrap_or_default();
        let known = [self.model.as_str(), name].into_iter().find_map(|model| self.context_windows.get(model).copied());
        let window = known.or_else(|| models::window(&self.model)).or_else(|| models::window(name))?;
        let used = Tokens::of(message).context().min(window);
        // Tokens are far below what a float holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
        let ratio = Ratio::new(used as f64 / window.max(1) as f64).ok()?;
        (self.context.replace(ratio) != Some(ratio)).then_some(Sign::Context(ratio))
    }

    fn result(&mut self, line: &Value, text: &str) -> Vec<Sign> {
        if let Ok(bill) = serde_json::from_str::<Bill<'_>>(text) {
            self.ledger.bill(&bill);
            for (model, tokens) in bill.context_windows() {
                if self.context_windows.len() < MOST || self.context_windows.contains_key(model) {
                    self.context_windows.insert(clipped(model, 128), tokens);
                }
            }
        }
        let denials = line.get("permission_denials").and_then(Value::as_array).into_iter().flatten();
        for denial in denials.filter_map(|denial| denial.get("tool_name")?.as_str()) {
            if self.denied.len() < MOST && !self.denied.iter().any(|tool| tool == denial) {
                self.denied.push(clipped(denial, 128));
            }
        }
        let mut outcome = outcome(line);
        if outcome.well {
            self.note(line.get("result").and_then(Value::as_str).unwrap_or_default());
        }
        if let Some(error) = self.error.take().filter(|_| !outcome.well) {
            outcome.evidence.push_str(&format!("\n{}", error.evidence));
        }
        self.outcome = Some(outcome);
        vec![Sign::Spent(self.ledger.spent().to_vec()), Sign::TurnEnded]
    }

    fn windows(&mut self, line: &Value) -> Vec<Sign> {
        let read = limits(line.get("rate_limit_info").unwrap_or(&Value::Null));
        let signs = read.windows.iter().cloned().map(Sign::Window).collect();
        self.limits = Some(read);
        signs
    }

    /// What the run's end tells of a failure: what the table is asked with, and the same for people. `None` where all went well.
    fn fault(&self, end: &CommandEnd) -> Option<(String, String)> {
        let own = |evidence: &str, detail: String| Some((evidence.to_owned(), detail));
        let Some(outcome) = self.outcome.as_ref() else {
            return match &self.error {
                Some(error) => Some((error.evidence.clone(), error.detail.clone())),
                // Only what ended before it began is judged by its last words, which no model wrote.
                None if !self.started => Some((unstarted(end), format!("it ended before it began: {}", end.tail))),
                None => own("no result", "it ended without saying how it went".to_owned()),
            };
        };
        if !outcome.well {
            return Some((format!("{}\nis_error", outcome.evidence), outcome.detail.clone()));
        }
        if !self.denied.is_empty() {
            let tools = self.denied.join(", ");
            return own(
                "permission_denials",
                format!("it was not allowed to use {tools}, whatever it says of its success"),
            );
        }
        if end.code != Some(0) {
            let how = end.code.map_or("a signal".to_owned(), |code| format!("code {code}"));
            return own("ended badly", format!("it said that all went well, and then ended with {how}"));
        }
        self.owes_verdict.then(|| ("no verdict".to_owned(), "it ended without a verdict".to_owned()))
    }
}

impl StreamReader for ClaudeReader {
    fn say(&mut self, text: &str) -> Option<String> {
        Some(format!("{}\n", json!({"type": "user", "message": {"role": "user", "content": text}})))
    }

    fn line(&mut self, line: &str, now: Timestamp) -> Vec<Sign> {
        let Ok(head) = serde_json::from_str::<Head<'_>>(line) else { return Vec::new() };
        // What tools answered is long, and tells nothing.
        if !["assistant", "rate_limit_event", "result", "system"].contains(&head.kind.as_ref()) {
            return Vec::new();
        }
        let Ok(read) = serde_json::from_str::<Value>(line) else { return Vec::new() };
        match head.kind.as_ref() {
            "system" => self.system(&read, now),
            "assistant" => self.assistant(&read),
            "result" => self.result(&read, line),
            _ => self.windows(&read),
        }
    }

    fn end(&mut self, end: &CommandEnd, now: Timestamp) -> ExitReport {
        let rejected = self.limits.as_ref().filter(|limits| limits.rejected);
        let until = rejected.and_then(|limits| limits.resets_at);
        let fault = self.fault(end).map(|(mut evidence, detail)| {
            if until.is_some() {
                evidence.push_str("\nrate_limit_event: rejected");
            }
            failure(&evidence, &detail, until, now)
        });
        ExitReport {
            code: end.code,
            signal: end.signal,
            // The end of the output is a line of the program's, which is for nobody to read.
            tail: if self.started || self.outcome.is_some() { self.words.clone() } else { Text::clipped(&end.tail) },
            failure: fault,
            conversation: self.conversation.clone(),
            usage: self.ledger.spent().to_vec(),
            ..ExitReport::default()
        }
    }
}

fn unstarted(end: &CommandEnd) -> String {
    let code = end.code.map(|code| format!("exit: {code}\n")).unwrap_or_default();
    format!("{code}no result\n{}", end.tail)
}

fn said(text: &str) -> Sign {
    Sign::Said(clipped(text, WORDS))
}

fn millis(number: &Value) -> Option<Duration> {
    number.as_u64().map(Duration::from_millis)
}
