//! `/agents`: spawns, registrations, lives, ends and tokens.

use go_bus_api::{
    Agent, AgentId, AgentPatch, ExitReport, Heartbeat, IssuedToken, ListQuery, NewAgent, Page, Prompt, Registered,
};
use serde_json::json;

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

fn of(id: &AgentId, part: &str) -> String {
    format!("/agents/{id}/{part}")
}

impl BusClient {
    /// `POST /agents`: a spawn.
    pub async fn spawn(&self, agent: &NewAgent) -> Result<Agent, BusError> {
        self.json(Call::create("/agents", &self.key()).json(agent)).await
    }

    /// `POST /agents` with the role `go` or `launcher`: a registration, with the operator's token. Not repeated after an unknown
    /// outcome: an answer with a token is kept for no idempotency key.
    pub async fn register(&self, agent: &NewAgent) -> Result<Registered, BusError> {
        self.json(Call::post("/agents").json(agent)).await
    }

    /// `GET /agents/{id}`.
    pub async fn agent(&self, id: &AgentId) -> Result<Agent, BusError> {
        self.json(Call::get(format!("/agents/{id}"))).await
    }

    /// `GET /agents`: one page.
    pub async fn agents(&self, query: &ListQuery) -> Result<Page<Agent>, BusError> {
        self.json(Call::get(with_query("/agents", query))).await
    }

    /// `PATCH /agents/{id}`: not repeated after an unknown outcome.
    pub async fn patch_agent(&self, id: &AgentId, patch: &AgentPatch) -> Result<Agent, BusError> {
        self.json(Call::patch(format!("/agents/{id}")).json(patch)).await
    }

    /// `DELETE /agents/{id}`: orders its end; its task goes back to pending.
    pub async fn terminate(&self, id: &AgentId) -> Result<Agent, BusError> {
        self.json(Call::delete(format!("/agents/{id}"))).await
    }

    /// `DELETE /agents/{id}?hold=true`: orders its end; its task becomes `held`.
    pub async fn terminate_and_hold(&self, id: &AgentId) -> Result<Agent, BusError> {
        self.json(Call::delete(format!("/agents/{id}?hold=true"))).await
    }

    /// `POST /agents/{id}/heartbeat`.
    pub async fn heartbeat(&self, id: &AgentId, heartbeat: &Heartbeat) -> Result<Agent, BusError> {
        self.json(Call::post_idempotent(of(id, "heartbeat")).json(heartbeat)).await
    }

    /// `POST /agents/{id}/exit`, by its shim; idempotent.
    pub async fn report_exit(&self, id: &AgentId, exit: &ExitReport) -> Result<Agent, BusError> {
        self.json(Call::post_idempotent(of(id, "exit")).json(exit)).await
    }

    /// `GET /agents/{id}/prompt`. Takes the text bare, or as a JSON string or `{"prompt": …}`.
    pub async fn prompt(&self, id: &AgentId) -> Result<Prompt, BusError> {
        let response = self.exchange(Call::get(of(id, "prompt"))).await?;
        let status = response.status.as_u16();
        let text = prompt_text(&response.body);
        Prompt::new(text).map_err(|error| BusError::Garbage { status, detail: error.to_string() })
    }

    /// `POST /agents/{id}/token`: a new token for the agent (R17). Not repeated after an unknown outcome.
    pub async fn rotate_token(&self, id: &AgentId) -> Result<IssuedToken, BusError> {
        self.json(Call::post(of(id, "token")).json(&json!({}))).await
    }

    /// `POST /agents/{id}/token {"scope": "shim"}`: a token for its shim, by its launcher or the operator. Not repeated after
    /// an unknown outcome.
    pub async fn issue_shim_token(&self, id: &AgentId) -> Result<IssuedToken, BusError> {
        self.json(Call::post(of(id, "token")).json(&json!({ "scope": "shim" }))).await
    }

    /// `DELETE /agents/{id}/token`: revokes at once.
    pub async fn revoke_token(&self, id: &AgentId) -> Result<(), BusError> {
        self.done(Call::delete(of(id, "token"))).await
    }
}

fn prompt_text(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Shape {
        Text(String),
        Member { prompt: String },
    }
    match serde_json::from_slice(body) {
        Ok(Shape::Text(text) | Shape::Member { prompt: text }) => text,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}
