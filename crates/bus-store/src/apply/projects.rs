//! Projects.

use go_bus_api::{EventKind, NewProject, Project, ProjectId, ProjectPatch, ResourceKind, Revision, Text};
use serde_json::json;

use super::ctx::Ctx;
use super::{Done, audit};
use crate::Reject;
use crate::stored::Stored;

/// `POST /projects`.
pub(super) fn create(ctx: &mut Ctx<'_>, body: &NewProject) -> Result<Done, Reject> {
    ctx.must_be_new(ResourceKind::Project, body.id.as_str())?;
    let project = Project {
        id: body.id.clone(),
        name: body.name.clone().unwrap_or_else(|| Text::clipped(body.id.as_str())),
        state: body.state,
        priority: body.priority,
        weight: body.weight,
        repo: body.repo.clone(),
        driver: body.driver,
        budget_usd: body.budget_usd,
        workplace: body.workplace.clone(),
        created_at: ctx.at,
        revision: Revision(1),
    };
    Ok(Done::created(ctx.create(&project, &EventKind::ProjectCreated)?))
}

/// `PATCH /projects/{id}`.
pub(super) fn patch(ctx: &mut Ctx<'_>, id: &ProjectId, patch: &ProjectPatch) -> Result<Done, Reject> {
    let before: Project = ctx.need(id.as_str())?;
    ctx.match_revision(&before)?;
    let mut project = before.clone();
    project.name = patch.name.clone().unwrap_or(project.name);
    project.state = patch.state.unwrap_or(project.state);
    project.priority = patch.priority.unwrap_or(project.priority);
    project.weight = patch.weight.unwrap_or(project.weight);
    project.repo = patch.repo.clone().or(project.repo);
    project.driver = patch.driver.or(project.driver);
    project.budget_usd = patch.budget_usd.or(project.budget_usd);
    project.workplace = patch.workplace.clone().or(project.workplace);
    if project == before {
        return Ok(Done::unchanged(before.document()?));
    }
    audit::note(ctx, "config.change", &format!("projects/{id}"), json!(patch))?;
    Ok(Done::updated(ctx.update(&mut project, &EventKind::ProjectUpdated)?))
}
