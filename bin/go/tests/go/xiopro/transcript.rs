//! A run as a person would tell it, without what differs from run to run: the same for each run of the same plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use go_bus_api::{Agent, Message, Sprint, Task, TaskId, TaskKind, TaskState};

use crate::xiopro::story::Story;

/// The whole of it; `log` is what GO wrote below the Execution Log, `plan` is plan.yaml as it is at the end.
pub(crate) fn of(story: &Story, log: &str, plan: &[String]) -> String {
    let mut text = String::from(
        "`go up --exit-when-done` on fixtures/xiopro: names stand for ids, words for times and figures.\n",
    );
    seats(story, &mut text);
    for sprint in &story.sprints {
        of_sprint(story, sprint, &mut text);
    }
    outside(story, &mut text);
    let runs = story.of_kind(TaskKind::IntegrationTest);
    section(&mut text, "Integration test", runs.iter().map(|run| format!("{}: {}", run.id, end(story, run))).collect());
    let alerts = story.alerts.iter();
    section(&mut text, "Alerts", alerts.map(|alert| story.plain(alert.title.as_str())).collect());
    section(&mut text, "What GO appended to Part 11", in_any_order(&story.plain(log)));
    section(&mut text, "What plan.yaml says now", statuses(plan).iter().map(|line| story.plain(line)).collect());
    text
}

/// A heading and its lines.
fn section(text: &mut String, heading: &str, lines: Vec<String>) {
    writeln!(text, "\n== {heading}").unwrap();
    let none = lines.is_empty().then(|| "none".to_owned());
    for line in lines.into_iter().chain(none) {
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
}

/// Who sat where, and what was done before any ticket.
fn seats(story: &Story, text: &mut String) {
    let seats: BTreeSet<String> = story.agents.iter().map(|agent| story.name(&agent.id)).collect();
    section(text, "Seats", seats.into_iter().filter(|name| name.contains(" of ")).collect());
    let skills = story.of_kind(TaskKind::Delegation);
    section(text, "Skills", skills.iter().map(|task| format!("{}: {}", task.title, end(story, task))).collect());
}

/// A sprint: its batch, its tickets, and what came of its end.
fn of_sprint(story: &Story, sprint: &Sprint, text: &mut String) {
    let started: Sprint = story.told("sprint.started", &format!("sprints/{}", sprint.id)).remove(0);
    let batch: BTreeSet<&str> = started.tickets.iter().map(TaskId::as_str).collect();
    let ids: Vec<&str> = batch.iter().copied().collect();
    section(text, &format!("Sprint {}: {}", sprint.id, ids.join(" ")), ticket(story, story.task(ids[0])));
    for id in ids.into_iter().skip(1) {
        ticket(story, story.task(id)).iter().for_each(|line| writeln!(text, "{line}").unwrap());
    }
    let carried: BTreeSet<String> =
        sprint.carried.iter().map(|over| format!("{} ({})", over.ticket, story.plain(over.why.as_str()))).collect();
    let carried = if carried.is_empty() { "nothing".to_owned() } else { Vec::from_iter(carried).join(", ") };
    writeln!(text, "carried over: {carried}").unwrap();
    let pushes = story.of_kind(TaskKind::Push).into_iter().filter(|push| push.sprint.as_ref() == Some(&sprint.id));
    let pushes: BTreeMap<_, _> = pushes.map(|push| (&push.id, end(story, push))).collect();
    pushes.iter().for_each(|(id, end)| writeln!(text, "{id}: {end}").unwrap());
    let notices = story.messages.iter().filter(|message| is_about(sprint, message));
    notices.for_each(|message| writeln!(text, "{}", said(story, message)).unwrap());
}

/// Whether a message tells of `sprint`.
fn is_about(sprint: &Sprint, message: &Message) -> bool {
    let mut words = message.subject.as_str().split([' ', ':', ',']);
    words.any(|word| word == sprint.id.as_str())
}

/// What belongs to no sprint: M0's tickets, and the messages about them.
fn outside(story: &Story, text: &mut String) {
    let is_outside = |task: &&Task| task.kind == TaskKind::Ticket && task.sprint.is_none();
    let tickets = story.tasks.iter().filter(is_outside).flat_map(|task| ticket(story, task));
    let of_none = |message: &&Message| !story.sprints.iter().any(|sprint| is_about(sprint, message));
    let messages = story.messages.iter().filter(of_none).map(|message| said(story, message));
    section(text, "Outside of sprints", tickets.chain(messages.collect::<BTreeSet<_>>()).collect());
}

/// A ticket: who built each attempt, what its reviewer said, and how it ended.
fn ticket(story: &Story, task: &Task) -> Vec<String> {
    let category = task.category.as_ref().map(|category| category.as_str()).unwrap_or_default();
    let mut lines = vec![format!("{} {} ({category})", task.id, task.title)];
    let reviews = story.reviews(&task.id);
    let rejected: Vec<Task> = story.told("task.changes_requested", &format!("tasks/{}", task.id));
    let builders = story.agents.iter().filter(|agent| agent.task.as_ref() == Some(&task.id));
    for (nth, builder) in builders.enumerate() {
        let mut line = format!("  built by a {} on {}", builder.role.as_str(), model_of(builder));
        if let Some(review) = reviews.get(nth) {
            let reviewer = story.agent(review.builders.last().unwrap());
            let notes = rejected.get(nth).and_then(|task| task.review_notes.as_ref());
            let verdict =
                notes.map_or("approves".to_owned(), |notes| format!("wants changes: {}", one_line(notes.as_str())));
            write!(line, "; a {} on {} {verdict}", reviewer.role.as_str(), model_of(reviewer)).unwrap();
        }
        lines.push(line);
    }
    lines.push(format!("  {}", end(story, task)));
    lines
}

/// How a task ended.
fn end(story: &Story, task: &Task) -> String {
    let result = task.result.as_ref().map(|result| result.as_str()).unwrap_or_default();
    let error = task.error.as_ref().map(|error| error.as_str()).unwrap_or_default();
    let said = if task.state == TaskState::Done { result } else { error };
    let by = task.assignee.as_ref().map(|agent| story.name(agent)).unwrap_or_default();
    // Which host's HO it is depends on who came up first.
    let by = if by.starts_with("ho of ") { "an ho" } else { &by };
    format!("{} by {by}: {}", task.state.as_str(), story.plain(&one_line(said)))
}

fn said(story: &Story, message: &Message) -> String {
    let kind = message.kind.as_ref().map(|kind| kind.as_str()).unwrap_or_default();
    format!("to {}: [{kind}] {}", story.name(&message.to), story.plain(message.subject.as_str()))
}

/// The lines of a log, with the items of each list in the order of their text.
fn in_any_order(log: &str) -> Vec<String> {
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    for list in lines.chunk_by_mut(|a, b| a.starts_with("- **") == b.starts_with("- **")) {
        if list.first().is_some_and(|line| line.starts_with("- **")) {
            list.sort();
        }
    }
    lines
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ")
}

/// Each ticket with what GO wrote to it, in the order of the plan.
fn statuses(plan: &[String]) -> Vec<String> {
    let key = |line: &str, key: &str| line.trim_start().trim_start_matches("- ").strip_prefix(key).map(str::to_owned);
    let mut tickets: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in plan {
        if let Some(id) = key(line, "id: ").filter(|id| id.contains('-')) {
            tickets.push((id, BTreeSet::new()));
        }
        let is_own = ["sprint: ", "status: ", "result: "].iter().any(|own| key(line, own).is_some());
        if let Some((_, own)) = tickets.last_mut().filter(|_| is_own) {
            own.insert(line.trim().to_owned());
        }
    }
    tickets.into_iter().map(|(id, own)| format!("{id}: {}", Vec::from_iter(own).join(", "))).collect()
}

fn model_of(agent: &Agent) -> &str {
    agent.model.as_ref().map(|model| model.0.as_str()).unwrap_or_default()
}
