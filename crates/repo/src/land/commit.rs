//! The commit that lands, and how one that has landed is known again.

use go_bus_api::TaskId;

use super::Landing;
use crate::repo::Repo;
use crate::{ObjectId, RepoError, identity};

/// The trailers of what has landed.
pub(crate) const TASK: &str = "XIO-Task";
pub(crate) const ATTEMPT: &str = "XIO-Attempt";
pub(crate) const AGENT: &str = "XIO-Agent";

/// Makes the commit: one, on `tip`, with the author of the work.
pub(super) fn make(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    tree: &ObjectId,
    tip: &ObjectId,
    work: &ObjectId,
) -> Result<ObjectId, RepoError> {
    let mut call = repo.git().call(&["commit-tree"]).arg(tree).arg("-p").arg(tip);
    for (name, value) in identity::variables(repo.git())?.into_iter().chain(identity::author(repo.git(), work)?) {
        call = call.with(name, value);
    }
    call.args(["-F", "-"]).reading(message(order).into_bytes()).object()
}

fn message(order: &Landing<'_>) -> String {
    let (task, attempt, agent) = (order.task, order.attempt.0, order.agent);
    format!("{}\n\n{TASK}: {task}\n{ATTEMPT}: {attempt}\n{AGENT}: {agent}\n", title(order))
}

/// The title in one line; the task where there is none.
pub(super) fn title(order: &Landing<'_>) -> String {
    let title = order.title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() { order.task.to_string() } else { title }
}

/// The format that shows a commit with its task and attempt.
fn format() -> String {
    let value = |key| format!("%(trailers:key={key},valueonly,separator=%x20)");
    format!("--format=%H%x00{}%x00{}", value(TASK), value(ATTEMPT))
}

/// Whether a line of [`format`] is the work that is to land; then its commit.
fn matching(line: &str, order: &Landing<'_>) -> Option<ObjectId> {
    let mut fields = line.split('\0');
    let commit = fields.next()?;
    let is_it = fields.next()? == order.task.as_str() && fields.next()? == order.attempt.0.to_string();
    ObjectId::parse(commit).filter(|_| is_it)
}

/// The commit on `tip` by which the work landed before.
pub(super) fn landed(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    tip: &ObjectId,
    work: &ObjectId,
) -> Result<Option<ObjectId>, RepoError> {
    let sought = format!("--grep={TASK}: {}", order.task);
    let call = repo.git().call(&["log", "--fixed-strings"]).arg(sought).arg(format()).arg(tip).arg(format!("^{work}"));
    let listed = call.output()?;
    Ok(String::from_utf8_lossy(&listed).lines().find_map(|line| matching(line, order)))
}

/// The commit by which the last attempt of `task` landed that is on `tip` and not on `base`.
pub(crate) fn landed_by(
    repo: &Repo<'_>,
    task: &TaskId,
    tip: &ObjectId,
    base: &ObjectId,
) -> Result<Option<ObjectId>, RepoError> {
    let call = repo.git().call(&["log", "--fixed-strings"]).arg(format!("--grep={TASK}: {task}")).arg(format());
    let listed = call.arg(tip).arg(format!("^{base}")).output()?;
    let text = String::from_utf8_lossy(&listed);
    let landing = |line: &str| {
        let (commit, of) = line.split_once('\0')?;
        let (landed, attempt) = of.split_once('\0')?;
        ObjectId::parse(commit).filter(|_| landed == task.as_str() && !attempt.is_empty())
    };
    Ok(text.lines().find_map(landing))
}

/// Whether `commit` is this work.
pub(super) fn is_of(repo: &Repo<'_>, commit: &ObjectId, order: &Landing<'_>) -> Result<bool, RepoError> {
    let line = repo.git().call(&["log", "-1"]).arg(format()).arg(commit).line()?;
    Ok(matching(&line, order).is_some())
}
