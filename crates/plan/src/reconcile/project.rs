//! Projects.

use std::path::Path;

use go_bus_api::{DriverKind, NewProject, ProjectId, ProjectPatch, ProjectState, Text, Workplace};
use go_bus_client::World;

use super::Defaults;
use super::change::{PlanChange, changed, changed_state, changed_to};
use crate::{Plan, PlannedProject};

/// The projects that the Bus lacks, and what it has otherwise.
pub(super) fn changes(previous: Option<&Plan>, plan: &Plan, world: &World, defaults: &Defaults) -> Vec<PlanChange> {
    let state_before = |id: &ProjectId| -> Option<ProjectState> {
        previous?.projects.iter().find(|project| project.id == *id).map(|project| project.state)
    };
    plan.projects
        .iter()
        .filter_map(|planned| {
            let wanted = wanted(planned, defaults);
            let Some(has) = world.project(&planned.id) else { return Some(PlanChange::CreateProject(wanted)) };
            let patch = ProjectPatch {
                name: changed_to(wanted.name.as_ref(), Some(&has.name)),
                state: changed_state(previous.is_some(), state_before(&planned.id), planned.state, has.state),
                priority: changed(&wanted.priority, &has.priority),
                weight: changed(&wanted.weight, &has.weight),
                repo: changed_to(wanted.repo.as_ref(), has.repo.as_ref()),
                driver: changed_to(wanted.driver.as_ref(), has.driver.as_ref()),
                budget_usd: changed_to(wanted.budget_usd.as_ref(), has.budget_usd.as_ref()),
                workplace: changed_to(wanted.workplace.as_ref(), has.workplace.as_ref()),
            };
            (patch != ProjectPatch::default()).then(|| PlanChange::PatchProject(planned.id.clone(), patch))
        })
        .collect()
}

/// The project as it shall be, with the defaults filled in.
fn wanted(planned: &PlannedProject, defaults: &Defaults) -> NewProject {
    let driver = planned.driver.unwrap_or(defaults.driver);
    NewProject {
        id: planned.id.clone(),
        name: Some(planned.name.clone().unwrap_or_else(|| Text::clipped(planned.id.as_str()))),
        state: planned.state,
        priority: planned.priority,
        weight: planned.weight,
        repo: Some(planned.repo.as_ref().map_or_else(|| defaults.repo.clone(), |repo| absolute(repo, defaults))),
        driver: Some(driver),
        budget_usd: planned.budget_usd,
        workplace: planned.workplace.clone().or_else(|| usual_workplace(driver)),
    }
}

/// Agents work in folders of their own, and what they finish is merged; plain commands work in the repo's folder, as ever.
fn usual_workplace(driver: DriverKind) -> Option<Workplace> {
    (driver != DriverKind::Shell).then(Workplace::default)
}

/// A relative repo starts from the plan's folder.
fn absolute(repo: &Text<4096>, defaults: &Defaults) -> Text<4096> {
    let joined = Path::new(defaults.repo.as_str()).join(repo.as_str());
    joined.to_str().and_then(|path| Text::new(path).ok()).unwrap_or_else(|| repo.clone())
}
