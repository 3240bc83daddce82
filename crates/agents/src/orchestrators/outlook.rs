//! What an orchestrator has to know and to do just now, in words for one that thinks: each task that calls for a step, with the step that the fixed
//! program would take, and each message. Decided purely.
//!
//! What others said is set off by `>` from its second line on, and never read as a call.

use go_bus_api::{
    Agent, AgentId, ExitReport, Fail, Message, NewAgent, ProjectId, ProjectState, Question, Task, Timestamp,
};
use go_bus_client::World;
use go_spawn::beside_ticket;
use serde::Serialize;
use serde_json::{Value, json};

use super::judgement::resting;
use super::run::due;
use super::{Next, OrchestratorConfig, hand};

/// How much of a message, a last word or a note is told, in characters; the rest is on the Bus.
const SAID: usize = 2000;

/// What there is for an orchestrator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Whether the Bus has told it to end.
    pub over: bool,
    /// What it has to know, in the order of what it is about.
    pub items: Vec<Item>,
}

/// One thing that it has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The same for the same thing, whenever it is looked at; something else of the same task has another.
    pub key: String,
    /// The same in words.
    pub text: String,
    /// Whether it calls for a step, without which work waits.
    pub duty: bool,
    /// The project it is about.
    pub project: Option<ProjectId>,
}

/// What there is at `now` for the orchestrator of `config`.
pub fn outlook(config: &OrchestratorConfig, world: &World, now: Timestamp) -> Outlook {
    let me = &config.agent;
    let over = world.agent_state(me).is_some_and(|state| !state.is_live());
    let mut items: Vec<Item> = due(config, world)
        .into_iter()
        .filter_map(|(id, next)| duty(config, world, world.task(&id)?, next, now))
        .collect();
    items.extend(world.messages_to(me).map(message));
    items.extend(world.answers_to(me).map(answer));
    items.sort_by(|a, b| a.key.cmp(&b.key));
    Outlook { over, items }
}

/// What a task calls for; nothing where a hand is due that the Bus would refuse now: there is no room for one, an earlier one has not ended, or the
/// project is paused.
fn duty(config: &OrchestratorConfig, world: &World, task: &Task, next: Next, now: Timestamp) -> Option<Item> {
    let (what, call) = match next {
        Next::Spawn if has_to_wait(world, task) => return None,
        Next::Spawn => match hand::request(&config.hands, &config.agent, world, &task.id, now) {
            Ok(Some(request)) => ("spawn", to_be_told(world, task) + &spawn(request)),
            Ok(None) => return None,
            Err(rest) => ("rest", fail(task, &resting(rest).of(task.attempt))),
        },
        Next::Complete(body) => ("judge", call("bus_complete_task", task, &body)),
        Next::Fail(body) => ("judge", fail(task, &body)),
        Next::Wait => return None,
    };
    let ended = world.builders(&task.id).filter(|hand| hand.attempt == Some(task.attempt)).filter_map(end);
    let ends: String = ended.collect();
    let state = if ends.is_empty() { "Nobody is at it.\n" } else { &ends };
    Some(Item {
        key: format!("{}/{}/{what}", task.id, task.attempt),
        text: format!("{}{state}{call}", heading(task)),
        duty: true,
        project: Some(task.project.clone()),
    })
}

/// What the prompt of its next hand has to have, and no tool would tell.
fn to_be_told(world: &World, task: &Task) -> String {
    let asked: Vec<_> = world.questions_about(&task.id).collect();
    let known = beside_ticket(task, asked.into_iter());
    if known.is_empty() { known } else { format!("Its prompt has to say this:\n> {}\n", set_off(known.trim())) }
}

fn has_to_wait(world: &World, task: &Task) -> bool {
    let is_paused = world.project(&task.project).is_some_and(|project| project.state == ProjectState::Paused);
    is_paused || world.builders(&task.id).any(|hand| !hand.state.is_ended())
}

fn heading(task: &Task) -> String {
    let category = task.category.as_ref().map_or(String::new(), |category| format!(" ({})", category.as_str()));
    let mut text = format!(
        "{} {}{category}, attempt {} of at most {}: {}\n",
        task.kind.as_str(),
        task.id,
        task.attempt,
        task.max_attempts,
        set_off(task.title.as_str())
    );
    let before = task.error.as_ref().map(|error| ("The last attempt failed", error.as_str()));
    let notes = task.review_notes.as_ref().map(|notes| ("The reviewer wants changes", notes.as_str()));
    for (what, words) in before.into_iter().chain(notes) {
        text.push_str(&format!("{what}: {}\n", clipped(words)));
    }
    text
}

/// How a hand ended, where it has.
fn end(hand: &Agent) -> Option<String> {
    let ExitReport { code, signal, verify, tail, stopped, limit, failure, work, .. } = &hand.exit.as_ref()?.report;
    let how = match (code, signal, stopped) {
        (_, _, true) => "was stopped".to_owned(),
        (_, Some(signal), _) => format!("was ended by signal {signal}"),
        (Some(code), None, _) => format!("exited with {code}"),
        (None, None, _) => "ended in a way that nobody saw".to_owned(),
    };
    let mut text = format!("Its {} {} {how}.", hand.role.as_str(), hand.id);
    text.extend(
        verify.iter().map(|check| format!(" `{}` exited with {}.", set_off(check.command.as_str()), check.code)),
    );
    text.extend(limit.iter().map(|limit| format!(" It was ended for {limit}.")));
    text.extend(failure.iter().map(|failure| format!(" Read as a failure: {}.", set_off(failure.detail.as_str()))));
    text.extend(
        work.iter().filter(|work| work.vacuous).map(|_| " All of that passed before it began, too.".to_owned()),
    );
    if !tail.is_blank() {
        text.push_str(&format!(" Its last words: {}", clipped(tail.as_str())));
    }
    Some(text + "\n")
}

/// The tool's call that the fixed program's step is, without the prompt, which is for whoever thinks to write.
fn spawn(request: NewAgent) -> String {
    line("bus_spawn_agent", &json!(NewAgent { prompt: None, parent: None, ..request }))
}

fn fail(task: &Task, body: &Fail) -> String {
    call("bus_fail_task", task, body)
}

fn call(tool: &str, task: &Task, body: &impl Serialize) -> String {
    let mut arguments = json!(body);
    if let Some(fields) = arguments.as_object_mut() {
        fields.insert("id".to_owned(), task.id.to_string().into());
        fields.retain(|_, value| !value.is_null());
    }
    line(tool, &arguments)
}

fn line(tool: &str, arguments: &Value) -> String {
    format!("    {tool} {arguments}\n")
}

fn message(message: &Message) -> Item {
    let from = message.from.as_ref().map_or("the operator", AgentId::as_str);
    let kind = message.kind.as_ref().map_or(String::new(), |kind| format!(" ({})", set_off(kind.as_str())));
    let text = format!(
        "Message of {from}{kind}: {}\n> {}\nOnce you have dealt with it:\n{}",
        set_off(message.subject.as_str()),
        clipped(message.body.as_str()),
        line("bus_read_messages", &json!({"acknowledge": [message.id]}))
    );
    Item { key: format!("message/{}", message.id), text, duty: false, project: None }
}

/// What became of a question about no task; one about a task is in the task's next attempt.
fn answer(question: &Question) -> Item {
    let said = question.answer.as_ref().map_or("Nobody answered in time: decide yourself.", |answer| answer.as_str());
    let text = format!("You asked: {}\nThe answer: {}\n", clipped(question.text.as_str()), clipped(said));
    Item { key: format!("answer/{}", question.id), text, duty: false, project: None }
}

fn clipped(text: &str) -> String {
    let text = text.trim();
    let short: String = text.chars().take(SAID).collect();
    set_off(&if short.len() < text.len() { short + " …" } else { short })
}

/// Somebody else's words: no line of them begins like one of ours.
fn set_off(words: &str) -> String {
    words.replace(['\r', '\n'], "\n> ")
}

#[cfg(test)]
mod tests;
