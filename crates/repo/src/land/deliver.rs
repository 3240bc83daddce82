//! Delivery as a branch of its own, with a text for a pull request.

use super::Landing;
use super::advance::Moved;
use super::commit::title;
use crate::line::Line;
use crate::repo::Repo;
use crate::{ObjectId, RepoError, task_branch, worktrees};

/// Puts `commit` on the task's branch: the upstream's where there is one, else the one here.
pub(super) fn put(
    repo: &Repo<'_>,
    line: &Line,
    task: &go_bus_api::TaskId,
    commit: &ObjectId,
) -> Result<Moved, RepoError> {
    let reference = format!("refs/heads/{}", task_branch(task));
    if let Some(upstream) = &line.upstream {
        let call = upstream.network(repo, &["push", "--quiet", "--porcelain", "--no-follow-tags"])?;
        // The branch is the task's alone: an attempt before this one makes way.
        let pushed = call.arg(&upstream.remote).arg(format!("+{commit}:{reference}")).run()?;
        return Ok(if pushed.code == 0 { Moved::There } else { Moved::Lost(pushed.words()) });
    }
    if let Some(holder) = worktrees::holder(repo, &reference)? {
        // The working folder keeps its commit, files and index; only the name moves away under it.
        let git = repo.git().elsewhere(&holder);
        let head = git.call(&["rev-parse", "--verify", "HEAD"]).object()?;
        git.call(&["update-ref", "--no-deref", "HEAD"]).arg(&head).done()?;
    }
    repo.git().call(&["update-ref", &reference]).arg(commit).done()?;
    Ok(Moved::There)
}

/// The text of a pull request: the title, an empty line, the body.
pub(super) fn request(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    line: &Line,
    tip: &ObjectId,
    work: &ObjectId,
    commit: &ObjectId,
) -> Result<String, RepoError> {
    let steps = repo.git().call(&["log", "--reverse", "--no-merges", "--format=- %s"]).arg(format!("{work}^"));
    let steps = steps.arg(format!("^{tip}")).output()?;
    let files = repo.git().call(&["diff", "--stat=72"]).arg(tip).arg(commit).output()?;
    let (steps, files) = (String::from_utf8_lossy(&steps), String::from_utf8_lossy(&files));
    let (task, attempt, agent) = (order.task, order.attempt.0, order.agent);
    let mut text = format!("{}\n\n{task}, attempt {attempt}, built by {agent}, for {}.\n", title(order), line.branch);
    if !steps.trim().is_empty() {
        text.push_str(&format!("\n{}", steps));
    }
    text.push_str(&format!("\n{files}"));
    for command in order.verify {
        text.push_str(&format!("\nPassed: `{command}`"));
    }
    Ok(text.trim_end().to_owned())
}
