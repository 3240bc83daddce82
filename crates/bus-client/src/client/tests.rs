//! The client against a fake Bus: every class of answer, and how often each call goes out.

mod answers;
mod authorization;
mod governance;
mod retries;

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{NewTask, Problem, ProblemKind, ProjectId, TaskId, Text};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::BusClient;
use crate::{HttpTransport, Token};

fn client(bus: &MockServer) -> BusClient {
    client_at(&bus.uri())
}

pub(super) fn client_at(base: &str) -> BusClient {
    BusClient::new(Arc::new(HttpTransport::new(base).unwrap()), Token::new("t0ken").unwrap())
}

fn id() -> TaskId {
    TaskId::new("T-1").unwrap()
}

fn new_task() -> NewTask {
    NewTask::ticket(ProjectId::new("site").unwrap(), Text::new("Build it").unwrap())
}

fn task_json() -> Value {
    let text = include_str!("../../../../fixtures/wire/task.json");
    serde_json::from_str(text).unwrap()
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(task_json())
}

fn problem(kind: ProblemKind) -> ResponseTemplate {
    let body = serde_json::to_vec(&Problem::new(kind, "so it is")).unwrap();
    ResponseTemplate::new(kind.status()).set_body_raw(body, "application/problem+json")
}

fn on(verb: &str, at: &str, answer: ResponseTemplate) -> Mock {
    Mock::given(method(verb)).and(path(at)).respond_with(answer)
}
