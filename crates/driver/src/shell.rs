//! The driver `shell`: a ticket's `run` in the project's folder; a reviewer's `review`, else each `verify` once more; a push.

mod push;

use std::collections::BTreeMap;

use go_bus_api::{DriverKind, ExitReport, Review, Role, Task, TaskKind, Text, Timestamp, Verdict};

use crate::{AgentDriver, Assignment, Beats, CommandEnd, DriverError, Launch, Sign, Stdin, StreamReader};

/// Runs each of its arguments as a shell command, until one fails; its code is that one's.
const EACH_IN_TURN: &str = r#"for command do sh -c "$command" || exit; done"#;

/// What a reviewer says where there is nothing to run.
const NOTHING_TO_CHECK: &str = "echo 'nothing to check: the ticket has neither a review nor a verify command'";

/// Plain commands through `/bin/sh -c`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShellDriver;

impl AgentDriver for ShellDriver {
    fn kind(&self) -> DriverKind {
        DriverKind::Shell
    }

    fn talks(&self) -> bool {
        false
    }

    fn launch(&self, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
        let task = assignment.task.ok_or_else(|| DriverError::NoTask(assignment.agent.id.clone()))?;
        let folder = assignment.folder()?;
        let reviews = match assignment.agent.role {
            Role::Specialist | Role::Worker => false,
            Role::Reviewer => true,
            other => return Err(DriverError::Role(other)),
        };
        let argv = if reviews { review(assignment, task)? } else { build(task)? };
        let verify = if reviews { Vec::new() } else { task.verify.clone() };
        let (env, stdin, beats) = (BTreeMap::new(), Stdin::Nothing, Beats::Shim);
        Ok(Launch { argv, folder, env, stdin, verify, beats, posts_verdict: reviews, note: String::new() })
    }

    fn reader(&self, posts_verdict: bool, _note: &str) -> Box<dyn StreamReader> {
        Box::new(ShellReader { posts_verdict })
    }
}

/// A command's output is for people; its code says how it went.
#[derive(Debug)]
struct ShellReader {
    posts_verdict: bool,
}

impl StreamReader for ShellReader {
    fn say(&mut self, _text: &str) -> Option<String> {
        None
    }

    fn line(&mut self, _line: &str, _now: Timestamp) -> Vec<Sign> {
        Vec::new()
    }

    fn end(&mut self, end: &CommandEnd, _now: Timestamp) -> ExitReport {
        let verdict = self.posts_verdict.then(|| Review {
            verdict: if end.code == Some(0) { Verdict::Approve } else { Verdict::RequestChanges },
            notes: Text::clipped(&end.tail),
        });
        let tail = Text::clipped(&end.tail);
        ExitReport { code: end.code, signal: end.signal, tail, verdict, ..ExitReport::default() }
    }
}

fn sh(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
}

fn build(task: &Task) -> Result<Vec<String>, DriverError> {
    let own = task.run.as_ref().filter(|run| !run.is_blank()).map(|run| run.as_str());
    let usual = (task.kind == TaskKind::Push).then_some(push::PUSH);
    own.or(usual).map(sh).ok_or_else(|| DriverError::NoCommand(task.id.clone()))
}

/// `review` of the delivered task, else its `verify` once more. The review's own task may bring a command that goes first.
fn review(assignment: &Assignment<'_>, task: &Task) -> Result<Vec<String>, DriverError> {
    let reviewed = match &task.review_of {
        Some(id) => assignment.reviewed.filter(|r| r.id == *id),
        None => Some(task),
    };
    let reviewed = reviewed.ok_or_else(|| DriverError::NothingToReview(task.id.clone()))?;
    if let Some(command) = reviewed.review.as_ref().or(task.review.as_ref()).filter(|command| !command.is_blank()) {
        return Ok(sh(command.as_str()));
    }
    if reviewed.verify.is_empty() {
        return Ok(sh(NOTHING_TO_CHECK));
    }
    let mut argv = sh(EACH_IN_TURN);
    argv.push("review".to_owned());
    argv.extend(reviewed.verify.iter().map(|command| command.as_str().to_owned()));
    Ok(argv)
}

#[cfg(test)]
mod tests;
