//! What came of a sprint, as the World has it.

use std::collections::HashMap;

use go_bus_api::{CarriedOver, Sprint, Task, TaskId, TaskKind, TaskState, Text, Timestamp};
use go_bus_client::{ResultLine, World};

use crate::carried::why_carried;
use crate::report::{DoneTicket, ReviewCounts, ReviewOutcome, SprintReport, TimeSpent};

/// What came of `sprint` by `now`. It tells all of what was done while the sprint is under way.
pub(crate) fn account(world: &World, sprint: &Sprint, now: Timestamp) -> SprintReport {
    let finished: HashMap<&TaskId, &Task> = world.finished_in(&sprint.id).map(|task| (&task.id, task)).collect();
    let mut report = SprintReport {
        sprint: sprint.id.clone(),
        started_at: sprint.started_at,
        ends_at: sprint.ends_at,
        closed_at: now,
        tickets: sprint.tickets.len(),
        done: Vec::new(),
        cancelled: Vec::new(),
        carried: Vec::new(),
        reviews: ReviewCounts::default(),
        time: TimeSpent::default(),
        cost_usd: None,
    };
    for id in &sprint.tickets {
        match (world.task_state(id), finished.get(id)) {
            (Some(TaskState::Done), Some(task)) => report.add_done(task, review_of(&finished, id)),
            (Some(TaskState::Done), None) => report.done.extend(long_done(world, id)),
            (Some(TaskState::Cancelled) | None, _) => report.cancelled.push(id.clone()),
            (Some(_), _) => report.carry(world, id, now),
        }
    }
    report
}

impl SprintReport {
    fn add_done(&mut self, task: &Task, review: Option<&Task>) {
        let took_s = task.assigned_at.zip(task.finished_at).map(|(from, to)| to.since(from).as_secs());
        if let (Some(estimate), Some(took_s)) = (task.estimate_minutes, took_s) {
            self.time.estimated_minutes = self.time.estimated_minutes.saturating_add(u64::from(estimate));
            self.time.took_s = self.time.took_s.saturating_add(took_s);
        }
        let review = outcome(task, review);
        self.reviews.approved = self.reviews.approved.saturating_add(u32::from(review.is_some()));
        self.reviews.changes_requested = self.reviews.changes_requested.saturating_add(task.review_rounds);
        self.done.push(DoneTicket {
            ticket: task.id.clone(),
            project: task.project.clone(),
            title: line(task.title.as_str()),
            by: task.builders.clone(),
            answered_by: task.assignee.clone(),
            attempts: task.attempt.0,
            review,
            estimate_minutes: task.estimate_minutes,
            took_s,
            result: task.result.as_ref().and_then(|result| line(result.as_str())),
        });
    }

    fn carry(&mut self, world: &World, id: &TaskId, now: Timestamp) {
        let Some(task) = world.task(id) else { return };
        self.reviews.changes_requested = self.reviews.changes_requested.saturating_add(task.review_rounds);
        self.carried.push(CarriedOver { ticket: id.clone(), why: Text::clipped(&why_carried(world, task, now)) });
    }
}

/// The last review of `id` that was closed in the sprint.
fn review_of<'a>(finished: &HashMap<&TaskId, &'a Task>, id: &TaskId) -> Option<&'a Task> {
    let reviews = finished.values().filter(|task| task.kind == TaskKind::Review && task.review_of.as_ref() == Some(id));
    reviews.max_by_key(|review| (review.finished_at, &review.id)).copied()
}

/// How the review of what was done went; `None` where it was never delivered to one.
fn outcome(task: &Task, review: Option<&Task>) -> Option<ReviewOutcome> {
    task.delivered_at?;
    let verdict = review.and_then(|review| line(review.result.as_ref()?.as_str()));
    let reviewers = review.map(|review| review.builders.clone()).unwrap_or_default();
    Some(ReviewOutcome { reviewers, rounds: task.review_rounds, verdict })
}

/// Of what was done before it was in the sprint the World has but a line.
fn long_done(world: &World, id: &TaskId) -> Option<DoneTicket> {
    let past = world.past_task(id)?;
    Some(DoneTicket {
        ticket: past.id,
        project: past.project,
        title: None,
        by: Vec::new(),
        answered_by: None,
        attempts: past.attempt.0,
        review: None,
        estimate_minutes: None,
        took_s: None,
        result: past.result.map(|result| result.to_string()),
    })
}

fn line(text: &str) -> Option<String> {
    ResultLine::of(text).map(|line| line.to_string())
}
