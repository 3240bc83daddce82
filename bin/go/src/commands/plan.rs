//! `go plan`: looks at a plan without touching anything.

use std::path::Path;

use go_plan::Plan;

use crate::cli::{Global, PlanCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{count, print, print_json};

/// Checks, shows or draws a plan, or prints the schema of plans.
pub(super) fn run(command: &PlanCommand, global: &Global) -> Result<Exit, Failure> {
    let plan = |path: &Option<std::path::PathBuf>| match path {
        Some(path) => read(path).map(|plan| (path.clone(), plan)),
        None => {
            let path = super::settings(global, &[])?.paths.plan;
            read(&path).map(|plan| (path, plan))
        }
    };
    match command {
        PlanCommand::Schema => print(format_args!("{:#}\n", go_plan::schema()))?,
        PlanCommand::Check { plan: path } => {
            let (path, plan) = plan(path)?;
            let (projects, tickets) = (plan.projects.len(), plan.tickets().count());
            let [projects, tickets] = [count(projects, "project"), count(tickets, "ticket")];
            print(format_args!("{}: {projects}, {tickets}, all sound\n", path.display()))?;
        }
        PlanCommand::Show { plan: path, json } if json.json => print_json(&plan(path)?.1)?,
        PlanCommand::Show { plan: path, .. } => print(go_plan::table(&plan(path)?.1))?,
        PlanCommand::Graph { plan: path } => print(go_plan::mermaid(&plan(path)?.1))?,
    }
    Ok(Exit::Done)
}

/// Reads and checks the plan at `path`.
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let what = format!("there is no plan at {}", path.display());
            return Err(Failure::usage(what, "`go init` writes a sample; `--plan PLAN` names another"));
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Err(Failure::usage(format!("{} is not UTF-8 text", path.display()), "save it as UTF-8"));
        }
        Err(error) => return Err(Failure::file("read", path)(error)),
    };
    Plan::parse(&path.display().to_string(), &text).map_err(Failure::Plan)
}
