//! The merged tree, checked out and verified.

use go_bus_api::TaskId;

use super::Landing;
use crate::commands::{Answer, Call};
use crate::copy::copy;
use crate::discard::discard;
use crate::line::Line;
use crate::make::absolute;
use crate::place::{Facts, Place, Purpose, Stage, WorkFolder};
use crate::repo::{Note, Repo, Turn};
use crate::{ObjectId, RepoError};

/// What the verifications came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All passed.
    Green,
    /// This one failed.
    Red {
        /// Which.
        command: String,
        /// Its exit code.
        code: i32,
        /// The end of what it said.
        output: String,
    },
}

/// Checks `commit` out, sets the folder up as each working folder of the project is, and runs every verification there, up to the first
/// command that fails.
pub(super) fn verify(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    line: &Line,
    commit: &ObjectId,
) -> Result<Verdict, RepoError> {
    if order.verify.is_empty() {
        return Ok(Verdict::Green);
    }
    let folder = check_out(repo, order, line, commit)?;
    for command in order.terms.setup.iter().chain(order.verify) {
        let answer = run(repo, order, &folder, command)?;
        if answer.code != Some(0) {
            let output = String::from_utf8_lossy(&answer.output).into_owned();
            return Ok(Verdict::Red { command: command.clone(), code: answer.code.unwrap_or(-1), output });
        }
        repo.tell(&Note::Green(command.clone()));
    }
    Ok(Verdict::Green)
}

/// Runs a command for the shell in the folder, with the project's variables.
fn run(repo: &Repo<'_>, order: &Landing<'_>, folder: &WorkFolder, command: &str) -> Result<Answer, RepoError> {
    let variables = order.terms.env.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let call = Call::Shell { command: command.to_owned(), folder: folder.path.clone(), variables };
    repo.git().commands().run(&call)
}

fn check_out(repo: &Repo<'_>, order: &Landing<'_>, line: &Line, commit: &ObjectId) -> Result<WorkFolder, RepoError> {
    clear(repo, order)?;
    let path = absolute(order.folder)?;
    let occupied = || RepoError::Occupied { folder: path.clone(), wanted: format!("the landing of {}", order.task) };
    let _turn = repo.take(Turn::Folders)?;
    let words = ["worktree", "add", "--force", "--no-checkout", "--detach", "--quiet"];
    repo.git().call(&words).arg(&path).arg(commit).done()?;
    let Place::Folder(mut folder) = Place::look(&path, repo.common())? else { return Err(occupied()) };
    folder.keep(facts(order.task, line, commit))?;
    folder.git(repo).call(&["read-tree", "--reset", "-u"]).arg(commit).done()?;
    copy(repo, &folder, order.terms.copy)?;
    Ok(folder)
}

fn facts(task: &TaskId, line: &Line, commit: &ObjectId) -> Facts {
    Facts {
        task: task.clone(),
        purpose: Purpose::Trial,
        stage: Stage::Made,
        base: commit.clone(),
        head: commit.clone(),
        files: commit.clone(),
        onto: line.branch.clone(),
        saved: None,
    }
}

/// Takes the folder away, whatever a verification or a kill left in it.
pub(super) fn clear(repo: &Repo<'_>, order: &Landing<'_>) -> Result<(), RepoError> {
    let path = absolute(order.folder)?;
    tear_down(repo, order, Place::look(&path, repo.common())?)?;
    let _turn = repo.take(Turn::Folders)?;
    match Place::look(&path, repo.common())? {
        Place::Free => Ok(()),
        Place::Folder(folder) => {
            let is_trial = folder.facts.as_ref().is_some_and(|facts| facts.purpose == Purpose::Trial);
            if is_trial || (folder.facts.is_none() && folder.is_bare()?) {
                return discard(repo, &folder);
            }
            Err(RepoError::Occupied { folder: path, wanted: format!("the landing of {}", order.task) })
        }
        Place::Foreign => Err(RepoError::Occupied { folder: path, wanted: format!("the landing of {}", order.task) }),
    }
}

/// Runs what the project wants done before a folder goes, where that is one of ours. What it may hold open is no reason to keep the folder.
fn tear_down(repo: &Repo<'_>, order: &Landing<'_>, place: Place) -> Result<(), RepoError> {
    let Place::Folder(folder) = place else { return Ok(()) };
    let is_tried = |facts: &Facts| facts.purpose == Purpose::Trial && facts.stage == Stage::Made;
    if !folder.facts.as_ref().is_some_and(is_tried) {
        return Ok(());
    }
    for command in order.terms.teardown {
        if run(repo, order, &folder, command)?.code != Some(0) {
            repo.tell(&Note::NotTornDown(command.clone()));
        }
    }
    Ok(())
}
