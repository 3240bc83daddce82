//! Landing as an orchestrator sees it: what a builder's work has to land, and how a landing's worker ended.

use go_bus_api::{Agent, Complete, ExitReport, Fail, Landing, Project, Task, TaskKind, Text};

use super::crew::Next;
use super::judgement::Judgement;

/// The codes by which `go repo land` says that no other try helps: a conflict, a red check on the merged tree.
const FOR_GOOD: [(i32, &str); 2] =
    [(65, "it conflicts with what has landed"), (66, "it fails on the merged tree, beside what has landed")];

/// What of a good attempt has to land; `None` where its project delivers nothing, or nothing was changed.
pub(super) fn due(task: &Task, hand: &Agent, project: Option<&Project>, summary: &str) -> Option<Landing> {
    if matches!(task.kind, TaskKind::Push | TaskKind::Review) {
        return None;
    }
    let workplace = project.filter(|project| project.repo.is_some())?.workplace.as_ref()?;
    let work = hand.exit.as_ref()?.report.work.as_ref().filter(|work| work.changed && workplace.deliver.lands())?;
    Some(Landing {
        host: hand.host.clone()?,
        commit: work.commit.clone(),
        base: work.base.clone(),
        summary: Some(Text::clipped(summary)),
        pushed: work.pushed,
    })
}

/// How a landing went that its worker has ended; `judged` is what any other task would make of that.
pub(super) fn verdict(push: &Task, report: &ExitReport, judged: Judgement) -> Next {
    let tail = report.tail.as_str().trim();
    let fail = |error: String, retryable| {
        Next::Fail(Fail { attempt: push.attempt, error: Text::clipped(&error), retryable, remedy: None })
    };
    match judged {
        Judgement::Done { summary, .. } => match landed(tail) {
            Some(commit) => {
                Next::Complete(Complete { landed: Some(commit), ..Complete::of(push.attempt, Text::clipped(&summary)) })
            }
            None => fail(format!("it does not say what has landed\n{tail}"), true),
        },
        Judgement::Failed(failed) => match for_good(report) {
            Some(why) => fail(format!("{why}\n{tail}"), false),
            None => Next::Fail(failed.of(push.attempt)),
        },
    }
}

fn for_good(report: &ExitReport) -> Option<&'static str> {
    let code = report.code.filter(|_| report.bears_result() && report.limit.is_none())?;
    FOR_GOOD.iter().find(|(own, _)| *own == code).map(|(_, why)| *why)
}

/// The commit of the last line, `landed <commit> on <branch>` or `already landed <commit> on <branch>`.
fn landed(tail: &str) -> Option<Text<64>> {
    let last = tail.lines().rfind(|line| !line.trim().is_empty())?.trim();
    let words = last.strip_prefix("already ").unwrap_or(last).strip_prefix("landed ")?;
    let (commit, _branch) = words.split_once(" on ")?;
    let is_commit = commit.len() >= 7 && commit.chars().all(|c| c.is_ascii_hexdigit());
    Text::new(commit).ok().filter(|_| is_commit)
}

#[cfg(test)]
mod tests;
