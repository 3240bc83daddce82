//! A working folder whose task's work went on on another host since: it gives way to what was saved there.

use crate::discard::discard;
use crate::line::{Line, Seen};
use crate::place::{Facts, WorkFolder};
use crate::repo::{Note, Repo};
use crate::save::noted;
use crate::saved::Saved;
use crate::snapshot::snapshot;
use crate::{ObjectId, RepoError, aside_ref, identity, saved_ref, task_branch, worktrees};

/// Takes the folder away where the work of its task went on on another host after what was saved of this folder; what others can't have of
/// it is kept on a ref of its own first. Tells whether it did.
pub(crate) fn give_way(repo: &Repo<'_>, folder: &WorkFolder, facts: &Facts) -> Result<bool, RepoError> {
    let Some(newer) = newer(repo, facts)? else { return Ok(false) };
    let now = snapshot(repo, folder)?;
    let branch = format!("refs/heads/{}", task_branch(&facts.task));
    if let Some(head) = &now.head {
        // Whoever comes back after a kill finds the same commit, though the branch is gone.
        folder.git(repo).call(&["update-ref", "--no-deref", "HEAD"]).arg(head).done()?;
    }
    let went_on_from_all = match &facts.saved {
        Some(saved) => {
            let is_known = repo.commit(&saved_ref(&facts.task))?.as_ref() == Some(&newer)
                || noted(folder).is_some_and(|(_, there)| there == saved.as_str());
            is_known && repo.tree(saved)? == now.tree
        }
        None => repo.tree(&facts.base)? == now.tree,
    };
    if !went_on_from_all {
        let head = now.head.as_ref().unwrap_or(&facts.base);
        set_aside(repo, facts, head, &now.tree)?;
    }
    repo.git().call(&["update-ref", &saved_ref(&facts.task)]).arg(&newer).done()?;
    if worktrees::holder(repo, &branch)?.is_none()
        && let Some(own) = repo.commit(&branch)?
    {
        // What was committed here is no continuation of what was saved there.
        repo.git().call(&["update-ref", "-d", &branch]).arg(&own).done()?;
    }
    discard(repo, folder).map(|()| true)
}

/// What was saved of the task's work after all that was saved from this folder, and not from it.
fn newer(repo: &Repo<'_>, facts: &Facts) -> Result<Option<ObjectId>, RepoError> {
    let name = saved_ref(&facts.task);
    let read = |commit: Option<ObjectId>| commit.map(|commit| Saved::read(repo, commit)).transpose();
    let newest = Saved::newer(read(repo.commit(&name)?)?, read(upstream(repo, facts, &name)?)?);
    let Some(newest) = newest.filter(|newest| facts.saved.as_ref() != Some(&newest.commit)) else { return Ok(None) };
    let own = match &facts.saved {
        Some(own) => read(repo.commit(own.as_str())?)?,
        None => None,
    };
    Ok(own.is_none_or(|own| newest.at > own.at).then_some(newest.commit))
}

fn upstream(repo: &Repo<'_>, facts: &Facts, name: &str) -> Result<Option<ObjectId>, RepoError> {
    let upstream = match Line::of(repo, Some(&facts.onto)) {
        Err(RepoError::UnknownBranch(_)) => None,
        line => line?.upstream,
    };
    match upstream.map(|upstream| upstream.look(repo, &[name])).transpose()? {
        Some(Seen::Refs(mut refs)) => Ok(refs.remove(name)),
        Some(Seen::Away(words)) => {
            repo.tell(&Note::Away(words));
            Ok(None)
        }
        None => Ok(None),
    }
}

fn set_aside(repo: &Repo<'_>, facts: &Facts, head: &ObjectId, tree: &ObjectId) -> Result<(), RepoError> {
    let mut call = repo.git().call(&["commit-tree"]).arg(tree).arg("-p").arg(head);
    for (name, value) in identity::variables(repo.git())? {
        call = call.with(name, value);
    }
    let message = format!("What was left of {}\n", facts.task);
    let commit = call.args(["-F", "-"]).reading(message.into_bytes()).object()?;
    let name = aside_ref(&facts.task);
    repo.git().call(&["update-ref", &name]).arg(&commit).done()?;
    repo.tell(&Note::SetAside(name));
    Ok(())
}
