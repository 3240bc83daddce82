//! `/sprints`: windows of work (R27).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{CloseSprint, NewSprint, ProblemKind, ResourceKind, Sprint, SprintId};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write, WriteOr};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/sprints", get(list).post(start))
        .route("/sprints/{id}", get(one))
        .route("/sprints/{id}/close", post(close))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/sprints", "list_sprints", "Sprints, oldest first.").lists::<Sprint>(&["state"]),
        Operation::post("/sprints", "start_sprint", "Starts a sprint; GO's alone.")
            .needs(&[Right::SprintsManage])
            .takes::<NewSprint>()
            .refuses(&[ProblemKind::AlreadyExists, ProblemKind::WrongState])
            .creates::<Sprint>(),
        Operation::get("/sprints/{id}", "get_sprint", "A sprint.").of::<SprintId>().shows::<Sprint>(),
        Operation::post(
            "/sprints/{id}/close",
            "close_sprint",
            "Closes a sprint, with the pushes and messages that follow from it; GO's alone.",
        )
        .needs(&[Right::SprintsManage])
        .of::<SprintId>()
        .may_take::<CloseSprint>()
        .refuses(&[ProblemKind::WrongState])
        .shows::<Sprint>(),
    ]
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Sprint, filters).await
}

async fn one(State(bus): State<Bus>, PathId(sprint): PathId<SprintId>) -> Answer {
    super::one(&bus, ResourceKind::Sprint, sprint.as_str()).await
}

async fn start(State(bus): State<Bus>, Write(terms, body): Write<NewSprint>) -> Answer {
    super::write(&bus, terms, Action::StartSprint(body)).await
}

async fn close(
    State(bus): State<Bus>,
    PathId(sprint): PathId<SprintId>,
    WriteOr(terms, body): WriteOr<CloseSprint>,
) -> Answer {
    super::write(&bus, terms, Action::EndSprint(sprint, body)).await
}
