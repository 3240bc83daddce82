//! The Bus's own record after the end, as `go events --json` prints it.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is read of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// Its number.
    pub(super) seq: u64,
    /// Its kind.
    pub(super) kind: String,
    /// What it is about, such as `tasks/T-001`.
    pub(super) subject: String,
    /// The task of an agent's event.
    task: Option<String>,
    /// Whether an agent's event has an exit with code 0.
    good_exit: bool,
}

/// Reads JSON Lines; the first that is no event is the error.
pub(super) fn parse(text: &str) -> Result<Vec<Event>, String> {
    text.lines().map(|line| event(line).ok_or_else(|| line.to_owned())).collect()
}

fn event(line: &str) -> Option<Event> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let bears_result = value.pointer("/data/exit/stopped").and_then(Value::as_bool) != Some(true);
    Some(Event {
        seq: value.get("seq")?.as_u64()?,
        kind: text("/kind")?,
        subject: text("/subject").unwrap_or_default(),
        task: text("/data/task"),
        good_exit: bears_result && value.pointer("/data/exit/code").and_then(Value::as_i64) == Some(0),
    })
}

/// Agents that were asked for on a task after another agent's good end on the same task was recorded, as `agent: task`.
pub(super) fn asked_for_again(events: &[Event]) -> BTreeMap<String, String> {
    let mut ended_well: BTreeMap<&str, u64> = BTreeMap::new();
    let mut again = BTreeMap::new();
    for event in events {
        let Some(task) = &event.task else { continue };
        match event.kind.as_str() {
            "agent.terminated" if event.good_exit => {
                ended_well.insert(task, event.seq);
            }
            "agent.requested" if ended_well.contains_key(task.as_str()) => {
                again.insert(event.subject.replacen("agents/", "", 1), task.clone());
            }
            _ => {}
        }
    }
    again
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"seq":1,"kind":"agent.requested","subject":"agents/a","data":{"task":"T-001"}}
{"seq":2,"kind":"agent.terminated","subject":"agents/a","data":{"task":"T-001","exit":{"code":0}}}"#;

    #[test]
    fn an_agent_asked_for_after_a_good_end_is_found() {
        let more = r#"{"seq":3,"kind":"agent.requested","subject":"agents/b","data":{"task":"T-001"}}"#;
        let events = parse(&format!("{GOOD}\n{more}")).unwrap();
        assert_eq!(asked_for_again(&events), BTreeMap::from([("b".to_owned(), "T-001".to_owned())]));
        assert!(asked_for_again(&parse(GOOD).unwrap()).is_empty());
        let failed = GOOD.replace(r#""code":0"#, r#""code":1"#);
        assert!(asked_for_again(&parse(&format!("{failed}\n{more}")).unwrap()).is_empty());
        let stopped = GOOD.replace(r#""code":0"#, r#""code":0,"stopped":true"#);
        assert!(asked_for_again(&parse(&format!("{stopped}\n{more}")).unwrap()).is_empty());
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        assert_eq!(parse("nothing"), Err("nothing".to_owned()));
    }
}
