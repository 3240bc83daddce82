//! `/projects`.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::{NewProject, ProblemKind, Project, ProjectId, ProjectPatch, ResourceKind};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Filters, PathId, Write};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/projects", get(list).post(create)).route("/projects/{id}", get(one).patch(patch))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/projects", "list_projects", "Projects.").lists::<Project>(&["state"]),
        Operation::post("/projects", "create_project", "Makes a project.")
            .needs(&[Right::ProjectsWrite])
            .takes::<NewProject>()
            .refuses(&[ProblemKind::AlreadyExists])
            .creates::<Project>(),
        Operation::get("/projects/{id}", "get_project", "A project.").of::<ProjectId>().shows::<Project>(),
        Operation::patch("/projects/{id}", "change_project", "Changes a project.")
            .needs(&[Right::ProjectsWrite])
            .of::<ProjectId>()
            .takes::<ProjectPatch>()
            .shows::<Project>(),
    ]
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Project, filters).await
}

async fn one(State(bus): State<Bus>, PathId(project): PathId<ProjectId>) -> Answer {
    super::one(&bus, ResourceKind::Project, project.as_str()).await
}

async fn create(State(bus): State<Bus>, Write(terms, body): Write<NewProject>) -> Answer {
    super::write(&bus, terms, Action::CreateProject(body)).await
}

async fn patch(
    State(bus): State<Bus>,
    PathId(project): PathId<ProjectId>,
    Write(terms, body): Write<ProjectPatch>,
) -> Answer {
    super::write(&bus, terms, Action::PatchProject(project, body)).await
}
