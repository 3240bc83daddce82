//! What the event log of a run tells: each resource as it was at the end, and the order in which it came there.

use std::collections::BTreeMap;

use go_bus_api::{Agent, AgentId, Alert, Message, Role, Sprint, Task, TaskId, TaskKind};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::place::{Place, err, out};

/// An event, its resource as it was then.
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) data: Value,
}

/// A whole event log.
pub(crate) struct Story {
    pub(crate) events: Vec<Event>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) sprints: Vec<Sprint>,
    pub(crate) alerts: Vec<Alert>,
    /// As they were sent.
    pub(crate) messages: Vec<Message>,
}

impl Story {
    /// The log in the data folder of a fleet that has ended.
    pub(crate) fn of(place: &Place) -> Self {
        let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
        let url = bus.url();
        let read = place.go(&["events", "--json", "--bus-url", &url]);
        assert_eq!(read.status.code(), Some(0), "{}", err(&read));
        let events: Vec<Event> = out(&read).lines().map(event).collect();
        Self {
            tasks: latest(&events, "tasks/"),
            agents: latest(&events, "agents/"),
            sprints: latest(&events, "sprints/"),
            alerts: latest(&events, "alerts/"),
            messages: events.iter().filter(|event| event.kind == "message.sent").map(resource).collect(),
            events,
        }
    }

    /// A task that has to be there.
    pub(crate) fn task(&self, id: &str) -> &Task {
        self.tasks.iter().find(|task| task.id.as_str() == id).unwrap()
    }

    /// An agent that has to be there.
    pub(crate) fn agent(&self, id: &AgentId) -> &Agent {
        self.agents.iter().find(|agent| agent.id == *id).unwrap()
    }

    /// The tasks of a kind, in the order in which they were made.
    pub(crate) fn of_kind(&self, kind: TaskKind) -> Vec<&Task> {
        self.tasks.iter().filter(|task| task.kind == kind).collect()
    }

    /// The reviews of a ticket, in the order in which they were made.
    pub(crate) fn reviews(&self, ticket: &TaskId) -> Vec<&Task> {
        self.tasks.iter().filter(|task| task.review_of.as_ref() == Some(ticket)).collect()
    }

    /// The resource of `group` as each event of these kinds had it.
    pub(crate) fn told<T: DeserializeOwned>(&self, kind: &str, subject: &str) -> Vec<T> {
        self.events.iter().filter(|event| event.kind == kind && event.subject == subject).map(resource).collect()
    }

    /// Where in the log the first such event is.
    pub(crate) fn position(&self, kind: &str, subject: &str) -> usize {
        self.events.iter().position(|event| event.kind == kind && event.subject == subject).unwrap()
    }

    /// An agent as people call it: by its seat, or by its role where there are many.
    pub(crate) fn name(&self, id: &AgentId) -> String {
        let Some(agent) = self.agents.iter().find(|agent| agent.id == *id) else { return id.to_string() };
        let seat = match agent.role {
            Role::Ho => agent.host.as_ref().map(ToString::to_string),
            Role::Po => agent.project.as_ref().map(ToString::to_string),
            Role::Io => agent.user.as_ref().map(ToString::to_string),
            _ => None,
        };
        match seat {
            Some(seat) => format!("{} of {seat}", agent.role.as_str()),
            None => agent.role.as_str().to_owned(),
        }
    }

    /// `text` without what differs from run to run: names for ids, and words for times and figures.
    pub(crate) fn plain(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for agent in self.agents.iter().filter(|agent| agent.id.as_str().starts_with("a-")) {
            text = text.replace(agent.id.as_str(), &self.name(&agent.id));
        }
        for task in &self.tasks {
            if let Some(reviewed) = &task.review_of {
                let nth = self.reviews(reviewed).iter().position(|review| review.id == task.id).unwrap() + 1;
                text = text.replace(task.id.as_str(), &format!("review {nth} of {reviewed}"));
            }
        }
        let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
        let follows = |at: usize| words.get(at + 1).is_some_and(|next| core(next) == "s");
        words
            .iter()
            .enumerate()
            .map(|(at, word)| if follows(at) { word.replacen(core(word), "N", 1) } else { measured(word) })
            .collect()
    }
}

/// A word without what stands around it.
fn core(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_ascii_alphanumeric())
}

/// A word, or what it measures.
fn measured(word: &str) -> String {
    let core = core(word);
    let shape: String = core.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let what = match shape.as_str() {
        "0000-00-00" => "DATE",
        "00:00" | "00:00:00" => "TIME",
        _ if shape.starts_with("0000-00-00T") => "INSTANT",
        _ if is_figure(&shape) => "N.N",
        _ => core,
    };
    if core.is_empty() || what == core { word.to_owned() } else { word.replacen(core, what, 1) }
}

/// Whether it is a number with a fraction, or a length of time.
fn is_figure(shape: &str) -> bool {
    let number = shape.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let parts: Vec<&str> = number.split('.').collect();
    let digits = |part: &&str| !part.is_empty() && part.chars().all(|c| c == '0');
    parts.iter().all(digits) && (parts.len() == 2 || (number.len() < shape.len() && parts.len() == 1))
}

fn event(line: &str) -> Event {
    let event: Value = serde_json::from_str(line).unwrap();
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    Event { kind: text("kind"), subject: text("subject"), data: event["data"].clone() }
}

/// What the event is about, whole.
pub(crate) fn resource<T: DeserializeOwned>(event: &Event) -> T {
    serde_json::from_value(event.data.clone()).unwrap_or_else(|error| panic!("{}: {error}: {}", event.kind, event.data))
}

/// Each resource of a group as its last event had it, in the order of their first ones.
fn latest<T: DeserializeOwned>(events: &[Event], group: &str) -> Vec<T> {
    let mut order: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last: Vec<&Event> = Vec::new();
    for event in events.iter().filter(|event| event.subject.starts_with(group) && event.kind != "token.rotated") {
        let at = *order.entry(&event.subject).or_insert(last.len());
        if at == last.len() {
            last.push(event);
        } else {
            last[at] = event;
        }
    }
    last.into_iter().map(resource).collect()
}
