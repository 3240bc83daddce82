//! Moving the branch: by compare and swap, upstream first.

use crate::line::{Line, Tips, Upstream};
use crate::repo::{Note, Repo};
use crate::{ObjectId, RepoError, worktrees};

/// What became of a try to move the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moved {
    /// It is where it should be.
    There,
    /// It moved meanwhile, in git's words.
    Lost(String),
    /// It can't be moved now, in git's words.
    Blocked(String),
}

/// Moves the branch from its tip to `to`, which stands on it: upstream where it has one, then here.
pub(super) fn advance(repo: &Repo<'_>, line: &Line, tips: &Tips, to: &ObjectId) -> Result<Moved, RepoError> {
    match &line.upstream {
        None => move_here(repo, line, &tips.local, to),
        Some(upstream) => match push(repo, upstream, to)? {
            Some(words) => Ok(Moved::Lost(words)),
            // From here on it has landed, whatever becomes of the branch here.
            None => follow(repo, line, tips, to).map(|()| Moved::There),
        },
    }
}

/// Pushes without force; git's words where that failed.
fn push(repo: &Repo<'_>, upstream: &Upstream, to: &ObjectId) -> Result<Option<String>, RepoError> {
    let call = upstream.network(repo, &["push", "--quiet", "--porcelain", "--no-follow-tags"])?;
    let pushed = call.arg(&upstream.remote).arg(format!("{to}:{}", upstream.reference)).run()?;
    Ok((pushed.code != 0).then(|| pushed.words()))
}

/// Lets the branch here follow the upstream to `to`, as far as the person's files allow.
pub(super) fn follow(repo: &Repo<'_>, line: &Line, tips: &Tips, to: &ObjectId) -> Result<(), RepoError> {
    if tips.local == *to {
        return Ok(());
    }
    match move_here(repo, line, &tips.local, to)? {
        Moved::There => {}
        Moved::Lost(words) | Moved::Blocked(words) => repo.tell(&Note::NotFollowed(words)),
    }
    Ok(())
}

/// Moves the branch of this repo from `from` to `to`: with the files where it is checked out, else the ref alone.
fn move_here(repo: &Repo<'_>, line: &Line, from: &ObjectId, to: &ObjectId) -> Result<Moved, RepoError> {
    let reference = line.reference();
    let tried = match worktrees::holder(repo, &reference)? {
        Some(holder) => {
            let words = ["merge", "--ff-only", "--no-autostash", "--no-stat", "--no-overwrite-ignore", "--quiet"];
            repo.git().elsewhere(&holder).call(&words).arg(to).run()?
        }
        None => repo.git().call(&["update-ref", &reference]).arg(to).arg(from).run()?,
    };
    let now = repo.commit(&reference)?;
    Ok(match now {
        // Somebody may have built on it already.
        Some(now) if repo.is_in(to, &now)? => Moved::There,
        Some(now) if now == *from && tried.code != 0 => Moved::Blocked(tried.words()),
        _ => Moved::Lost(tried.words()),
    })
}
