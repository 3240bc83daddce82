//! The command line of a run: `claude -p`, lines of JSON both ways, tools by role.

use std::collections::BTreeMap;

use go_bus_api::Role;
use serde_json::json;

use super::ClaudeSettings;
use crate::{Assignment, DriverError};

/// What Claude Code calls the bridge to the Bus; its tools are `mcp__bus__…`.
pub(super) const BRIDGE: &str = "bus";

/// What builders may use unless the settings say otherwise.
pub(super) const USUAL_TOOLS: [&str; 10] =
    ["Bash", "Edit", "Glob", "Grep", "NotebookEdit", "Read", "Skill", "WebFetch", "WebSearch", "Write"];

/// What changes files; a reviewer has none of it.
const EDITS: [&str; 3] = ["Edit", "NotebookEdit", "Write"];

/// What waits for a person at the keyboard, wakes up after the end, or leaves the working folder.
const NEVER: [&str; 5] = ["AskUserQuestion", "CronCreate", "EnterPlanMode", "EnterWorktree", "ScheduleWakeup"];

/// The program and its arguments.
pub(super) fn argv(settings: &ClaudeSettings, assignment: &Assignment<'_>) -> Result<Vec<String>, DriverError> {
    let mut argv = vec![settings.program.clone()];
    let streams = ["-p", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json"];
    argv.extend(streams.map(str::to_owned));
    if let Some(model) = &assignment.agent.model {
        let id = model.0.as_str();
        // Aliases have no version, though `sonnet[1m]` has a digit; the program maps them to whatever it likes.
        if !id.trim_end_matches("[1m]").contains(|letter: char| letter.is_ascii_digit()) {
            return Err(DriverError::Alias(model.clone()));
        }
        argv.extend(["--model".to_owned(), id.to_owned()]);
    }
    argv.extend(["--permission-mode".to_owned(), settings.permission_mode.as_str().to_owned()]);
    argv.extend(tools(settings, assignment));
    if let Some(conversation) = assignment.resume {
        argv.extend(["--resume".to_owned(), conversation.0.as_str().to_owned()]);
    }
    argv.extend(settings.args.iter().cloned());
    Ok(argv)
}

/// Which tools there are and which are allowed. Each option is one argument, since those that take a list swallow what follows.
fn tools(settings: &ClaudeSettings, assignment: &Assignment<'_>) -> Vec<String> {
    let mut options = Vec::new();
    let mut allowed: Vec<&str> = Vec::new();
    let mut never: Vec<&str> = NEVER.to_vec();
    match assignment.agent.role {
        // No server of the person's either: what an orchestrator may do is what the Bus has tools for.
        Role::Ho | Role::Po | Role::Io => options.extend(["--tools=", "--strict-mcp-config"].map(str::to_owned)),
        Role::Reviewer => {
            never.extend(EDITS);
            allowed.extend(settings.allowed_tools.iter().map(String::as_str).filter(|tool| !EDITS.contains(tool)));
        }
        _ => allowed.extend(settings.allowed_tools.iter().map(String::as_str)),
    }
    if let Some(servers) = servers(assignment) {
        options.push(format!("--mcp-config={servers}"));
        allowed.push("mcp__bus");
    }
    if !allowed.is_empty() {
        options.push(format!("--allowedTools={}", allowed.join(",")));
    }
    options.push(format!("--disallowedTools={}", never.join(",")));
    options
}

/// Where the Bus's tools are. A process beside it costs each run the time that the program takes to start one and to see it end.
fn servers(assignment: &Assignment<'_>) -> Option<String> {
    if let Some(file) = assignment.bridge_file {
        return Some(file.display().to_string());
    }
    let (program, args) = assignment.bridge.split_first()?;
    Some(json!({"mcpServers": {BRIDGE: {"type": "stdio", "command": program, "args": args}}}).to_string())
}

/// What a run sets. Everything else is the person's: nothing of their settings is replaced.
pub(super) fn environment(settings: &ClaudeSettings) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("CLAUDE_CODE_MAX_RETRIES".to_owned(), settings.max_retries.to_string()),
        // An agent that replaces the program under the others breaks their next start.
        ("DISABLE_AUTOUPDATER".to_owned(), "1".to_owned()),
    ])
}
