//! Which conversation an agent goes on with: decided purely.

use go_bus_api::{Agent, Attempt, ConversationId, ExitReport, FailureCause, Remedy};

/// The conversation that `agent` takes up: of the builders of its task that have ended on its host, with its driver and account, that
/// of the newest whose end is known.
///
/// None where that one's conversation is full or went in circles, or where silence ended it twice in a row: then the conversation
/// itself is to blame. One of whose end nothing is known is looked past.
pub(super) fn conversation(agent: &Agent, known: &[Agent]) -> Option<ConversationId> {
    let mut before: Vec<_> = known.iter().filter(|other| is_of_the_same(agent, other)).collect();
    before.sort_by_key(|other| std::cmp::Reverse((other.attempt.unwrap_or(Attempt(0)), other.spawned_at)));
    let mut ends = before.into_iter().filter_map(|other| other.exit.as_ref()).map(|exit| &exit.report).filter(tells);
    let last = ends.next()?;
    if is_used_up(last) || (is_silent(last) && ends.next().is_some_and(is_silent)) {
        return None;
    }
    last.conversation.clone()
}

fn is_of_the_same(agent: &Agent, other: &Agent) -> bool {
    other.id != agent.id
        && other.role == agent.role
        && other.state.is_ended()
        && (&other.task, &other.host, other.driver, &other.account)
            == (&agent.task, &agent.host, agent.driver, &agent.account)
}

/// Whether an end says anything of the conversation.
fn tells(report: &&ExitReport) -> bool {
    report.conversation.is_some() || report.failure.is_some()
}

fn is_used_up(report: &ExitReport) -> bool {
    report.failure.as_ref().is_some_and(|failure| {
        failure.remedy == Remedy::Rotate || matches!(failure.cause, FailureCause::Loop | FailureCause::ContextFull)
    })
}

fn is_silent(report: &ExitReport) -> bool {
    report.failure.as_ref().is_some_and(|failure| failure.cause == FailureCause::Silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// An agent of the `attempt`, with what its exit tells.
    fn agent(attempt: u32, exit: Value) -> Agent {
        let mut agent = json!({
            "id": format!("a-{attempt}"), "role": "worker", "host": "h1", "project": "site", "task": "T-1",
            "attempt": attempt, "state": "terminated", "driver": "claude",
            "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1
        });
        if let (Some(agent), Some(exit)) = (agent.as_object_mut(), exit.as_object()) {
            let mut exit = exit.clone();
            exit.insert("at".to_owned(), json!("2026-03-21T08:15:30.250Z"));
            agent.insert("exit".to_owned(), Value::Object(exit));
        }
        serde_json::from_value(agent).unwrap()
    }

    fn ended(conversation: &str, failure: Option<(&str, &str)>) -> Value {
        let failure = failure.map(|(remedy, cause)| json!({"remedy": remedy, "cause": cause, "detail": ""}));
        let mut exit = json!({"code": 1, "conversation": conversation});
        if let Some(failure) = failure {
            exit["failure"] = failure;
        }
        exit
    }

    fn taken_up(known: &[Agent]) -> Option<String> {
        conversation(&agent(9, Value::Null), known).map(|id| id.0.to_string())
    }

    #[test]
    fn the_newest_conversation_is_taken_up_also_of_one_that_was_stopped() {
        let first = agent(1, ended("c-1", None));
        let second = agent(2, json!({"stopped": true, "conversation": "c-2"}));
        assert_eq!(taken_up(&[second, first]).as_deref(), Some("c-2"));
        assert_eq!(taken_up(&[]), None);
    }

    #[test]
    fn one_of_whose_end_nothing_is_known_is_looked_past() {
        let known = [agent(1, ended("c-1", None)), agent(2, json!({}))];
        assert_eq!(taken_up(&known).as_deref(), Some("c-1"));
    }

    #[test]
    fn a_conversation_that_is_full_or_went_in_circles_is_left_and_none_before_it_is_taken() {
        for failure in [("rotate", "context_full"), ("retry", "loop")] {
            let known = [agent(1, ended("c-1", None)), agent(2, ended("c-1", Some(failure)))];
            assert_eq!(taken_up(&known), None, "{failure:?}");
        }
    }

    #[test]
    fn one_silence_is_forgiven_and_two_in_a_row_are_not() {
        let silent = |attempt| agent(attempt, ended("c-1", Some(("retry", "silent"))));
        assert_eq!(taken_up(&[silent(1)]).as_deref(), Some("c-1"));
        assert_eq!(taken_up(&[silent(1), silent(2)]), None);
        assert_eq!(taken_up(&[silent(1), agent(2, ended("c-1", None)), silent(3)]).as_deref(), Some("c-1"));
    }

    #[test]
    fn another_host_driver_account_role_or_task_is_another_s() {
        let with = |key: &str, value: &str| {
            let mut other = serde_json::to_value(agent(1, ended("c-1", None))).unwrap();
            other[key] = json!(value);
            serde_json::from_value::<Agent>(other).unwrap()
        };
        let others = [
            ("host", "h2"),
            ("driver", "codex"),
            ("account", "b"),
            ("role", "reviewer"),
            ("task", "T-2"),
            ("state", "lost"),
        ];
        for (key, value) in others {
            assert_eq!(taken_up(&[with(key, value)]), None, "{key}");
        }
    }
}
