//! `/tasks`: what there is to do.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{
    Assign, Complete, Fail, NewTask, ProblemKind, ReportProgress, ResourceKind, Review, Task, TaskId, TaskPatch,
};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write};
use crate::openapi::Operation;
use crate::permits::Right;
use crate::problems::Refusal;

/// One in how many parts the backoff's jitter is drawn.
const JITTER_PARTS: u32 = 1_000_001;

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/tasks", get(list).post(create))
        .route("/tasks/{id}", get(one).patch(patch))
        .route("/tasks/{id}/assign", post(assign))
        .route("/tasks/{id}/progress", post(progress))
        .route("/tasks/{id}/complete", post(complete))
        .route("/tasks/{id}/fail", post(fail))
        .route("/tasks/{id}/review", post(review))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/tasks", "list_tasks", "Tasks, in the order they were made.")
            .needs(&[Right::TasksRead])
            .lists::<Task>(&["state", "project", "assignee", "kind", "sprint"]),
        Operation::post("/tasks", "create_task", "Makes a task.")
            .needs(&[Right::TasksCreate])
            .takes::<NewTask>()
            .refuses(&[ProblemKind::AlreadyExists])
            .creates::<Task>(),
        Operation::get("/tasks/{id}", "get_task", "A task.").needs(&[Right::TasksRead]).of::<TaskId>().shows::<Task>(),
        Operation::patch("/tasks/{id}", "change_task", "Changes a task, or takes one of a person's steps with it.")
            .needs(&[Right::TasksCreate])
            .of::<TaskId>()
            .takes::<TaskPatch>()
            .refuses(&[ProblemKind::WrongState, ProblemKind::NotAssignee])
            .shows::<Task>(),
        Operation::post("/tasks/{id}/assign", "assign_task", "Assigns a task: the start signal.")
            .needs(&[Right::TasksAssign])
            .of::<TaskId>()
            .takes::<Assign>()
            .refuses(&[ProblemKind::NotReady, ProblemKind::Paused, ProblemKind::WrongState])
            .shows::<Task>(),
        Operation::post("/tasks/{id}/progress", "report_progress", "Reports progress, which restarts the idle clock.")
            .needs(&[Right::TasksComplete])
            .of::<TaskId>()
            .takes::<ReportProgress>()
            .refuses(&[ProblemKind::NotAssignee, ProblemKind::StaleAttempt, ProblemKind::WrongState])
            .shows::<Task>(),
        Operation::post(
            "/tasks/{id}/complete",
            "complete_task",
            "Delivers a task; one that is significant waits for a review.",
        )
        .needs(&[Right::TasksComplete])
        .of::<TaskId>()
        .takes::<Complete>()
        .refuses(&[ProblemKind::NotAssignee, ProblemKind::StaleAttempt, ProblemKind::WrongState])
        .shows::<Task>(),
        Operation::post("/tasks/{id}/fail", "fail_task", "Gives an attempt up.")
            .needs(&[Right::TasksComplete])
            .of::<TaskId>()
            .takes::<Fail>()
            .refuses(&[ProblemKind::NotAssignee, ProblemKind::StaleAttempt, ProblemKind::WrongState])
            .shows::<Task>(),
        Operation::post("/tasks/{id}/review", "review_task", "Judges a delivered task, as a fresh reviewer.")
            .needs(&[Right::TasksReview])
            .of::<TaskId>()
            .takes::<Review>()
            .refuses(&[ProblemKind::ReviewerNotFresh, ProblemKind::WrongState])
            .shows::<Task>(),
    ]
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Task, filters).await
}

async fn one(State(bus): State<Bus>, PathId(task): PathId<TaskId>) -> Answer {
    super::one(&bus, ResourceKind::Task, task.as_str()).await
}

async fn create(State(bus): State<Bus>, Write(terms, body): Write<NewTask>) -> Answer {
    super::write(&bus, terms, Action::CreateTask(body)).await
}

async fn patch(State(bus): State<Bus>, PathId(task): PathId<TaskId>, Write(terms, body): Write<TaskPatch>) -> Answer {
    super::write(&bus, terms, Action::PatchTask(task, body)).await
}

async fn assign(State(bus): State<Bus>, PathId(task): PathId<TaskId>, Write(terms, body): Write<Assign>) -> Answer {
    super::write(&bus, terms, Action::AssignTask(task, body)).await
}

async fn progress(
    State(bus): State<Bus>,
    PathId(task): PathId<TaskId>,
    Write(terms, body): Write<ReportProgress>,
) -> Answer {
    super::write(&bus, terms, Action::ReportProgress(task, body)).await
}

async fn complete(State(bus): State<Bus>, PathId(task): PathId<TaskId>, Write(terms, body): Write<Complete>) -> Answer {
    super::write(&bus, terms, Action::CompleteTask(task, body)).await
}

async fn fail(State(bus): State<Bus>, PathId(task): PathId<TaskId>, Write(terms, body): Write<Fail>) -> Answer {
    super::write(&bus, terms, Action::FailTask { task, body, jitter: jitter()? }).await
}

async fn review(State(bus): State<Bus>, PathId(task): PathId<TaskId>, Write(terms, body): Write<Review>) -> Answer {
    super::write(&bus, terms, Action::ReviewTask(task, body)).await
}

/// How far the backoff is spread, in millionths.
fn jitter() -> Result<u32, Refusal> {
    let drawn = getrandom::u32().map_err(|error| {
        tracing::error!(%error, "no random numbers");
        Refusal::new(ProblemKind::Internal, "this machine gives no random numbers")
    })?;
    Ok(drawn % JITTER_PARTS)
}
