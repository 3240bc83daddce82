//! Costs, roles, the audit log, questions: what is asked for, and that a repeat is harmless where it may be.

use go_bus_api::{Answer, AuditQuery, RbacMode, RbacQuestion, Text, Timestamp};
use wiremock::matchers::{body_json, query_param};
use wiremock::{Mock, MockBuilder};

use super::{MockServer, ResponseTemplate, client, json, method, on, path, problem};

fn answers(body: serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn asked(verb: &str, at: &str) -> MockBuilder {
    Mock::given(method(verb)).and(path(at))
}

#[tokio::test]
async fn costs_are_asked_for_since_an_instant_or_ever() {
    let bus = MockServer::start().await;
    let since = Timestamp::from_unix_millis(1_700_000_000_000);
    let row = json!({"agent": "a-1", "usd": "0.3003", "input_tokens": 1, "output_tokens": 2, "cache_read_tokens": 0,
        "cache_write_tokens": 0});
    let one = answers(json!({"items": [row], "total_usd": "0.3003"}));
    asked("GET", "/costs/by-agent")
        .and(query_param("since", "2023-11-14T22:13:20.000Z"))
        .respond_with(one)
        .expect(1)
        .mount(&bus)
        .await;
    on("GET", "/costs/by-project", answers(json!({"items": [], "total_usd": "0"}))).expect(1).mount(&bus).await;
    let by_agent = client(&bus).costs_by_agent(Some(since)).await.unwrap();
    assert_eq!(by_agent.total_usd.to_string(), "0.3003");
    assert!(client(&bus).costs_by_project(None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn the_audit_log_is_asked_for_by_filter() {
    let bus = MockServer::start().await;
    let page = answers(json!({"items": [], "next_cursor": null}));
    asked("GET", "/audit")
        .and(query_param("actor", "000"))
        .and(query_param("action", "spawn"))
        .respond_with(page)
        .expect(1)
        .mount(&bus)
        .await;
    let query = AuditQuery { actor: Some("000".into()), action: Some("spawn".into()), ..AuditQuery::default() };
    assert!(client(&bus).audit(&query).await.unwrap().items.is_empty());
    let verified = answers(json!({"ok": false, "entries": 3, "first_bad": 2}));
    on("GET", "/audit/verify", verified).expect(1).mount(&bus).await;
    assert_eq!(client(&bus).verify_audit().await.unwrap().first_bad, Some(go_bus_api::Seq(2)));
}

#[tokio::test]
async fn a_check_is_tried_again_and_an_answer_to_a_question_too() {
    let bus = MockServer::start().await;
    let busy = || problem(go_bus_api::ProblemKind::StorageUnavailable);
    for path in ["/rbac/check", "/io/questions/question-1/answer"] {
        on("POST", path, busy()).up_to_n_times(1).expect(1).mount(&bus).await;
    }
    let checked = json!({"allowed": true, "mode": "audit", "would_block": true, "reason": "no"});
    on("POST", "/rbac/check", answers(checked)).expect(1).mount(&bus).await;
    let question = json!({"id": "question-1", "task": null, "agent": null, "text": "which?", "default": null,
        "deadline": null, "state": "answered", "answer": "b", "revision": 2});
    asked("POST", "/io/questions/question-1/answer")
        .and(body_json(json!({"answer": "b"})))
        .respond_with(answers(question))
        .expect(1)
        .mount(&bus)
        .await;
    let asked = RbacQuestion {
        subject: Text::clipped("worker"),
        action: Text::clipped("tasks.read"),
        resource: Text::clipped("tasks"),
    };
    let answer = client(&bus).check_permission(&asked).await.unwrap();
    assert_eq!((answer.mode, answer.would_block), (RbacMode::Audit, true));
    let body = Answer { answer: Text::clipped("b") };
    let answered = client(&bus).answer(&"question-1".parse().unwrap(), &body).await.unwrap();
    assert_eq!(answered.answer, Some(body.answer));
}
