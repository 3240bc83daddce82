//! The command of a run.

use std::collections::BTreeMap;

use go_bus_api::Role;

use super::{CommandDriver, Placeholder, Protocol};
use crate::{Assignment, Beats, DriverError, Launch, Stdin};

pub(super) fn launch(driver: &CommandDriver, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
    let agent = assignment.agent;
    let folder = assignment.folder()?;
    let task = assignment.task;
    let (verify, reviews) = match (agent.role, task) {
        (Role::Specialist | Role::Worker, Some(task)) => (task.verify.clone(), false),
        (Role::Reviewer, Some(_)) => (Vec::new(), true),
        (Role::Ho | Role::Po | Role::Io, _) => (Vec::new(), false),
        (Role::Specialist | Role::Worker | Role::Reviewer, None) => return Err(DriverError::NoTask(agent.id.clone())),
        (other, _) => return Err(DriverError::Role(other)),
    };
    let project = agent.project.as_ref().or(task.map(|task| &task.project));
    let run = driver.run.as_ref().ok_or(DriverError::Unset("drivers.command.run"))?;
    let argv = run.fill(|placeholder| match placeholder {
        Placeholder::Agent => Some(agent.id.to_string()),
        Placeholder::Role => Some(agent.role.as_str().to_owned()),
        Placeholder::Model => agent.model.as_ref().map(|model| model.0.to_string()),
        Placeholder::Task => task.map(|task| task.id.to_string()),
        Placeholder::Title => task.map(|task| task.title.to_string()),
        Placeholder::Run => task.and_then(|task| task.run.as_ref()).map(ToString::to_string),
        Placeholder::Reviewed => task.and_then(|task| task.review_of.as_ref()).map(ToString::to_string),
        Placeholder::Project => project.map(ToString::to_string),
        Placeholder::Folder => Some(folder.to_string_lossy().into_owned()),
        Placeholder::PromptFile => Some(assignment.prompt_file.to_string_lossy().into_owned()),
        Placeholder::Conversation => assignment.resume.map(|id| id.0.to_string()),
        Placeholder::Bridge => {
            (!assignment.bridge.is_empty()).then(|| serde_json::to_string(assignment.bridge).unwrap_or_default())
        }
        Placeholder::BridgeFile => assignment.bridge_file.map(|file| file.to_string_lossy().into_owned()),
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
        verify,
        beats: Beats::Shim,
        posts_verdict: reviews,
        note: driver.protocol.as_str().to_owned(),
    })
}
