//! The command of a run.

use std::collections::BTreeMap;

use go_bus_api::{Model, Role};
use serde_json::json;

use super::note::{Note, Resumed};
use super::{CodexSettings, Price, Sandbox};
use crate::{Assignment, Beats, DriverError, Launch, Stdin};

/// How the server with the Bus's tools is called.
const SERVER: &str = "bus";

/// What that server needs of its environment; Codex hands on no variable that is not named.
const BRIDGE_ENV: [&str; 7] =
    ["XIO_BUS_URL", "XIO_TOKEN_FILE", "XIO_AGENT_ID", "XIO_ROLE", "XIO_HOST", "XIO_PROJECT", "XIO_TASK"];

pub(super) fn launch(settings: &CodexSettings, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
    let folder = assignment.folder()?;
    let verify = match (assignment.agent.role, assignment.task) {
        (Role::Specialist | Role::Worker, Some(task)) => task.verify.clone(),
        (Role::Reviewer, Some(_)) | (Role::Ho | Role::Po | Role::Io, _) => Vec::new(),
        (Role::Specialist | Role::Worker | Role::Reviewer, None) => {
            return Err(DriverError::NoTask(assignment.agent.id.clone()));
        }
        (other, _) => return Err(DriverError::Role(other)),
    };
    let model = model(settings, assignment.agent.model.as_ref());
    let resumed = assignment.resume.map(Resumed::of);
    let mut argv = vec![settings.program.clone(), "exec".to_owned()];
    argv.extend(resumed.as_ref().map(|_| "resume".to_owned()));
    argv.extend(["--json", "--skip-git-repo-check"].map(str::to_owned));
    argv.extend(model.iter().flat_map(|model| ["-m".to_owned(), model.0.to_string()]));
    argv.extend(config(settings, assignment));
    argv.extend(settings.args.iter().cloned());
    argv.extend(resumed.as_ref().map(|resumed| resumed.thread.clone()));
    argv.push("-".to_owned());
    let price: Option<Price> = model.as_ref().and_then(|model| settings.prices.get(model.0.as_str())).copied();
    let before = resumed.map_or(Some(Default::default()), |resumed| resumed.before);
    Ok(Launch {
        argv,
        folder,
        // Codex names reset times by the clock of its zone; in this one they can be read anywhere.
        env: BTreeMap::from([("TZ".to_owned(), "UTC".to_owned())]),
        stdin: Stdin::Prompt,
        verify,
        beats: Beats::Shim,
        // It posts its verdict itself, through the tool bus_review_task.
        posts_verdict: false,
        note: Note { model, price, before }.write(),
    })
}

/// The full id of the model: the agent's, where Codex can know it.
fn model(settings: &CodexSettings, asked: Option<&Model>) -> Option<Model> {
    asked.filter(|model| !model.0.as_str().contains("claude")).or(settings.model.as_ref()).cloned()
}

/// Settings for this run alone; the person's own `config.toml` goes on counting beneath them.
fn config(settings: &CodexSettings, assignment: &Assignment<'_>) -> Vec<String> {
    // An orchestrator acts by the Bus's tools alone.
    let sandbox = if assignment.is_orchestrator() { Sandbox::ReadOnly } else { settings.sandbox };
    let mut values =
        vec![("approval_policy".to_owned(), json!("never")), ("sandbox_mode".to_owned(), json!(sandbox.as_str()))];
    if let Some((program, args)) = assignment.bridge.split_first() {
        let mut server = |key: &str, value| values.push((format!("mcp_servers.{SERVER}.{key}"), value));
        server("command", json!(program));
        server("args", json!(args));
        server("env_vars", json!(BRIDGE_ENV));
        // With approvals off, Codex refuses every call of a tool that is not approved beforehand.
        server("default_tools_approval_mode", json!("approve"));
        if assignment.agent.role == Role::Reviewer || assignment.is_orchestrator() {
            // Without the tools a review has no verdict, and an orchestrator can do nothing; a builder can do without them.
            server("required", json!(true));
        }
    }
    // Strings and lists of strings are written alike in JSON and TOML.
    values.into_iter().flat_map(|(key, value)| ["-c".to_owned(), format!("{key}={value}")]).collect()
}
