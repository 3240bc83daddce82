//! Messages, sessions, alerts, questions and the digest: what agents and humans tell each other.

use go_bus_api::{
    AgentId, Alert, AlertId, Answer, Digest, ListQuery, Message, MessageId, NewAlert, NewMessage, NewQuestion,
    NewSession, Page, Question, QuestionId, Session, SessionId,
};

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

impl BusClient {
    /// `POST /messages`.
    pub async fn send_message(&self, message: &NewMessage) -> Result<Message, BusError> {
        self.json(Call::create("/messages", &self.key()).json(message)).await
    }

    /// `GET /agents/{id}/messages?unread=true`: the first page of what `id` has not acknowledged.
    pub async fn inbox(&self, id: &AgentId) -> Result<Page<Message>, BusError> {
        self.json(Call::get(format!("/agents/{id}/messages?unread=true"))).await
    }

    /// `POST /messages/{id}/ack`: a second one changes nothing.
    pub async fn acknowledge_message(&self, id: &MessageId) -> Result<Message, BusError> {
        self.json(Call::post_idempotent(format!("/messages/{id}/ack"))).await
    }

    /// `POST /io/sessions`: logs a human in; who is logged in already keeps the session.
    pub async fn open_session(&self, session: &NewSession) -> Result<Session, BusError> {
        self.json(Call::create("/io/sessions", &self.key()).json(session)).await
    }

    /// `DELETE /io/sessions/{id}`: logs the human out.
    pub async fn close_session(&self, id: &SessionId) -> Result<(), BusError> {
        self.done(Call::delete(format!("/io/sessions/{id}"))).await
    }

    /// `GET /io/sessions`: one page.
    pub async fn sessions(&self, query: &ListQuery) -> Result<Page<Session>, BusError> {
        self.json(Call::get(with_query("/io/sessions", query))).await
    }

    /// `GET /io/digest`: the projects at a glance.
    pub async fn digest(&self) -> Result<Digest, BusError> {
        self.json(Call::get("/io/digest")).await
    }

    /// `POST /io/alerts`.
    pub async fn raise_alert(&self, alert: &NewAlert) -> Result<Alert, BusError> {
        self.json(Call::create("/io/alerts", &self.key()).json(alert)).await
    }

    /// `GET /io/alerts`: one page.
    pub async fn alerts(&self, query: &ListQuery) -> Result<Page<Alert>, BusError> {
        self.json(Call::get(with_query("/io/alerts", query))).await
    }

    /// `POST /io/alerts/{id}/ack`: a second one changes nothing.
    pub async fn acknowledge_alert(&self, id: &AlertId) -> Result<Alert, BusError> {
        self.json(Call::post_idempotent(format!("/io/alerts/{id}/ack"))).await
    }

    /// `POST /io/questions`.
    pub async fn ask(&self, question: &NewQuestion) -> Result<Question, BusError> {
        self.json(Call::create("/io/questions", &self.key()).json(question)).await
    }

    /// `GET /io/questions`: one page.
    pub async fn questions(&self, query: &ListQuery) -> Result<Page<Question>, BusError> {
        self.json(Call::get(with_query("/io/questions", query))).await
    }

    /// `POST /io/questions/{id}/answer`: the same answer again changes nothing.
    pub async fn answer(&self, id: &QuestionId, answer: &Answer) -> Result<Question, BusError> {
        self.json(Call::post_idempotent(format!("/io/questions/{id}/answer")).json(answer)).await
    }
}
