//! Which conversation an agent goes on with: decided purely.

use go_bus_api::{Agent, AgentState, Attempt, ConversationId, ExitReport, FailureCause, Remedy};
use go_rules::uniqueness::Seat;

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

/// The conversation that an orchestrator takes up: that of the last on its seat, on this host and with its driver and account, where nothing was
/// wrong with it: it was stopped, or its keeper was lost. One that failed or was full is left, and what was handed over stands in the prompt.
pub(super) fn of_the_seat<'a>(agent: &Agent, known: impl IntoIterator<Item = &'a Agent>) -> Option<ConversationId> {
    let seat = |agent: &Agent| Seat::of(agent.role, agent.host.as_ref(), agent.project.as_ref(), agent.user.as_ref());
    let seat_of_it = seat(agent)?;
    let sat_there = known.into_iter().filter(|other| other.id != agent.id && seat(other).as_ref() == Some(&seat_of_it));
    let last = sat_there.max_by_key(|other| other.spawned_at)?;
    let is_alike = (&last.host, last.driver, &last.account) == (&agent.host, agent.driver, &agent.account);
    let report = &last.exit.as_ref().filter(|_| last.state == AgentState::Terminated && is_alike)?.report;
    let is_to_blame = report.failure.is_some() || agent.replaces.as_ref() == Some(&last.id);
    report.conversation.clone().filter(|_| !is_to_blame)
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

    fn po(id: &str, spawned: u32, exit: Value) -> Agent {
        let mut po = serde_json::to_value(agent(1, exit)).unwrap();
        let at = format!("2026-03-21T08:15:{spawned:02}.000Z");
        let own = json!({"id": id, "role": "po", "task": null, "attempt": null, "spawned_at": at});
        po.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        serde_json::from_value(po).unwrap()
    }

    fn seated(next: &Agent, known: &[Agent]) -> Option<String> {
        of_the_seat(next, known).map(|id| id.0.to_string())
    }

    #[test]
    fn an_orchestrator_takes_up_what_its_predecessor_was_in_unless_that_failed_or_was_handed_over() {
        let next = po("a-9", 30, Value::Null);
        let stopped = || po("a-1", 10, json!({"stopped": true, "conversation": "c-1"}));
        assert_eq!(seated(&next, &[stopped(), next.clone()]).as_deref(), Some("c-1"));
        assert_eq!(
            seated(&next, &[po("a-1", 10, json!({"conversation": "c-1"}))]).as_deref(),
            Some("c-1"),
            "its keeper was lost"
        );
        let failed = po("a-2", 20, ended("c-2", Some(("retry", "no_change"))));
        assert_eq!(seated(&next, &[stopped(), failed]), None, "and none before it is taken");
        let rotated = Agent { replaces: Some(stopped().id), ..next.clone() };
        assert_eq!(seated(&rotated, &[stopped()]), None);
        for (key, value) in
            [("host", "h2"), ("driver", "codex"), ("account", "b"), ("project", "other"), ("state", "lost")]
        {
            let mut other = serde_json::to_value(stopped()).unwrap();
            other[key] = json!(value);
            assert_eq!(seated(&next, &[serde_json::from_value(other).unwrap()]), None, "{key}");
        }
        assert_eq!(seated(&agent(1, Value::Null), &[stopped()]), None, "a hand has no seat");
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
