//! `/io/questions`: what only a human can answer.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{Answer as AnswerBody, NewQuestion, ProblemKind, Question, QuestionId, ResourceKind};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/io/questions", get(list).post(ask)).route("/io/questions/{id}/answer", post(answer))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/io/questions", "list_questions", "Questions to humans, oldest first.")
            .lists::<Question>(&["state", "task"]),
        Operation::post("/io/questions", "ask_question", "Asks a human.")
            .needs(&[Right::MessagesSend])
            .takes::<NewQuestion>()
            .creates::<Question>(),
        Operation::post("/io/questions/{id}/answer", "answer_question", "Answers a question.")
            .needs(&[Right::MessagesSend])
            .of::<QuestionId>()
            .takes::<AnswerBody>()
            .refuses(&[ProblemKind::WrongState])
            .shows::<Question>(),
    ]
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
