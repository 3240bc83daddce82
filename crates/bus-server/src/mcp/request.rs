//! A tool's arguments as the requests of the REST API that they stand for.

use go_bus_api::AgentId;
use http::Method;
use serde_json::{Map, Value};

use super::catalogue::Tool;

/// How many messages one call may acknowledge.
pub(super) const MOST_ACKNOWLEDGED: usize = 100;

/// A request of the REST API. The last one's answer is the call's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Planned {
    /// Its method.
    pub(super) method: Method,
    /// Its path and query string.
    pub(super) uri: String,
    /// Its body, where it has one.
    pub(super) body: Option<Value>,
}

/// The requests of a call by `caller`, in order; each has to be granted before the next is sent. The error says which argument is wrong.
pub(super) fn plan(
    tool: &Tool,
    arguments: Map<String, Value>,
    caller: Option<&AgentId>,
) -> Result<Vec<Planned>, String> {
    let mut arguments = arguments;
    // Models write null for what they leave out.
    arguments.retain(|_, value| !value.is_null());
    known(tool, &arguments)?;
    for (name, value) in tool.usual {
        arguments.entry(*name).or_insert_with(|| Value::from(*value));
    }
    if let (Some(name), Some(caller)) = (tool.own, caller) {
        arguments.entry(name).or_insert_with(|| Value::from(caller.as_str()));
    }
    let mut requests = if tool.acknowledges { acknowledgements(&mut arguments)? } else { Vec::new() };
    let mut path = tool.path.to_owned();
    if path.contains("{id}") {
        path = path.replace("{id}", &encoded(&id(&mut arguments)?));
    }
    let (query, body) =
        if tool.method == Method::GET { (query(&arguments)?, None) } else { (String::new(), Some(arguments.into())) };
    requests.push(Planned { method: tool.method.clone(), uri: format!("{path}{query}"), body });
    Ok(requests)
}

/// What agents call the id in a path.
const IDS: [&str; 3] = ["id", "task", "task_id"];

/// Refuses an argument that the tool does not have: left out in silence, what it says would be lost.
fn known(tool: &Tool, arguments: &Map<String, Value>) -> Result<(), String> {
    let Some(fields) = tool.input.get("properties").and_then(Value::as_object) else { return Ok(()) };
    let is_id = |name: &str| tool.path.contains("{id}") && IDS.contains(&name);
    match arguments.keys().find(|name| !fields.contains_key(*name) && !is_id(name)) {
        None => Ok(()),
        Some(unknown) => {
            let names: Vec<String> = fields.keys().map(|name| format!("`{name}`")).collect();
            Err(format!("there is no argument `{unknown}`; there are {}", names.join(", ")))
        }
    }
}

/// The id in the path; agents call it by what it is the id of as well.
fn id(arguments: &mut Map<String, Value>) -> Result<String, String> {
    let found = IDS.into_iter().find_map(|name| arguments.remove(name));
    match found {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        Some(_) => Err("`id` has to be a text such as \"T-1\"".to_owned()),
        None => Err("`id` is missing".to_owned()),
    }
}

fn acknowledgements(arguments: &mut Map<String, Value>) -> Result<Vec<Planned>, String> {
    let wrong = || format!("`acknowledge` has to be a list of at most {MOST_ACKNOWLEDGED} messages' ids");
    let ids = match arguments.remove("acknowledge") {
        None => return Ok(Vec::new()),
        Some(Value::Array(ids)) if ids.len() <= MOST_ACKNOWLEDGED => ids,
        Some(_) => return Err(wrong()),
    };
    let acknowledge = |id: &Value| {
        let id = id.as_str().filter(|id| !id.is_empty()).ok_or_else(wrong)?;
        Ok(Planned { method: Method::POST, uri: format!("/messages/{}/ack", encoded(id)), body: None })
    };
    ids.iter().map(acknowledge).collect()
}

fn query(arguments: &Map<String, Value>) -> Result<String, String> {
    let mut query = String::new();
    for (name, value) in arguments {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return Err(format!("`{name}` has to be one value")),
        };
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(&format!("{}={}", encoded(name), encoded(&text)));
    }
    Ok(query)
}

/// `text` as one part of a path or query (RFC 3986): nothing in it leads elsewhere.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            b'.' => out.push_str("%2E"),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::catalogue;
    use super::*;
    use serde_json::json;

    fn planned(tool: &str, arguments: Value) -> Result<Vec<Planned>, String> {
        let tools = catalogue::tools();
        let tool = tools.iter().find(|known| known.name == tool).unwrap();
        let caller = AgentId::new("a-1").unwrap();
        plan(tool, arguments.as_object().cloned().unwrap_or_default(), Some(&caller))
    }

    fn only(tool: &str, arguments: Value) -> Planned {
        let mut planned = planned(tool, arguments).unwrap();
        assert_eq!(planned.len(), 1);
        planned.remove(0)
    }

    #[test]
    fn the_id_goes_into_the_path_and_the_rest_into_the_body() {
        let request = only("bus_report_progress", json!({"id": "T-1", "attempt": 2, "note": "half", "percent": null}));
        let body = json!({"attempt": 2, "note": "half"});
        assert_eq!(request, Planned { method: Method::POST, uri: "/tasks/T-1/progress".to_owned(), body: Some(body) });
        assert_eq!(only("bus_get_task", json!({"task_id": "T-1"})).uri, "/tasks/T-1");
        assert_eq!(planned("bus_get_task", json!({})), Err("`id` is missing".to_owned()));
        assert!(planned("bus_get_task", json!({"id": 7})).is_err());
    }

    #[test]
    fn no_id_leads_to_another_path() {
        assert_eq!(only("bus_get_task", json!({"id": "T-1/assign?x#y%2e"})).uri, "/tasks/T-1%2Fassign%3Fx%23y%252e");
        assert_eq!(only("bus_get_task", json!({"id": ".."})).uri, "/tasks/%2E%2E");
    }

    #[test]
    fn a_list_s_filters_are_its_query() {
        let request = only("bus_list_tasks", json!({"state": "in_progress", "limit": 3, "assignee": "a b&c"}));
        assert_eq!((request.body, request.uri.as_str()), (None, "/tasks?assignee=a%20b%26c&limit=3&state=in_progress"));
        assert_eq!(only("bus_list_tasks", json!({})).uri, "/tasks?limit=20");
        assert!(planned("bus_list_tasks", json!({"state": ["pending"]})).is_err());
    }

    #[test]
    fn an_inbox_is_the_caller_s_and_what_it_has_dealt_with_is_acknowledged_first() {
        assert_eq!(only("bus_read_messages", json!({})).uri, "/agents/a-1/messages?limit=20&unread=true");
        assert_eq!(
            only("bus_read_messages", json!({"id": "po-1", "unread": false})).uri,
            "/agents/po-1/messages?limit=20&unread=false"
        );
        let uris: Vec<_> = planned("bus_read_messages", json!({"acknowledge": ["m-1", "m-2"]}))
            .unwrap()
            .into_iter()
            .map(|one| one.uri)
            .collect();
        assert_eq!(uris, ["/messages/m-1/ack", "/messages/m-2/ack", "/agents/a-1/messages?limit=20&unread=true"]);
        for wrong in [json!("m-1"), json!([7]), json!([""]), json!(vec!["m"; MOST_ACKNOWLEDGED + 1])] {
            assert!(planned("bus_read_messages", json!({"acknowledge": wrong})).is_err());
        }
    }

    #[test]
    fn what_a_tool_does_not_take_is_refused_and_not_lost() {
        let review = json!({"id": "T-1", "verdict": "request_changes", "note": "the door jams"});
        assert_eq!(
            planned("bus_review_task", review).unwrap_err(),
            "there is no argument `note`; there are `id`, `notes`, `verdict`"
        );
        assert!(planned("bus_raise_alert", json!({"level": "L1", "title": "x", "task": "T-1"})).is_err());
        assert!(planned("bus_review_task", json!({"task_id": "T-1", "verdict": "approve", "note": null})).is_ok());
    }

    #[test]
    fn a_cost_is_the_caller_s_own_where_nobody_else_is_named() {
        assert_eq!(only("bus_report_cost", json!({"usd": "1"})).body, Some(json!({"usd": "1", "agent": "a-1"})));
        assert_eq!(only("bus_report_cost", json!({"agent": "a-2"})).body, Some(json!({"agent": "a-2"})));
    }
}
