//! The tools: which operation of the REST API each one is, and what an agent has to know of it.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use super::request::MOST_ACKNOWLEDGED;
use crate::openapi::Operation;
use crate::routes;

/// A tool.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// The method and the path of its operation.
    pub(crate) method: Method,
    /// The same.
    pub(crate) path: &'static str,
    /// When to use it, and what comes of it.
    pub(crate) about: &'static str,
    /// What it takes, as a JSON Schema.
    pub(crate) input: Map<String, Value>,
    /// The argument that is the caller's own id where it is left out.
    pub(super) own: Option<&'static str>,
    /// What other arguments are where they are left out.
    pub(super) usual: &'static [(&'static str, Usual)],
    /// Whether it can acknowledge messages before it reads.
    pub(super) acknowledges: bool,
}

/// A value that holds where a caller says nothing.
#[derive(Debug, Clone, Copy)]
pub(super) enum Usual {
    /// A number.
    Number(u64),
    /// Yes.
    Yes,
}

impl From<Usual> for Value {
    fn from(usual: Usual) -> Self {
        match usual {
            Usual::Number(number) => number.into(),
            Usual::Yes => true.into(),
        }
    }
}

/// A tool as the table has it: the id of its operation, its name, and its description.
struct Entry(&'static str, &'static str, &'static str);

/// Answers of lists are read by models, whose context is dear.
const SHORT: (&str, Usual) = ("limit", Usual::Number(20));

const TABLE: [Entry; 13] = [
    Entry(
        "send_message",
        "bus_send_message",
        "Sends a message to another agent: to your orchestrator when you are blocked or found something that it has to know, or to whoever \
         asked you. Not for humans (bus_ask_human, bus_raise_alert) and not for progress (bus_report_progress). It is delivered once and \
         answers nothing by itself; an answer comes to your inbox (bus_read_messages).",
    ),
    Entry(
        "list_messages",
        "bus_read_messages",
        "Reads your inbox: the messages to you that you have not acknowledged, oldest first. A message stays there until you name its id in \
         `acknowledge`; do so with the next call once you have dealt with it, so that it is not lost where you are interrupted.",
    ),
    Entry(
        "list_tasks",
        "bus_list_tasks",
        "Lists tasks, 20 at a time unless `limit` says otherwise; `next_cursor` of the answer is the `cursor` of the next page. Filter by \
         `state`, `project`, `assignee`, `kind` or `sprint` to find what you answer for or what your work touches.",
    ),
    Entry(
        "get_task",
        "bus_get_task",
        "Reads a task: what is to be done, its state and attempt, what it depends on, how it is verified, the last error and the reviewer's \
         notes. Read it before you complete, fail or review it: its `attempt` has to be named.",
    ),
    Entry(
        "create_task",
        "bus_create_task",
        "Makes a task for work that you found and that is not part of your own ticket. It is pending until GO has room for it and assigns \
         it, so don't wait for it. Give it a title, a description that somebody without your context can work from, and `verify` commands \
         that all exit 0 when it is well done.",
    ),
    Entry(
        "report_progress",
        "bus_report_progress",
        "Says how far you are with your task: what is done, what comes next. It restarts the task's idle clock, so call it during long work, \
         at each step that is done. Refused with `stale-attempt` where somebody else has the task by now: then stop.",
    ),
    Entry(
        "complete_task",
        "bus_complete_task",
        "Hands a task over as done. Only for whoever answers for it (its `assignee`: a PO, an HO or M0) after its verification has passed. \
         If you build a ticket, don't call this: end your turn, and your work is verified, reviewed and landed. A significant deliverable \
         goes to a fresh reviewer first.",
    ),
    Entry(
        "fail_task",
        "bus_fail_task",
        "Gives an attempt up, with what went wrong. Only for whoever answers for the task (its `assignee`). `retryable` true has it tried \
         again after a pause, until it has failed too often; false ends it for good and blocks what depends on it.",
    ),
    Entry(
        "review_task",
        "bus_review_task",
        "Gives your verdict on a delivered task; `id` is the delivered task's, not your review task's. `approve` only what you have checked \
         yourself; `request_changes` with notes that say what is wrong and where, as the builder's next attempt reads nothing else of you. \
         It ends your work: end your turn afterwards.",
    ),
    Entry(
        "raise_alert",
        "bus_raise_alert",
        "Tells somebody of what is wrong beyond your own task. L1 to L3 go to the desk (C0), L4 and L5 to a human at once: only what can't \
         wait, such as data at risk or work that costs money in vain. A `dedupe_key` makes a repeat the same alert. Nobody answers an \
         alert; to get an answer use bus_ask_human.",
    ),
    Entry(
        "ask_question",
        "bus_ask_human",
        "Asks a human what nobody else can decide. With `task`, your task waits from then on and frees its place: end your turn at once, \
         as you are stopped; the task goes on with the answer in a new attempt that has your conversation. So commit or write down what you have, \
         and ask all you need in one question, with the context to answer it. Give `options`, and a `default` with a `deadline` where work can \
         go on without an answer.",
    ),
    Entry(
        "record_cost",
        "bus_report_cost",
        "Records money that your own work has cost outside of your model, such as a paid service that you called. What your model costs is \
         recorded by your driver: don't report it, or it counts twice. `usd` is a decimal text such as \"0.0132\".",
    ),
    Entry(
        "spawn_agent",
        "bus_spawn_agent",
        "Spawns an agent. Only for an HO, PO or IO, which spawn specialists, workers and reviewers: a builder for a task that you answer for \
         (`task`), or a fresh reviewer for a review task. The prompt needs a `## Verification` section. It takes a free slot of its host; \
         `no-slot` means that you try again when an agent has ended. Its end reaches you by its exit report, so read its task then.",
    ),
];

/// Every tool, in the order of the contract's page.
pub(crate) fn tools() -> Vec<Tool> {
    let operations = routes::operations();
    let by_id: BTreeMap<&str, &Operation> = operations.iter().map(|operation| (operation.name(), operation)).collect();
    TABLE.iter().filter_map(|entry| by_id.get(entry.0).map(|operation| tool(entry, operation))).collect()
}

fn tool(Entry(_, name, about): &Entry, operation: &Operation) -> Tool {
    let (path, method, _) = operation.permit();
    let mut tool = Tool {
        name,
        method: method.clone(),
        path,
        about,
        input: operation.arguments(),
        own: None,
        usual: &[],
        acknowledges: false,
    };
    match *name {
        "bus_read_messages" => {
            (tool.own, tool.usual, tool.acknowledges) = (Some("id"), &[SHORT, ("unread", Usual::Yes)], true);
            let ids = json!({
                "type": "array", "items": { "type": "string" }, "maxItems": MOST_ACKNOWLEDGED,
                "description": "The ids of messages that you have dealt with: they are acknowledged before the others are read.",
            });
            property(&mut tool.input, "acknowledge", ids);
        }
        "bus_list_tasks" => tool.usual = &[SHORT],
        "bus_report_cost" => tool.own = Some("agent"),
        _ => {}
    }
    if let Some(own) = tool.own {
        may_be_left_out(&mut tool.input, own);
    }
    tool
}

fn property(input: &mut Map<String, Value>, name: &str, schema: Value) {
    if let Some(properties) = input.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(name.to_owned(), schema);
    }
}

/// What is the caller's own where it is left out is not asked for.
fn may_be_left_out(input: &mut Map<String, Value>, name: &str) {
    if let Some(required) = input.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|known| known != name);
    }
    if let Some(schema) = input.get_mut("properties").and_then(|all| all.get_mut(name)).and_then(Value::as_object_mut) {
        schema.insert("description".to_owned(), "The agent; yourself where it is left out.".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's page, *The rest*.
    const CONTRACT: [&str; 13] = [
        "bus_send_message",
        "bus_read_messages",
        "bus_list_tasks",
        "bus_get_task",
        "bus_create_task",
        "bus_report_progress",
        "bus_complete_task",
        "bus_fail_task",
        "bus_review_task",
        "bus_raise_alert",
        "bus_ask_human",
        "bus_report_cost",
        "bus_spawn_agent",
    ];

    #[test]
    fn the_tools_are_those_of_the_contract() {
        assert_eq!(tools().iter().map(|tool| tool.name).collect::<Vec<_>>(), CONTRACT);
    }

    #[test]
    fn each_takes_the_fields_of_its_operation_and_says_so_in_one_schema() {
        for tool in tools() {
            let input = Value::Object(tool.input.clone());
            assert_eq!(input["type"], "object", "{}", tool.name);
            assert!(!input.to_string().contains("$ref"), "{}: a model reads one schema", tool.name);
            let properties = input["properties"].as_object().unwrap();
            assert!(
                !properties.is_empty() && properties.values().all(|field| field.get("description").is_some()),
                "{}",
                tool.name
            );
            assert_eq!(
                tool.path.contains("{id}"),
                properties.contains_key("id") && tool.name != "bus_create_task",
                "{}",
                tool.name
            );
        }
        let of = |name: &str| {
            tools().into_iter().find(|tool| tool.name == name).map(|tool| Value::Object(tool.input)).unwrap()
        };
        assert_eq!(of("bus_complete_task")["required"], json!(["id", "attempt", "summary"]));
        assert_eq!(of("bus_review_task")["required"], json!(["id", "verdict"]));
        assert!(of("bus_read_messages").get("required").is_none_or(|required| required == &json!([])));
        assert!(!of("bus_report_cost")["required"].as_array().unwrap().contains(&json!("agent")));
        let filters = of("bus_list_tasks")["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(filters, ["assignee", "cursor", "kind", "limit", "project", "sprint", "state"]);
    }
}
