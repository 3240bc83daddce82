//! Messages between agents, and their inboxes.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{AgentId, Message, MessageId, NewMessage, ResourceKind};
use go_bus_store::{Action, Query};

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Bare, Filters, PathId, Write};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/messages", post(send))
        .route("/messages/{id}", get(one))
        .route("/messages/{id}/ack", post(acknowledge))
        .route("/agents/{id}/messages", get(inbox))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/messages", "send_message", "Sends a message to an agent.")
            .needs(&[Right::MessagesSend])
            .takes::<NewMessage>()
            .creates::<Message>(),
        Operation::get("/messages/{id}", "get_message", "A message.").of::<MessageId>().shows::<Message>(),
        Operation::post("/messages/{id}/ack", "acknowledge_message", "Takes note of a message.")
            .of::<MessageId>()
            .shows::<Message>(),
        Operation::get("/agents/{id}/messages", "list_messages", "An agent's inbox.")
            .of::<AgentId>()
            .lists::<Message>(&["unread"]),
    ]
}

async fn send(State(bus): State<Bus>, Write(terms, body): Write<NewMessage>) -> Answer {
    super::write(&bus, terms, Action::SendMessage(body)).await
}

async fn one(State(bus): State<Bus>, PathId(message): PathId<MessageId>) -> Answer {
    super::one(&bus, ResourceKind::Message, message.as_str()).await
}

async fn acknowledge(State(bus): State<Bus>, PathId(message): PathId<MessageId>, Bare(terms): Bare) -> Answer {
    super::write(&bus, terms, Action::AcknowledgeMessage(message)).await
}

async fn inbox(State(bus): State<Bus>, PathId(agent): PathId<AgentId>, Filters(query): Filters) -> Answer {
    bus.one(ResourceKind::Agent, agent.as_str()).await?;
    super::page_of(&bus, Query::Inbox(agent, query)).await
}
