//! The steps of tasks and agents, walked in every way there is.

use std::collections::BTreeSet;

use go_bus_api::{AgentState, TaskState, Timestamp, Usd};
use proptest::prelude::*;

/// Every task state that can follow `from`, in any number of steps.
fn task_states_after(from: TaskState) -> Vec<TaskState> {
    let mut found = Vec::new();
    let mut open = vec![from];
    while let Some(state) = open.pop() {
        for next in TaskState::ALL.into_iter().filter(|next| state.become_state(*next).is_ok()) {
            if !found.contains(&next) {
                found.push(next);
                open.push(next);
            }
        }
    }
    found
}

fn agent_states_after(from: AgentState) -> BTreeSet<AgentState> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(state) = open.pop() {
        open.extend(AgentState::ALL.into_iter().filter(|next| state.may_become(*next) && found.insert(*next)));
    }
    found
}

#[test]
fn nothing_follows_a_task_s_end() {
    assert_eq!(task_states_after(TaskState::Done), []);
    assert_eq!(task_states_after(TaskState::Cancelled), []);
}

#[test]
fn every_task_that_is_not_over_can_still_be_done() {
    for from in TaskState::ALL.into_iter().filter(|s| !matches!(s, TaskState::Done | TaskState::Cancelled)) {
        assert!(task_states_after(from).contains(&TaskState::Done), "{from:?} is a dead end");
    }
}

#[test]
fn a_task_comes_back_from_failure_only_through_pending() {
    for to in TaskState::ALL {
        assert_eq!(TaskState::Failed.become_state(to).is_ok(), to == TaskState::Pending, "{to:?}");
    }
}

#[test]
fn work_begins_only_with_an_assignment() {
    let before: Vec<_> = TaskState::ALL.into_iter().filter(|s| s.become_state(TaskState::InProgress).is_ok()).collect();
    for state in before {
        assert!(state.is_assignable() || state == TaskState::Waiting, "{state:?} starts work by itself");
    }
}

#[test]
fn nothing_follows_an_agent_s_end() {
    assert_eq!(agent_states_after(AgentState::Terminated), BTreeSet::from([AgentState::Terminated]));
}

#[test]
fn every_agent_can_end() {
    for from in AgentState::ALL {
        assert!(agent_states_after(from).contains(&AgentState::Terminated), "{from:?} never ends");
    }
}

#[test]
fn an_agent_that_is_not_live_never_lives_again() {
    for from in AgentState::ALL.into_iter().filter(|s| !s.is_live()) {
        assert!(agent_states_after(from).iter().all(|s| !s.is_live()), "{from:?} came back");
    }
}

#[test]
fn a_live_agent_holds_its_slot() {
    for state in AgentState::ALL {
        assert!(!state.is_live() || state.holds_slot(), "{state:?}");
        assert_eq!(state.holds_slot(), !state.is_ended(), "{state:?}");
    }
}

proptest! {
    #[test]
    fn a_time_reads_back_as_printed(millis in any::<i64>()) {
        let time = Timestamp::from_unix_millis(millis);
        prop_assert_eq!(time.to_string().parse::<Timestamp>(), Ok(time));
    }

    #[test]
    fn money_reads_back_to_the_last_digit(whole in 0u32..1_000_000, places in 0u32..1_000_000) {
        let text = format!("{whole}.{places:06}");
        prop_assert_eq!(text.parse::<Usd>().map(|usd| usd.to_string()), Ok(text));
    }
}
