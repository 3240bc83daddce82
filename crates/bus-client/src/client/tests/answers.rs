//! Every class of answer, and answers that are none.

use go_bus_api::{ListQuery, ProblemKind, ResourceKind, Seq};
use wiremock::matchers::query_param;

use super::{
    Duration, MockServer, ResponseTemplate, client, client_at, id, json, new_task, ok, on, problem, task_json,
};
use crate::{BusError, RetryPolicy};

async fn answer(template: ResponseTemplate) -> Result<go_bus_api::Task, BusError> {
    let bus = MockServer::start().await;
    on("GET", "/tasks/T-1", template).mount(&bus).await;
    client(&bus).with_retry(RetryPolicy::Never).task(&id()).await
}

#[tokio::test]
async fn a_2xx_is_the_resource_and_unknown_fields_are_ignored() {
    let mut more = task_json();
    more["of_a_later_version"] = json!([1, 2]);
    let task = answer(ResponseTemplate::new(200).set_body_json(&more)).await.unwrap();
    assert_eq!(task.id.as_str(), "SITE-1");
    assert!(answer(ResponseTemplate::new(203).set_body_json(more)).await.is_ok());
}

#[tokio::test]
async fn each_problem_of_the_contract_is_known_by_its_kind() {
    for kind in ProblemKind::ALL {
        let error = answer(problem(*kind)).await.unwrap_err();
        assert_eq!(error.problem(), Some(*kind));
        assert_eq!(matches!(error, BusError::Unauthorized(_)), kind.status() == 401, "{kind:?}");
        assert!(error.to_string().ends_with("so it is"), "{error}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_garbage_and_says_what_came() {
    let page = "<html>It works!</html>";
    for status in [200, 204, 301, 404, 418, 500, 502] {
        let error = answer(ResponseTemplate::new(status).set_body_string(page)).await.unwrap_err();
        assert!(
            matches!(&error, BusError::Garbage { status: s, detail } if *s == status && (status == 204 || detail.contains("It works"))),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_413_is_a_problem_even_without_a_document() {
    let bus = MockServer::start().await;
    on("POST", "/tasks", ResponseTemplate::new(413).set_body_string("too long")).expect(1).mount(&bus).await;
    let error = client(&bus).create_task(&new_task()).await.unwrap_err();
    assert_eq!((error.problem(), error.is_retryable()), (Some(ProblemKind::TooLarge), false));
}

#[tokio::test]
async fn a_slow_bus_is_given_up_at_the_deadline() {
    let clock = go_clock::SystemClock;
    let bus = MockServer::start().await;
    on("POST", "/agents/000/lease", ok().set_delay(Duration::from_secs(30))).mount(&bus).await;
    let began = go_clock::Clock::boottime(&clock);
    let bid = go_bus_api::Acquire {
        holder: go_bus_api::HolderId::generate(),
        ttl_ms: None,
        handoff: None,
        url: None,
        epoch: None,
    };
    let error = client(&bus).acquire_lease_within(&bid, Duration::from_millis(200)).await.unwrap_err();
    assert!(matches!(error, BusError::TimedOut(_)), "{error:?}");
    assert!(go_clock::Clock::boottime(&clock).since(began) < Duration::from_secs(5));
}

#[tokio::test]
async fn a_bus_that_is_not_there_is_unreachable() {
    let error = client_at("http://127.0.0.1:9").with_retry(RetryPolicy::Never).ready().await.unwrap_err();
    assert!(matches!(error, BusError::Unreachable(_)), "{error:?}");
    assert!(error.was_not_sent() && error.is_retryable());
}

#[tokio::test]
async fn filters_go_into_the_query() {
    let bus = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_json(json!({"items": [task_json()], "next_cursor": "n"}));
    let list = wiremock::Mock::given(query_param("state", "in_review")).and(query_param("limit", "5"));
    list.respond_with(page).expect(1).mount(&bus).await;
    let query = ListQuery { state: Some("in_review".into()), limit: Some(5), ..ListQuery::default() };
    let page = client(&bus).tasks(&query).await.unwrap();
    assert_eq!((page.items.len(), page.next_cursor.as_deref()), (1, Some("n")));
}

#[tokio::test]
async fn a_snapshot_is_its_resources_and_its_event() {
    let bus = MockServer::start().await;
    let line = |kind: &str| format!("{}\n", json!({"type": kind, "resource": task_json()}));
    let body = format!("{}\n{}", line("task"), line("of_a_later_version"));
    let answer = ResponseTemplate::new(200).insert_header("Event-Seq", "41").set_body_string(body);
    on("GET", "/snapshot", answer).mount(&bus).await;
    let (seq, world) = client(&bus).snapshot().await.unwrap();
    assert_eq!((seq, world.tasks().len()), (Seq(41), 1));
    assert_eq!(ResourceKind::Task.as_str(), "task");
}

#[tokio::test]
async fn a_snapshot_with_half_a_line_or_without_its_event_is_garbage() {
    for (header, body) in [("Event-Seq", "{\"type\":\"task\",\"resou"), ("X-Other", "")] {
        let bus = MockServer::start().await;
        let answer = ResponseTemplate::new(200).insert_header(header, "41").set_body_string(body);
        on("GET", "/snapshot", answer).mount(&bus).await;
        let error = client(&bus).snapshot().await.unwrap_err();
        assert!(matches!(error, BusError::Garbage { .. }), "{error:?}");
    }
}
