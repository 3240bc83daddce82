//! Where a line comes from: the commit that landed it, and whose work that was.

use go_bus_api::{AgentId, Attempt, TaskId};
use serde::Serialize;

use crate::land::{AGENT, ATTEMPT, TASK};
use crate::repo::Repo;
use crate::{ObjectId, RepoError};

/// Where a line comes from. Work that did not land by GO has a commit only, and a line that is not committed yet nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Origin {
    /// The commit.
    pub commit: Option<ObjectId>,
    /// The ticket that it landed.
    pub task: Option<TaskId>,
    /// Its attempt.
    pub attempt: Option<Attempt>,
    /// Who built it.
    pub agent: Option<AgentId>,
}

/// Looks up `place`, `FILE:LINE` with the file relative to the repo's folder, as it lies there; in a bare repo as the branch has it.
///
/// # Errors
/// [`RepoError::NoLine`] where that is no place; git's words where there is no such file or line.
pub fn origin(repo: &Repo<'_>, place: &str) -> Result<Origin, RepoError> {
    let wrong = || RepoError::NoLine(place.to_owned());
    let (file, line) = place.rsplit_once(':').filter(|(file, _)| !file.is_empty()).ok_or_else(wrong)?;
    let line = line.parse::<u32>().ok().filter(|line| *line > 0).ok_or_else(wrong)?;
    let call = repo.git().call(&["blame", "--porcelain", "-L"]).arg(format!("{line},{line}"));
    let is_bare = repo.git().call(&["rev-parse", "--is-bare-repository"]).line()? == "true";
    let call = if is_bare { call.arg("HEAD") } else { call };
    let blamed = call.arg("--").arg(file).output()?;
    let first = String::from_utf8_lossy(&blamed).split_whitespace().next().and_then(ObjectId::parse);
    let commit = first.ok_or_else(|| RepoError::Garbled("blame".to_owned()))?;
    if commit.is_null() { Ok(Origin::default()) } else { of_commit(repo, commit) }
}

fn of_commit(repo: &Repo<'_>, commit: ObjectId) -> Result<Origin, RepoError> {
    let value = |key| format!("%(trailers:key={key},valueonly,separator=%x20)");
    let format = format!("--format={}%x00{}%x00{}", value(TASK), value(ATTEMPT), value(AGENT));
    let text = repo.git().call(&["log", "-1"]).arg(format).arg(&commit).line()?;
    let mut fields = text.split('\0');
    let mut field = || fields.next().unwrap_or_default();
    Ok(Origin {
        task: TaskId::new(field()).ok(),
        attempt: field().parse().ok().map(Attempt),
        agent: AgentId::new(field()).ok(),
        commit: Some(commit),
    })
}
