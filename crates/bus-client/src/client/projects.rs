//! `/projects` and `/sprints`.

use go_bus_api::{
    CloseSprint, ListQuery, NewProject, NewSprint, Page, Project, ProjectId, ProjectPatch, Sprint, SprintId,
};

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

impl BusClient {
    /// `POST /projects`.
    pub async fn create_project(&self, project: &NewProject) -> Result<Project, BusError> {
        self.json(Call::create("/projects", &self.key()).json(project)).await
    }

    /// `GET /projects/{id}`.
    pub async fn project(&self, id: &ProjectId) -> Result<Project, BusError> {
        self.json(Call::get(format!("/projects/{id}"))).await
    }

    /// `GET /projects`: one page.
    pub async fn projects(&self, query: &ListQuery) -> Result<Page<Project>, BusError> {
        self.json(Call::get(with_query("/projects", query))).await
    }

    /// `PATCH /projects/{id}`: not repeated after an unknown outcome.
    pub async fn patch_project(&self, id: &ProjectId, patch: &ProjectPatch) -> Result<Project, BusError> {
        self.json(Call::patch(format!("/projects/{id}")).json(patch)).await
    }

    /// `POST /sprints`, GO's alone (R27).
    pub async fn create_sprint(&self, sprint: &NewSprint) -> Result<Sprint, BusError> {
        self.json(Call::create("/sprints", &self.key()).json(sprint)).await
    }

    /// `GET /sprints/{id}`.
    pub async fn sprint(&self, id: &SprintId) -> Result<Sprint, BusError> {
        self.json(Call::get(format!("/sprints/{id}"))).await
    }

    /// `GET /sprints`: one page.
    pub async fn sprints(&self, query: &ListQuery) -> Result<Page<Sprint>, BusError> {
        self.json(Call::get(with_query("/sprints", query))).await
    }

    /// `POST /sprints/{id}/close`, GO's alone (R28): not repeated after an unknown outcome.
    pub async fn close_sprint(&self, id: &SprintId, close: &CloseSprint) -> Result<Sprint, BusError> {
        self.json(Call::post(format!("/sprints/{id}/close")).json(close)).await
    }
}
