//! `/tasks`.

use go_bus_api::{
    AgentId, Assign, Complete, Fail, ListQuery, NewTask, Page, ReportProgress, Review, Task, TaskId, TaskPatch,
};

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

fn step(id: &TaskId, step: &str) -> String {
    format!("/tasks/{id}/{step}")
}

impl BusClient {
    /// `POST /tasks`.
    pub async fn create_task(&self, task: &NewTask) -> Result<Task, BusError> {
        self.json(Call::create("/tasks", &self.key()).json(task)).await
    }

    /// `GET /tasks/{id}`.
    pub async fn task(&self, id: &TaskId) -> Result<Task, BusError> {
        self.json(Call::get(format!("/tasks/{id}"))).await
    }

    /// `GET /tasks`: one page.
    pub async fn tasks(&self, query: &ListQuery) -> Result<Page<Task>, BusError> {
        self.json(Call::get(with_query("/tasks", query))).await
    }

    /// `PATCH /tasks/{id}`: not repeated after an unknown outcome.
    pub async fn patch_task(&self, id: &TaskId, patch: &TaskPatch) -> Result<Task, BusError> {
        self.json(Call::patch(format!("/tasks/{id}")).json(patch)).await
    }

    /// `POST /tasks/{id}/assign`, the start signal (R7): not repeated after an unknown outcome, since the attempt grows.
    pub async fn assign(&self, id: &TaskId, agent: &AgentId) -> Result<Task, BusError> {
        self.json(Call::post(step(id, "assign")).json(&Assign { agent: agent.clone() })).await
    }

    /// `POST /tasks/{id}/progress`: restarts the idle clock.
    pub async fn report_progress(&self, id: &TaskId, report: &ReportProgress) -> Result<Task, BusError> {
        self.json(Call::post_idempotent(step(id, "progress")).json(report)).await
    }

    /// `POST /tasks/{id}/complete`: the same completion again is 200.
    pub async fn complete(&self, id: &TaskId, completion: &Complete) -> Result<Task, BusError> {
        self.json(Call::post_idempotent(step(id, "complete")).json(completion)).await
    }

    /// `POST /tasks/{id}/fail`: not repeated after an unknown outcome, since failures are counted.
    pub async fn fail(&self, id: &TaskId, failure: &Fail) -> Result<Task, BusError> {
        self.json(Call::post(step(id, "fail")).json(failure)).await
    }

    /// `POST /tasks/{id}/review`, to the delivered task (R24): not repeated after an unknown outcome.
    pub async fn review(&self, id: &TaskId, review: &Review) -> Result<Task, BusError> {
        self.json(Call::post(step(id, "review")).json(review)).await
    }
}
