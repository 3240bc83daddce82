//! Reading one run.

use std::collections::VecDeque;

use go_bus_api::{ConversationId, ExitReport, Failure, FailureCause, ModelUsage, Remedy, Text, Timestamp};

use serde_json::Value;

use super::events::{Event, Item, What};
use super::failures;
use super::note::{Note, Resumed};
use super::usage::Tokens;
use crate::{Call, CommandEnd, Sign, StreamReader};

/// How many calls that have begun are remembered, so that their ends are not told as calls of their own.
const BEGUN: usize = 64;

/// What has become of the turn.
#[derive(Debug, Default)]
enum Turn {
    #[default]
    Open,
    Completed,
    Failed(Failure),
}

#[derive(Debug)]
pub(super) struct CodexReader {
    note: Note,
    thread: Option<String>,
    /// What Codex has counted on the conversation; what it had before this run until it says more.
    counted: Option<Tokens>,
    spent: Vec<ModelUsage>,
    words: Text<4096>,
    turn: Turn,
    denied: Option<Text<2048>>,
    begun: VecDeque<String>,
}

impl CodexReader {
    pub(super) fn new(note: Note) -> Self {
        Self {
            counted: note.before,
            note,
            thread: None,
            spent: Vec::new(),
            words: Text::default(),
            turn: Turn::default(),
            denied: None,
            begun: VecDeque::new(),
        }
    }

    fn conversation(&self) -> Option<ConversationId> {
        Resumed { thread: self.thread.clone()?, before: self.counted }.id()
    }

    /// A turn is over, and with it Codex tells its tokens.
    fn completed(&mut self, counted: Option<Tokens>) -> Vec<Sign> {
        self.turn = Turn::Completed;
        let mut signs = Vec::new();
        if let Some(counted) = counted {
            self.counted = Some(counted);
            let spent = counted.since(self.note.before.unwrap_or_default());
            self.spent = vec![spent.usage(self.note.model.as_ref(), self.note.price.as_ref())];
            signs.extend(self.untold().map(Sign::Said));
            signs.push(Sign::Spent(self.spent.clone()));
        }
        signs.extend(self.conversation().map(Sign::Conversation));
        signs.push(Sign::TurnEnded);
        signs
    }

    /// What the figures don't tell, in words.
    fn untold(&self) -> Option<String> {
        let model = self.note.model.as_ref().map_or("Codex's default model", |model| model.0.as_str());
        let unpriced = self.note.price.is_none().then(|| {
            format!("{model} has no price in drivers.codex.prices: its tokens are counted, their money is not")
        });
        let unknown = self.note.before.is_none().then(|| {
            "what this conversation had spent before is not known: all that Codex counts on it is counted again"
                .to_owned()
        });
        let both: Vec<String> = [unpriced, unknown].into_iter().flatten().collect();
        (!both.is_empty()).then(|| both.join("; "))
    }

    fn began(&mut self, item: Item) -> Vec<Sign> {
        // What is searched for, Codex tells at the end alone: at their beginning all searches look alike.
        let call = call(&item.what).filter(|_| !matches!(item.what, What::WebSearch { .. }));
        if call.is_some() {
            if self.begun.len() == BEGUN {
                self.begun.pop_front();
            }
            self.begun.push_back(short(&item.id));
        }
        call.map(Sign::Call).into_iter().collect()
    }

    fn ended(&mut self, item: Item) -> Vec<Sign> {
        self.denied = denied(&item.what).map(|what| Text::clipped(&what)).or(self.denied.take());
        let known = self.begun.iter().position(|id| *id == short(&item.id));
        let call = match known {
            Some(at) => self.begun.remove(at).and(None),
            None => call(&item.what),
        };
        match item.what {
            What::AgentMessage { text } => {
                self.words = Text::clipped(&text);
                vec![Sign::Said(text)]
            }
            What::Reasoning { text } | What::Error { message: text } => vec![Sign::Said(text)],
            _ => call.map(Sign::Call).into_iter().collect(),
        }
    }

    fn error(&mut self, message: String, now: Timestamp) -> Vec<Sign> {
        if message.starts_with("Reconnecting") {
            let cause = failures::cause(&message);
            return vec![Sign::Said(message), Sign::Pausing { until: None, cause }];
        }
        self.turn = Turn::Failed(failures::read(&message, now));
        vec![Sign::Said(message)]
    }

    /// Why the run failed; `None` where it did not.
    fn failure(&mut self, end: &CommandEnd, now: Timestamp) -> Option<Failure> {
        let failed = |cause, words: &str| Some(Failure::new(Remedy::Retry, cause, words));
        match (std::mem::take(&mut self.turn), end.code) {
            (Turn::Failed(failure), _) => Some(failure),
            (Turn::Completed, Some(0)) => {
                let denied = self.denied.clone().or_else(|| refusal(&end.tail))?;
                failed(FailureCause::PermissionDenied, &format!("it was not allowed what it needed: {denied}"))
            }
            (Turn::Open, Some(0)) => failed(FailureCause::NoResult, "codex ended without ending its turn"),
            (_, Some(_)) => Some(match complaint(&end.tail) {
                Some(words) => failures::read(words, now),
                None => Failure::new(Remedy::Retry, FailureCause::NoResult, "codex failed and did not say why"),
            }),
            (_, None) => failed(FailureCause::NoResult, "codex was ended before its turn was over"),
        }
    }
}

impl StreamReader for CodexReader {
    fn say(&mut self, _text: &str) -> Option<String> {
        None
    }

    fn line(&mut self, line: &str, now: Timestamp) -> Vec<Sign> {
        // By way of a value: Codex writes the id of a search twice in one object.
        let Ok(read) = serde_json::from_str::<Value>(line) else { return Vec::new() };
        let Ok(event) = serde_json::from_value(read) else { return Vec::new() };
        match event {
            Event::ThreadStarted { thread_id } => {
                self.thread = Some(short(&thread_id));
                self.conversation().map(Sign::Conversation).into_iter().collect()
            }
            Event::TurnStarted => {
                self.turn = Turn::Open;
                Vec::new()
            }
            Event::TurnCompleted { usage } => self.completed(usage.map(Tokens::from)),
            Event::TurnFailed { error } => {
                self.turn = Turn::Failed(failures::read(&error.message, now));
                vec![Sign::TurnEnded]
            }
            Event::ItemStarted { item } => self.began(item),
            Event::ItemCompleted { item } => self.ended(item),
            Event::Error(error) => self.error(error.message, now),
            Event::Other => Vec::new(),
        }
    }

    fn heeds_log(&self) -> bool {
        self.denied.is_none() && matches!(self.turn, Turn::Completed)
    }

    fn log_line(&mut self, line: &str) {
        self.denied = self.denied.take().or_else(|| refusal(line));
    }

    fn end(&mut self, end: &CommandEnd, now: Timestamp) -> ExitReport {
        let failure = self.failure(end, now);
        let tail = match self.words.is_blank() && failure.is_none() {
            true => Text::clipped(&end.tail),
            // What went wrong is in the failure.
            false => self.words.clone(),
        };
        let (conversation, usage) = (self.conversation(), self.spent.clone());
        ExitReport { code: end.code, signal: end.signal, tail, failure, conversation, usage, ..ExitReport::default() }
    }
}

/// An id, of which nothing can make us keep more than this.
fn short(id: &str) -> String {
    id.chars().take(64).collect()
}

/// The call that an item is, where it is one.
fn call(what: &What) -> Option<Call> {
    match what {
        What::CommandExecution { command, .. } => Some(Call::new("shell", command, command)),
        What::FileChange { changes, .. } => {
            let changes = changes.to_string();
            Some(Call::new("file_change", &changes, &changes))
        }
        What::McpToolCall { server, tool, arguments, .. } => {
            let arguments = arguments.to_string();
            Some(Call::new(&format!("{server}.{tool}"), &arguments, &arguments))
        }
        What::WebSearch { query, action } => Some(Call::new("web_search", query, &format!("{query} {action}"))),
        What::CollabToolCall { tool, prompt } => {
            let prompt = prompt.as_deref().unwrap_or_default();
            Some(Call::new(tool, prompt, prompt))
        }
        _ => None,
    }
}

/// What was refused to it, where something was.
fn denied(what: &What) -> Option<String> {
    match what {
        What::CommandExecution { command, status } if status == "declined" => Some(command.clone()),
        What::FileChange { changes, status } if status == "declined" => Some(changes.to_string()),
        What::McpToolCall { server, tool, error: Some(error), .. } if is_unapproved(&error.message) => {
            Some(format!("{server}.{tool}: {}", error.message))
        }
        _ => None,
    }
}

/// Whether a call was not made as nobody approved it, in the words that Codex has for that.
fn is_unapproved(error: &str) -> bool {
    ["requires approval", "MCP tool call cancelled", "user cancelled MCP tool call"]
        .iter()
        .any(|says| error.contains(says))
}

/// What Codex says on standard error, and nowhere else, where it refuses a patch or a command: a line that begins with its time. In its
/// other lines, whole or torn, whatever stands there is quoted.
fn refusal(text: &str) -> Option<Text<2048>> {
    let own = text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let said = |line: &str| {
        let (before, why) = line.split_once("tools::router: error=")?;
        (!before.contains('"') && why.contains("rejected")).then(|| Text::clipped(why))
    };
    own.filter_map(said).next()
}

/// What Codex says on standard error before it gives up: from the last line on that begins so.
fn complaint(tail: &str) -> Option<&str> {
    let begins = |line: &str| line.starts_with("Error") || line.starts_with("error:");
    let line = tail.lines().rfind(|line| begins(line))?;
    let at = tail.rfind(line)?;
    tail.get(at..)
}
