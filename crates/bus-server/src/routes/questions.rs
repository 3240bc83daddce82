//! `/io/questions`: what only a human can answer.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{Answer as AnswerBody, NewQuestion, QuestionId, ResourceKind};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write};

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/io/questions", get(list).post(ask)).route("/io/questions/{id}/answer", post(answer))
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Question, filters).await
}

async fn ask(State(bus): State<Bus>, Write(terms, body): Write<NewQuestion>) -> Answer {
    super::write(&bus, terms, Action::AskQuestion(body)).await
}

async fn answer(
    State(bus): State<Bus>,
    PathId(question): PathId<QuestionId>,
    Write(terms, body): Write<AnswerBody>,
) -> Answer {
    super::write(&bus, terms, Action::AnswerQuestion(question, body)).await
}
