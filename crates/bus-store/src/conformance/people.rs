//! Sessions, messages, alerts, questions, sprints, costs, events.

use std::time::Duration;

use go_bus_api::{
    Agent, Answer, ListQuery, NewEvent, NewMessage, NewQuestion, NewSession, ProblemKind, Question, QuestionState,
    ResourceKind, Session, Text, Timestamp,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::MakeStore;
use super::world::{World, actor, id, read, refused};
use crate::{Action, Actor, Outcome, Policy, Query, QueryAnswer};

pub(super) fn body<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).expect("a body")
}

/// Logging in twice gives the same session; after logging out there is a new one.
pub async fn a_user_has_one_session(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let log_in = |user: &str| world.done(Action::OpenSession(NewSession { user: id(user) }));
    let first: Session = read(&log_in("anna").await);
    let again = log_in("anna").await;
    assert_eq!((again.outcome, read::<Session>(&again).id), (Outcome::Unchanged, first.id.clone()));
    assert_eq!(log_in("bert").await.outcome, Outcome::Created);
    world.done(Action::CloseSession(first.id.clone())).await;
    assert_eq!(world.done(Action::CloseSession(first.id.clone())).await.outcome, Outcome::Unchanged);
    assert_ne!(read::<Session>(&log_in("anna").await).id, first.id);
}

/// The inbox has what is for the agent; acknowledging it takes it from the unread.
pub async fn messages_are_acknowledged_by_their_addressee(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let message: NewMessage = body(json!({"to": po.id, "subject": "hello", "actor": "c0"}));
    let sent: go_bus_api::Message = read(&world.done(Action::SendMessage(message)).await);
    assert_eq!(sent.from, Some(id("c0")));
    let to_nobody: NewMessage = body(json!({"to": "nobody", "subject": "hello"}));
    assert_eq!(refused(world.act(Actor::Operator, Action::SendMessage(to_nobody)).await), ProblemKind::Invalid);
    assert_eq!((inbox(&world, &po, true).await, inbox(&world, &po, false).await), (1, 1));
    let acknowledge = || Action::AcknowledgeMessage(sent.id.clone());
    let launcher = world.launcher("forge", "boot-1").await;
    assert_eq!(refused(world.act(actor(&launcher), acknowledge()).await), ProblemKind::Forbidden);
    world.act(actor(&po), acknowledge()).await.expect("its own message");
    assert_eq!(world.act(actor(&po), acknowledge()).await.expect("a repeat").outcome, Outcome::Unchanged);
    assert_eq!((inbox(&world, &po, true).await, inbox(&world, &po, false).await), (0, 1));
}

async fn inbox(world: &World, agent: &Agent, unread: bool) -> usize {
    let query = ListQuery { unread: Some(unread), ..ListQuery::default() };
    match world.store.read(Query::Inbox(agent.id.clone(), query)).await {
        Ok(QueryAnswer::List(listing)) => listing.items.len(),
        other => panic!("no inbox: {other:?}"),
    }
}

/// An answer is one of the options, and given once.
pub async fn a_question_takes_its_options(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let strange: NewQuestion = body(json!({"text": "which?", "options": ["a", "b"], "default": "c"}));
    assert_eq!(refused(world.act(Actor::Operator, Action::AskQuestion(strange)).await), ProblemKind::Invalid);
    let new: NewQuestion = body(json!({"text": "which?", "options": ["a", "b"], "default": "a"}));
    let asked: Question = read(&world.done(Action::AskQuestion(new)).await);
    let answer = |text: &str| {
        let body = Answer { answer: Text::clipped(text) };
        world.act(Actor::Operator, Action::AnswerQuestion(asked.id.clone(), body))
    };
    assert_eq!(refused(answer("c").await), ProblemKind::Invalid);
    let answered: Question = read(&answer("b").await.expect("an option"));
    assert_eq!(answered.state, QuestionState::Answered);
    assert_eq!(answer("b").await.expect("a repeat").outcome, Outcome::Unchanged);
    assert_eq!(refused(answer("a").await), ProblemKind::WrongState);
}

/// From its deadline on the default holds; before it, and once it is answered, a timer changes nothing.
pub async fn an_unanswered_question_ends_with_its_default(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let deadline = world.now().after(Duration::from_secs(60));
    let ask = |default: Option<&str>| {
        let new = body(json!({"text": "which?", "default": default, "deadline": deadline}));
        world.done(Action::AskQuestion(new))
    };
    let [with, without, answered]: [Question; 3] =
        [read(&ask(Some("a")).await), read(&ask(None).await), read(&ask(Some("a")).await)];
    let expire = |question: &Question| world.bus(Action::ExpireQuestion(question.id.clone()));
    assert_eq!(expire(&with).await.outcome, Outcome::Unchanged, "before its time");
    world.done(Action::AnswerQuestion(answered.id.clone(), Answer { answer: Text::clipped("b") })).await;
    world.pass(Duration::from_secs(60));
    assert_eq!(expire(&answered).await.outcome, Outcome::Unchanged, "it was answered");
    for (question, answer) in [(&with, Some(Text::clipped("a"))), (&without, None)] {
        let expired: Question = read(&expire(question).await);
        assert_eq!((expired.state, expired.answer), (QuestionState::Expired, answer));
        let late = Action::AnswerQuestion(question.id.clone(), Answer { answer: Text::clipped("a") });
        assert_eq!(refused(world.act(Actor::Operator, late).await), ProblemKind::WrongState);
    }
    let by_hand = world.act(Actor::Operator, Action::ExpireQuestion(with.id.clone())).await;
    assert_eq!(refused(by_hand), ProblemKind::Forbidden);
}

pub(super) async fn digest(world: &World) -> go_bus_api::Digest {
    match world.store.read(Query::Digest(Timestamp::from_unix_millis(0))).await {
        Ok(QueryAnswer::Digest(digest)) => *digest,
        other => panic!("no digest: {other:?}"),
    }
}

/// A thousand tenths of a cent are a dollar, to the last digit.
pub async fn costs_add_up_exactly(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let cost = json!({"agent": "m0", "project": "site", "model": "haiku", "input_tokens": 1, "output_tokens": 1, "usd": "0.001"});
    let one = world.command(Actor::Operator, Action::RecordCost(body(cost)));
    for answer in world.store.commit(vec![one; 1000]).await {
        answer.expect("a cost");
    }
    let digest = digest(&world).await;
    assert_eq!(digest.projects.first().map(|project| project.cost_usd), "1.000".parse().ok());
    let strange = json!({"agent": "nobody", "project": "site", "model": "haiku", "input_tokens": 1, "output_tokens": 1, "usd": "1"});
    assert_eq!(refused(world.act(Actor::Operator, Action::RecordCost(body(strange))).await), ProblemKind::Invalid);
}

/// Anybody's own kinds are posted; the Bus's are the Bus's.
pub async fn reserved_events_are_refused(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let post = |kind: &str| {
        let event: NewEvent = body(json!({"kind": kind, "subject": "x/1", "data": {"n": 1}}));
        world.act(Actor::Operator, Action::PostEvent(event))
    };
    for reserved in ["task.created", "task.invented", "lease.acquired"] {
        assert_eq!(refused(post(reserved).await), ProblemKind::ReservedKind, "{reserved}");
    }
    for (place, own) in [(1, "check.passed"), (2, "alert:go-restarted")] {
        assert_eq!(post(own).await.expect("an event").seq.0, place);
    }
    let event = world.events().await.pop().expect("an event");
    assert_eq!((event.data, event.actor.as_str()), (json!({"n": 1}), "operator"));
    let none = world.store.read(Query::One(ResourceKind::Alert, "alert-1".to_owned())).await;
    assert_eq!(none, Ok(QueryAnswer::One(None)));
}
