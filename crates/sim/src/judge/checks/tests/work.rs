//! Tasks, agents, seats and places.

use go_bus_api::{AgentId, EventKind, TaskId};

use crate::faults::Fault;
use crate::judge::samples::{Story, about, agent, host, of_task, task};
use crate::judge::{Answer, Call, Decision, Deed, Invariant, RunEnd, What};
use crate::{HostNo, Machine, Node};

fn run(story: &mut Story, id: &str, host: u8, on: Option<&str>) {
    let (agent, task) = (AgentId::new(id).unwrap(), on.map(|id| TaskId::new(id).unwrap()));
    let host = HostNo(host);
    story.tell(Some(Node::Agents(host)), What::RunBegan { agent, host, role: go_bus_api::Role::Worker, task });
}

fn ended(story: &mut Story, id: &str, end: RunEnd) {
    story.tell(Some(Node::Agents(HostNo(1))), What::RunEnded { agent: AgentId::new(id).unwrap(), end });
}

fn requested(story: &mut Story, id: &str, role: &str, parent: &str, on: Option<&str>) {
    story.event(EventKind::AgentRequested, about(agent(id, role, "requested", parent, on)));
}

#[test]
fn a_task_that_is_not_done_at_the_end_is_lost() {
    let mut story = Story::new();
    story.event(EventKind::TaskCreated, of_task(task("T-1", "in_progress", 1)));
    assert_eq!(story.end(), [Invariant::NoneLost]);
    story.event(EventKind::TaskCompleted, of_task(task("T-1", "done", 1)));
    assert_eq!(story.end(), []);
}

#[test]
fn a_failure_counts_as_an_end_only_where_an_attempt_failed() {
    let mut story = Story::new();
    let mut failed = task("T-1", "failed", 3);
    story.event(EventKind::TaskFailed, of_task(failed.clone()));
    assert_eq!(story.end(), [Invariant::NoneLost]);
    failed.failures = 3;
    story.event(EventKind::TaskUpdated, of_task(failed));
    let mut behind = task("T-2", "blocked", 0);
    story.event(EventKind::TaskBlocked, of_task(behind.clone()));
    assert_eq!(story.end(), [Invariant::NoneLost]);
    behind.depends_on = vec![TaskId::new("T-1").unwrap()];
    story.event(EventKind::TaskUpdated, of_task(behind));
    assert_eq!(story.end(), []);
}

#[test]
fn what_waits_behind_a_task_that_is_set_aside_is_not_lost_and_behind_any_other_it_is() {
    let mut story = Story::new();
    let behind = |id: &str, other: &str| {
        let mut behind = task(id, "pending", 0);
        behind.depends_on = vec![TaskId::new(other).unwrap()];
        of_task(behind)
    };
    let mut aside = task("T-1", "blocked", 3);
    aside.review_rounds = 2;
    story.event(EventKind::TaskBlocked, of_task(aside.clone()));
    story.event(EventKind::TaskCreated, behind("T-2", "T-1"));
    story.event(EventKind::TaskCreated, behind("T-3", "T-2"));
    assert_eq!(story.end(), [Invariant::NoneLost; 3]);
    aside.review_rounds = 3;
    story.event(EventKind::TaskUpdated, of_task(aside));
    assert_eq!(story.end(), []);
    story.event(EventKind::TaskCompleted, of_task(task("T-4", "done", 1)));
    story.event(EventKind::TaskCreated, behind("T-5", "T-4"));
    assert_eq!(story.end(), [Invariant::NoneLost]);
}

#[test]
fn a_second_completion_and_a_result_of_another_attempt_are_seen() {
    let mut story = Story::new();
    story.event(EventKind::TaskAssigned, of_task(task("T-1", "in_progress", 2)));
    let result = |attempt| Deed::Result { task: TaskId::new("T-1").unwrap(), attempt: go_bus_api::Attempt(attempt) };
    story.commit("a-1", None, result(2), Decision::Done(None));
    assert_eq!(story.wrong(), []);
    story.commit("a-1", None, result(1), Decision::Done(None));
    assert_eq!(story.wrong(), [Invariant::CompletedOnce]);
    story.event(EventKind::TaskCompleted, of_task(task("T-1", "done", 2)));
    story.event(EventKind::TaskCompleted, of_task(task("T-1", "done", 2)));
    assert_eq!(story.wrong(), [Invariant::CompletedOnce; 2]);
}

#[test]
fn two_runs_of_a_task_and_two_of_an_agent_are_one_too_many() {
    let mut story = Story::new();
    run(&mut story, "a-1", 1, Some("T-1"));
    run(&mut story, "a-2", 2, Some("T-1"));
    assert_eq!(story.wrong(), [Invariant::RunsOnce]);
    let mut story = Story::new();
    run(&mut story, "a-1", 1, Some("T-1"));
    ended(&mut story, "a-1", RunEnd::Finished);
    run(&mut story, "a-2", 2, Some("T-1"));
    assert_eq!(story.wrong(), []);
    run(&mut story, "a-1", 1, None);
    assert_eq!(story.wrong(), [Invariant::RunsOnce]);
}

#[test]
fn a_second_builder_is_seen_before_it_runs() {
    let mut story = Story::new();
    requested(&mut story, "a-p", "po", "000", None);
    requested(&mut story, "a-1", "worker", "a-p", Some("T-1"));
    requested(&mut story, "a-2", "worker", "a-p", Some("T-1"));
    assert_eq!(story.wrong(), [Invariant::RunsOnce]);
}

#[test]
fn what_runs_well_is_stopped_by_order_alone() {
    let stopped = |state: &str, beats: &[u64]| {
        let mut story = Story::new();
        let launcher = Node::Launcher(HostNo(1));
        for at in beats {
            let id = story.at(*at).ask(launcher, None, Call::HostBeat("h1".parse().unwrap()));
            story.tell(Some(launcher), What::Answered { id, answer: Answer::Status(200) });
        }
        story.event(EventKind::AgentBusy, about(agent("a-1", "worker", state, "a-p", Some("T-1"))));
        run(&mut story, "a-1", 1, Some("T-1"));
        story.at(10_000);
        ended(&mut story, "a-1", RunEnd::Stopped);
        story.wrong()
    };
    assert_eq!(stopped("busy", &[7000, 9000]), [Invariant::AdoptedUnharmed]);
    assert_eq!(stopped("draining", &[7000, 9000]), []);
    assert_eq!(stopped("busy", &[3000, 5000]), [], "the host's lease was over");
    assert_eq!(stopped("busy", &[5000, 9500]), [], "it had been over, as the stop began");
}

#[test]
fn what_stood_still_is_stopped_by_an_order_from_before_it_came_to() {
    let asleep = Fault::Pause(Node::Agents(HostNo(1)));
    let stopped = |beats: &[u64]| {
        let mut story = Story::new();
        let launcher = Node::Launcher(HostNo(1));
        story.event(EventKind::AgentBusy, about(agent("a-1", "worker", "busy", "a-p", Some("T-1"))));
        run(&mut story, "a-1", 1, Some("T-1"));
        for (place, at) in beats.iter().enumerate() {
            if place == 1 {
                story.at(1800).tell(None, What::FaultBegan(asleep));
            }
            let id = story.at(*at).ask(launcher, None, Call::HostBeat("h1".parse().unwrap()));
            story.tell(Some(launcher), What::Answered { id, answer: Answer::Status(200) });
        }
        story.at(9600).tell(None, What::FaultEnded(asleep)).at(9700);
        ended(&mut story, "a-1", RunEnd::Stopped);
        story.wrong()
    };
    assert_eq!(stopped(&[500, 8000]), [], "the lease was over while it stood still");
    assert_eq!(stopped(&[500, 2000, 3500, 5000, 6500, 8000, 9000]), [Invariant::AdoptedUnharmed]);
}

#[test]
fn nobody_is_reported_as_ended_while_it_runs() {
    let mut story = Story::new();
    run(&mut story, "a-1", 1, Some("T-1"));
    story.event(EventKind::AgentTerminated, about(agent("a-1", "worker", "terminated", "a-p", Some("T-1"))));
    assert_eq!(story.wrong(), [Invariant::AdoptedUnharmed]);
}

#[test]
fn whoever_sleeps_does_not_run_until_it_is_awake_for_a_while() {
    let asleep = Fault::Suspend(Machine::Host(HostNo(1)));
    let second = |at: u64| {
        let mut story = Story::new();
        run(&mut story, "a-1", 1, Some("T-1"));
        story.at(1000).tell(None, What::FaultBegan(asleep)).at(9000).tell(None, What::FaultEnded(asleep));
        story.at(at);
        run(&mut story, "a-2", 2, Some("T-1"));
        story.wrong()
    };
    assert_eq!(second(9500), []);
    assert_eq!(second(10_500), [Invariant::RunsOnce]);
}

#[test]
fn a_seat_is_taken_once_and_freed_by_draining() {
    let mut story = Story::new();
    requested(&mut story, "a-1", "po", "000", None);
    requested(&mut story, "a-2", "ho", "000", None);
    assert_eq!(story.wrong(), []);
    requested(&mut story, "a-3", "po", "000", None);
    assert_eq!(story.wrong(), [Invariant::OneSeat]);
    let mut story = Story::new();
    requested(&mut story, "a-1", "po", "000", None);
    story.event(EventKind::AgentDraining, about(agent("a-1", "po", "draining", "000", None)));
    requested(&mut story, "a-3", "po", "000", None);
    assert_eq!(story.wrong(), []);
}

#[test]
fn tiers_are_kept() {
    let spawned = |role: &str, parent: &str| {
        let mut story = Story::new();
        requested(&mut story, "a-p", "po", "000", None);
        requested(&mut story, "a-1", role, parent, None);
        story.wrong()
    };
    assert_eq!(spawned("specialist", "a-p"), []);
    assert_eq!(spawned("specialist", "000"), [Invariant::Tiers]);
    assert_eq!(spawned("ho", "a-p"), [Invariant::Tiers]);
}

#[test]
fn a_verdict_is_a_reviewer_s_who_did_not_build_it() {
    let judged = |role: &str, built: bool| {
        let mut story = Story::new();
        let mut delivered = task("T-1", "in_review", 1);
        delivered.builders = built.then(|| AgentId::new("a-1").unwrap()).into_iter().collect();
        story.event(EventKind::TaskDelivered, of_task(delivered));
        story.event(EventKind::AgentBusy, about(agent("a-1", role, "busy", "a-p", None)));
        story.commit("a-1", None, Deed::Review(TaskId::new("T-1").unwrap()), Decision::Done(None));
        story.wrong()
    };
    assert_eq!(judged("reviewer", false), []);
    assert_eq!(judged("reviewer", true), [Invariant::FreshReviewer]);
    assert_eq!(judged("specialist", false), [Invariant::FreshReviewer]);
}

#[test]
fn one_more_than_the_slots_or_the_cap_is_seen() {
    let mut story = Story::new();
    for no in 0..8_u8 {
        run(&mut story, &format!("a-{no}"), no / 3 + 1, Some(&format!("T-{no}")));
    }
    assert_eq!(story.wrong(), []);
    run(&mut story, "a-9", 3, Some("T-9"));
    assert_eq!(story.wrong(), [Invariant::Caps], "the ninth of eight");
    let mut story = Story::new();
    requested(&mut story, "a-p", "po", "000", None);
    for no in 0..4 {
        requested(&mut story, &format!("a-{no}"), "worker", "a-p", Some(&format!("T-{no}")));
    }
    assert_eq!(story.wrong(), [Invariant::Caps], "the fourth on three slots");
}

#[test]
fn work_that_waits_while_places_are_free_is_seen() {
    let waiting = |tasks: u32, leader_dies: bool| {
        let mut story = Story::new();
        story.granted(Node::Go(1), 1, 0);
        if leader_dies {
            story.tell(Some(Node::Go(1)), What::Crashed).tell(Some(Node::Go(1)), What::Started);
        }
        story.event(EventKind::HostJoined, host("h1"));
        for no in 0..tasks {
            story.event(EventKind::TaskCreated, of_task(task(&format!("T-{no}"), "pending", 0)));
        }
        story.at(4500).tell(None, What::Passed).at(8600).tell(None, What::Passed).wrong()
    };
    assert_eq!(waiting(1, false), [Invariant::AtLeastMin]);
    assert_eq!(waiting(0, false), []);
    assert_eq!(waiting(1, true), [], "nobody may give it to anyone before the lease is over");
}
