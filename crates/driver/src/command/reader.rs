//! Reading a run that speaks the protocol.

use go_bus_api::{ConversationId, ExitReport, Failure, FailureCause, ModelUsage, Remedy, Review, Text, Timestamp};

use super::lines::{Line, Told};
use crate::{Call, CommandEnd, Sign, StreamReader, Window};

/// How many models one run may spend on; more are left out.
const MODELS: usize = 32;

/// As much of a window's name as is kept, in characters.
const NAME: usize = 64;

#[derive(Debug)]
pub(super) struct LinesReader {
    posts_verdict: bool,
    conversation: Option<ConversationId>,
    spent: Vec<ModelUsage>,
    result: Option<Ended>,
    verdict: Option<Review>,
}

/// What the last result said.
#[derive(Debug)]
struct Ended {
    summary: Text<4096>,
    failure: Option<Failure>,
}

impl LinesReader {
    pub(super) fn new(posts_verdict: bool) -> Self {
        Self { posts_verdict, conversation: None, spent: Vec::new(), result: None, verdict: None }
    }

    /// The sum of each model; what is told of one replaces what was told before.
    fn spent(&mut self, usage: ModelUsage) -> Vec<Sign> {
        let room = self.spent.len() < MODELS;
        match self.spent.iter_mut().find(|known| known.model == usage.model) {
            Some(known) => *known = usage,
            None if room => self.spent.push(usage),
            None => {}
        }
        vec![Sign::Spent(self.spent.clone())]
    }

    /// Why the run failed; `None` where it did not, or where its code says all there is to say.
    fn failure(&self, end: &CommandEnd) -> Option<Failure> {
        let nothing_said = |words| Some(Failure::new(Remedy::Retry, FailureCause::NoResult, words));
        match &self.result {
            Some(Ended { failure: Some(failure), .. }) => Some(failure.clone()),
            Some(_) if self.posts_verdict && self.verdict.is_none() && end.code == Some(0) => {
                nothing_said("the reviewer ended without a verdict")
            }
            None if end.code == Some(0) => nothing_said("the agent ended without a result"),
            _ => None,
        }
    }
}

impl StreamReader for LinesReader {
    fn say(&mut self, text: &str) -> Option<String> {
        // What comes of the last turn counts, and another one begins.
        self.result = None;
        Told::Message { text }.line()
    }

    fn line(&mut self, line: &str, now: Timestamp) -> Vec<Sign> {
        let Ok(line) = serde_json::from_str::<Line>(line) else { return Vec::new() };
        match line {
            Line::Conversation { id } if id.0.is_blank() => Vec::new(),
            Line::Conversation { id } => {
                self.conversation = Some(id.clone());
                vec![Sign::Conversation(id)]
            }
            Line::Call { tool, about, arguments } => {
                let arguments = arguments.to_string();
                vec![Sign::Call(Call::new(&tool, about.as_deref().unwrap_or(&arguments), &arguments))]
            }
            Line::Said { text } => vec![Sign::Said(text)],
            Line::Context { used } => vec![Sign::Context(used)],
            Line::Spent(spent) => self.spent(spent.into()),
            Line::Window { name, used, resets_at } => {
                vec![Sign::Window(Window { name: name.chars().take(NAME).collect(), used, resets_at })]
            }
            Line::Pausing { until, cause } => vec![Sign::Pausing { until, cause }],
            Line::Result(outcome) => {
                self.result = Some(Ended { summary: Text::clipped(&outcome.summary), failure: outcome.failure(now) });
                vec![Sign::TurnEnded]
            }
            Line::Verdict { verdict, notes } => {
                self.verdict = self.posts_verdict.then(|| Review { verdict, notes: Text::clipped(&notes) });
                Vec::new()
            }
        }
    }

    fn end(&mut self, end: &CommandEnd, _now: Timestamp) -> ExitReport {
        let failure = self.failure(end);
        let said = self.result.as_ref().map(|result| &result.summary).filter(|summary| !summary.is_blank());
        // A verdict counts only where the run that came to it ended well.
        let verdict = self.verdict.take().filter(|_| failure.is_none() && end.code == Some(0));
        ExitReport {
            code: end.code,
            signal: end.signal,
            tail: said.cloned().unwrap_or_else(|| for_people(&end.tail)),
            failure,
            verdict,
            conversation: self.conversation.clone(),
            usage: self.spent.clone(),
            ..ExitReport::default()
        }
    }
}

/// Of the end of the log what is no line of the protocol.
fn for_people(tail: &str) -> Text<4096> {
    let lines: Vec<&str> = tail.lines().filter(|line| !line.starts_with('{')).collect();
    Text::clipped(&lines.join("\n"))
}
