//! The sections that have a form of their own.

use go_bus_api::{Collision, Question, QuestionState, Ratio, Task};

use crate::prompt::quote::{clip, item, one_line, quoted};
use crate::prompt::texts;

const VERIFICATION_BYTES: usize = 32 * 1024;
const TICKET_BYTES: usize = 96 * 1024;
const ANSWERS_BYTES: usize = 16 * 1024;
const COLLISIONS_BYTES: usize = 8 * 1024;

/// Who the agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    what: String,
    of: String,
}

impl Identity {
    /// `what` it is ("a worker") and what it is part `of` ("of project site").
    pub fn new(what: &str, of: &str) -> Self {
        Self { what: clip(&one_line(what), 256), of: clip(&one_line(of), 256) }
    }

    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.what, self.of)
    }
}

/// How the work is verified. There is always at least one sentence, so the section is never empty (R23).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    lead: &'static str,
    commands: Vec<String>,
}

impl Verification {
    /// Commands that all exit 0 when the work is well done; with none, the agent has to show it otherwise.
    pub fn commands<T: AsRef<str>>(commands: impl IntoIterator<Item = T>) -> Self {
        let commands: Vec<_> =
            commands.into_iter().map(|c| c.as_ref().to_owned()).filter(|c| !c.trim().is_empty()).collect();
        let lead = if commands.is_empty() { texts::VERIFY_BY_SHOWING } else { texts::VERIFY_BY_COMMANDS };
        Self { lead, commands }
    }

    /// What a reviewer runs itself; nobody else does.
    pub fn checks<T: AsRef<str>>(commands: impl IntoIterator<Item = T>) -> Self {
        let verification = Self::commands(commands);
        let lead = if verification.commands.is_empty() { texts::VERIFY_BY_LOOKING } else { texts::VERIFY_BY_CHECKS };
        Self { lead, ..verification }
    }

    /// What an orchestrator checks: the exits of its agents, never their word.
    pub fn of_an_orchestrator() -> Self {
        Self { lead: texts::VERIFY_AS_ORCHESTRATOR, commands: Vec::new() }
    }

    pub(crate) fn render(&self) -> String {
        let list: String = self.commands.iter().map(|command| item(command)).collect();
        format!("{}\n{}", self.lead, clip(&list, VERIFICATION_BYTES))
    }
}

/// When an orchestrator hands over to a successor with a fresh context, and how (R26).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotation {
    /// From 0 to 1.
    at: f64,
}

impl Default for Rotation {
    fn default() -> Self {
        Self { at: 0.7 }
    }
}

impl Rotation {
    /// Hands over once this much of its context is used (the setting `context.rotate_at`, by default 0.7).
    pub fn at(rotate_at: Ratio) -> Self {
        Self { at: rotate_at.get() }
    }

    /// Whether a context that is this full has to be handed over.
    pub fn is_due(&self, used: Ratio) -> bool {
        used.get() >= self.at
    }

    pub(crate) fn render(&self) -> String {
        texts::context_rotation((self.at * 100.0).round())
    }
}

/// The section on the task in hand.
pub(crate) fn ticket(task: &Task) -> String {
    let mut text = format!("{}: {}\n", task.id, one_line(task.title.as_str()));
    if let Some(category) = &task.category {
        text.push_str(&format!("Kind: {}. ", one_line(category.as_str())));
    }
    text.push_str(&format!("Project: {}. Attempt: {}.\n", task.project, task.attempt));
    part(&mut text, "What is to be done:", task.description.as_str());
    part(&mut text, "The command:", task.run.as_ref().map_or("", |run| run.as_str()));
    part(&mut text, "The last attempt failed:", task.error.as_ref().map_or("", |error| error.as_str()));
    part(&mut text, "The reviewer wants changes:", task.review_notes.as_ref().map_or("", |notes| notes.as_str()));
    clip(&text, TICKET_BYTES)
}

/// What the next hand of `task` has to know that stands in no ticket: what humans were asked about it and answered, and who else is at work on the
/// same lines. For whoever writes its prompt without [`builder_prompt`](crate::builder_prompt); empty where there is nothing.
pub fn beside_ticket<'a>(task: &Task, asked: impl DoubleEndedIterator<Item = &'a Question>) -> String {
    answers(asked) + &collisions(&task.collides_with)
}

/// Who else is at work on the same lines; empty where nobody is.
pub(crate) fn collisions(with: &[Collision]) -> String {
    if with.is_empty() {
        return String::new();
    }
    let mut text = texts::COLLISIONS.to_owned();
    for Collision { task, files } in with {
        let files: Vec<String> = files.iter().map(|file| one_line(file.as_str())).collect();
        text.push_str(&item(&format!("{task}: {}", files.join(", "))));
    }
    clip(&text, COLLISIONS_BYTES)
}

/// What humans were asked about the task in hand and what came of it; the latest stand first, as they are the last to be cut.
pub(crate) fn answers<'a>(questions: impl DoubleEndedIterator<Item = &'a Question>) -> String {
    let ended: Vec<&Question> = questions.filter(|question| question.state != QuestionState::Open).collect();
    if ended.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nA human was asked, and this is the answer; go on with it:\n");
    for question in ended.into_iter().rev() {
        part(&mut text, "Question:", question.text.as_str());
        match (&question.answer, question.state) {
            (Some(answer), QuestionState::Expired) => {
                part(&mut text, "Nobody answered in time, so the default holds:", answer.as_str());
            }
            (Some(answer), _) => part(&mut text, "Answer:", answer.as_str()),
            (None, _) => text.push_str("\nNobody answered in time: decide yourself, and say what you decided.\n"),
        }
    }
    clip(&text, ANSWERS_BYTES)
}

fn part(text: &mut String, lead: &str, body: &str) {
    if !body.trim().is_empty() {
        text.push_str(&format!("\n{lead}\n\n{}", quoted(body)));
    }
}
