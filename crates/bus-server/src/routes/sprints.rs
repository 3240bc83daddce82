//! `/sprints`: windows of work (R27).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{CloseSprint, NewSprint, ResourceKind, SprintId};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write, WriteOr};

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/sprints", get(list).post(start))
        .route("/sprints/{id}", get(one))
        .route("/sprints/{id}/close", post(close))
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
    WriteOr(terms, body): WriteOr<Closing>,
) -> Answer {
    super::write(&bus, terms, Action::EndSprint(sprint, body.into())).await
}

/// A [`CloseSprint`] that may be left out as a whole.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Closing {
    summary: go_bus_api::Text<65536>,
    pace: Option<go_bus_api::Pace>,
}

impl From<Closing> for CloseSprint {
    fn from(closing: Closing) -> Self {
        Self { summary: closing.summary, pace: closing.pace }
    }
}
