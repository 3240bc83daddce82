//! Why a task is where it is, in sentences (`go status --why`).

use std::fmt;

use go_bus_api::{Agent, AgentId, Exit, QuestionState, Task, TaskId, TaskKind, TaskState, Timestamp};
use go_bus_client::{PastTask, World};
use go_sprint::{Limits, Readiness, collisions_in_words, pinned_in_words, readiness};

/// Why a task is where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The task.
    pub task: TaskId,
    /// Where it is.
    pub state: TaskState,
    /// Why, a sentence each, the most telling first.
    pub because: Vec<String>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.task, self.state.as_str())?;
        for (index, sentence) in self.because.iter().enumerate() {
            write!(f, "{}{sentence}", if index == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

/// Why the task is where it is; `None` where there is no such task.
pub fn why(world: &World, task: &TaskId, limits: &Limits, now: Timestamp) -> Option<Explanation> {
    let Some(task) = world.task(task) else { return world.past_task(task).map(past) };
    let because = match task.state {
        // Those are past.
        TaskState::Done | TaskState::Cancelled => Vec::new(),
        TaskState::Failed => vec![failed(task)],
        TaskState::InProgress => in_progress(world, task),
        TaskState::InReview => in_review(world, task, limits, now),
        TaskState::Waiting => answers_awaited(world, task),
        TaskState::Pending | TaskState::ChangesRequested | TaskState::Blocked | TaskState::Held => {
            waiting(world, task, limits, now)
        }
    };
    let because =
        because.into_iter().chain(collisions_in_words(world, task)).filter(|sentence| !sentence.is_empty()).collect();
    Some(Explanation { task: task.id.clone(), state: task.state, because })
}

/// What it waits for: the questions about it that nobody has answered.
fn answers_awaited(world: &World, task: &Task) -> Vec<String> {
    let open = world.questions_about(&task.id).filter(|question| question.state == QuestionState::Open);
    let asked = open.map(|question| {
        let options: Vec<_> = question.options.iter().map(|option| option.as_str()).collect();
        let one_of = if options.is_empty() { String::new() } else { format!(", one of: {}", options.join(", ")) };
        format!(
            "it waits for an answer to: {} (go answer {} TEXT{one_of})",
            first_line(question.text.as_str()),
            question.id
        )
    });
    let asked: Vec<String> = asked.collect();
    if asked.is_empty() { vec!["it waits until somebody who works on it has it go on".to_owned()] } else { asked }
}

fn past(task: PastTask) -> Explanation {
    let since = task.finished_at.map(|at| format!("{} since {at}", task.state.as_str()));
    let result = task.result.filter(|_| task.state == TaskState::Done).map(|result| result.to_string());
    Explanation { task: task.id, state: task.state, because: since.into_iter().chain(result).collect() }
}

fn failed(task: &Task) -> String {
    let tries = format!("{} of {} attempts failed", task.failures, task.max_attempts);
    match &task.error {
        Some(error) => format!("{tries}, the last with: {}", first_line(error.as_str())),
        None => tries,
    }
}

fn waiting(world: &World, task: &Task, limits: &Limits, now: Timestamp) -> Vec<String> {
    let mut because = match readiness(world, task, limits, now) {
        Readiness::Waiting(reasons) => reasons.iter().map(ToString::to_string).collect(),
        Readiness::Ready => vec!["it is ready, and assigned with the next tick".to_owned()],
        Readiness::UnderWay | Readiness::Over => Vec::new(),
    };
    because.extend(pinned_in_words(world, task, now).filter(|_| task.kind == TaskKind::Push));
    let could_not_land = task.state == TaskState::Blocked && task.landing_failures > 0;
    if could_not_land {
        because.push(format!("go task show {0} has all of it; mend it, and go task retry {0}", task.id));
    }
    if task.failures > 0 {
        because.push(failed(task));
    } else if let Some(error) = task.error.as_ref().filter(|_| task.state == TaskState::Held) {
        because.push(format!("what went wrong: {}", first_line(error.as_str())));
    }
    if task.losses > 0 {
        because.push(format!("its builder was lost with its host {} times", task.losses));
    }
    // What did not land comes back as its reviewer's wishes do; said once is enough.
    if let Some(notes) = task.review_notes.as_ref().filter(|_| !could_not_land) {
        because.push(format!("its reviewer wants changes: {}", first_line(notes.as_str())));
    }
    because
}

fn in_progress(world: &World, task: &Task) -> Vec<String> {
    let assignee = task.assignee.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    let mut because = vec![format!("attempt {} is with {assignee}", task.attempt)];
    if task.assignee == Some(AgentId::m0()) {
        return because.into_iter().chain(m0(world)).collect();
    }
    let builders: Vec<_> = world.builders(&task.id).filter(|agent| agent.attempt == Some(task.attempt)).collect();
    if builders.is_empty() {
        because.push("its builder is not spawned yet".to_owned());
    }
    because.extend(builders.into_iter().map(builder));
    because
}

/// What M0 is at, which has it done on the Mac (R9).
fn m0(world: &World) -> Option<String> {
    let m0 = world.agent(&AgentId::m0()).filter(|m0| !m0.state.is_live())?;
    let since = m0.last_heartbeat.map_or_else(String::new, |since| format!(" since {since}"));
    Some(format!("nothing is heard of M0{since}; at its deadline the attempt is over"))
}

fn builder(agent: &Agent) -> String {
    let host = agent.host.as_ref().map_or_else(String::new, |host| format!(" on {host}"));
    let who = format!("{} {}{host}", agent.role.as_str(), agent.id);
    match &agent.exit {
        Some(exit) => format!("{who} {}, its assignee has to judge that", exit_in_words(exit)),
        None => format!("{who} is {}", agent.state.as_str()),
    }
}

fn exit_in_words(exit: &Exit) -> String {
    let report = &exit.report;
    let failed = report.verify.iter().find(|result| result.code != 0);
    match (report.stopped, report.signal, report.code, failed) {
        (true, ..) => "was stopped".to_owned(),
        (_, Some(signal), ..) => format!("was ended by signal {signal}"),
        (_, _, Some(0), Some(check)) => format!("exited 0 and `{}` exited {}", check.command, check.code),
        (_, _, Some(code), _) => format!("exited {code}"),
        _ => "ended without a result".to_owned(),
    }
}

fn in_review(world: &World, task: &Task, limits: &Limits, now: Timestamp) -> Vec<String> {
    if task.landing_task.is_some() {
        return lands(world, task, limits, now);
    }
    let open = world.reviews_of(&task.id).filter(|review| review.state.is_open() || review.state == TaskState::Failed);
    let reviews = open.filter_map(|review| why(world, &review.id, limits, now));
    let because: Vec<_> = reviews.map(|review| format!("review {review}")).collect();
    if because.is_empty() { vec!["its review is still to be made".to_owned()] } else { because }
}

/// What a delivery waits for that has only to land.
fn lands(world: &World, task: &Task, limits: &Limits, now: Timestamp) -> Vec<String> {
    let seen = if world.has_review(&task.id) { "approved" } else { "delivered" };
    let landing = world.landing_of(task).and_then(|landing| why(world, &landing.id, limits, now));
    let waits = landing.map(|landing| match landing.state {
        TaskState::Pending => landing.because,
        _ => vec![landing.to_string()],
    });
    std::iter::once(seen.to_owned()).chain(waits.into_iter().flatten()).collect()
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests;
