//! The command of a run.

use std::collections::BTreeMap;

use go_bus_api::Role;

use super::{CommandDriver, Placeholder, Protocol};
use crate::{Assignment, Beats, DriverError, Launch, Stdin};

pub(super) fn launch(driver: &CommandDriver, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
    let agent = assignment.agent;
    let task = assignment.task.ok_or_else(|| DriverError::NoTask(agent.id.clone()))?;
    let folder = assignment.folder()?;
    let reviews = match agent.role {
        Role::Specialist | Role::Worker => false,
        Role::Reviewer => true,
        other => return Err(DriverError::Role(other)),
    };
    let run = driver.run.as_ref().ok_or(DriverError::Unset("drivers.command.run"))?;
    let argv = run.fill(|placeholder| match placeholder {
        Placeholder::Agent => Some(agent.id.to_string()),
        Placeholder::Role => Some(agent.role.as_str().to_owned()),
        Placeholder::Model => agent.model.as_ref().map(|model| model.0.to_string()),
        Placeholder::Task => Some(task.id.to_string()),
        Placeholder::Title => Some(task.title.to_string()),
        Placeholder::Run => task.run.as_ref().map(ToString::to_string),
        Placeholder::Reviewed => task.review_of.as_ref().map(ToString::to_string),
        Placeholder::Project => Some(task.project.to_string()),
        Placeholder::Folder => Some(folder.to_string_lossy().into_owned()),
        Placeholder::PromptFile => Some(assignment.prompt_file.to_string_lossy().into_owned()),
        Placeholder::Conversation => assignment.resume.map(|id| id.0.to_string()),
        Placeholder::Bridge => {
            (!assignment.bridge.is_empty()).then(|| serde_json::to_string(assignment.bridge).unwrap_or_default())
        }
    });
    Ok(Launch {
        argv,
        folder,
        env: BTreeMap::new(),
        stdin: match driver.protocol {
            Protocol::Lines => Stdin::Messages,
            // One that is given the file has no need of it twice.
            Protocol::Plain if run.uses(Placeholder::PromptFile) => Stdin::Nothing,
            Protocol::Plain => Stdin::Prompt,
        },
        verify: if reviews { Vec::new() } else { task.verify.clone() },
        beats: Beats::Shim,
        posts_verdict: reviews,
        note: driver.protocol.as_str().to_owned(),
    })
}
