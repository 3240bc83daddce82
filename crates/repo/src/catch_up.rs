//! Bringing a working folder up to the tip of the branch that its work lands on, between two attempts: what conflicts is left in its
//! files with git's marks, so that whoever goes on needs no git to resolve it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use go_bus_api::TaskId;

use crate::discard::forget;
use crate::git::parts;
use crate::line::Line;
use crate::place::{Facts, WorkFolder};
use crate::repo::{Note, Repo};
use crate::save::keep;
use crate::snapshot::snapshot;
use crate::{ObjectId, RepoError, identity, saved_ref};

/// What lies in git's own folder while somebody is in the middle of something.
const UNDER_WAY: [&str; 5] = [MERGING, "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"];

/// What names the commit that is being merged.
const MERGING: &str = "MERGE_HEAD";

/// What the commit of such a merge says.
const MESSAGE: &str = "Merge what has landed meanwhile";

/// How the line of a file begins where a conflict does.
const MARK: &[u8] = b"<<<<<<< ";

/// Merges the tip into what the working folder of `task` holds. All of that is saved and committed to the task's branch first. Where the two
/// conflict, the merge is left under way, until no file has a mark of it and something newer is to be merged; where one of the files can't show that (a binary one, or one that is gone on one side), or where somebody
/// is in the middle of something else already, nothing is merged.
///
/// *Assumptions*: nobody works in the folder. *Crash semantics*: what the folder held is saved first; killed between two calls
/// of git and called again, the result is that of one undisturbed call.
///
/// # Errors
/// Where the folder was not made for the task, or git fails. A merge that git refuses is told only.
pub fn catch_up(repo: &Repo<'_>, folder: &Path, task: &TaskId) -> Result<(), RepoError> {
    let (folder, mut facts) = WorkFolder::of_task(&crate::make::absolute(folder)?, task, repo)?;
    let is_under_way = UNDER_WAY.iter().any(|name| folder.private.join(name).exists());
    if is_under_way && begun(&folder).as_ref() != Some(&facts.base) {
        return left(repo, folder, facts);
    }
    if is_under_way && resolved(repo, &folder)?.is_none_or(|theirs| theirs != facts.base) {
        return Ok(());
    }
    let line = Line::of(repo, Some(&facts.onto))?;
    let (tip, _) = line.freshest(repo, &saved_ref(task))?;
    let now = snapshot(repo, &folder)?;
    let head = now.head.clone().unwrap_or_else(|| facts.base.clone());
    if is_under_way && tip == facts.base {
        return Ok(());
    }
    if repo.is_in(&tip, &head)? {
        return begins_at(folder, facts, tip);
    }
    let git = folder.git(repo);
    // Left by a git that was killed; nobody else is here.
    forget(&folder.private.join("index.lock"))?;
    // A merge that was left and is resolved ends with this: what is newer is merged into what came of it.
    if is_under_way || repo.tree(&head)? != now.tree {
        let saved = keep(repo, &folder, &facts, &now)?;
        git.call(&["reset", "--quiet", "--mixed"]).arg(&saved).done()?;
        facts.saved = Some(saved);
    }
    let mut call = git.call(&["merge", "--quiet", "--no-edit", "--no-autostash", "--no-stat", "--no-ff"]);
    for (name, value) in identity::variables(repo.git())? {
        call = call.with(name, value);
    }
    let merged = call.args(["-m", MESSAGE]).arg(&tip).run()?;
    match merged.code {
        0 => begins_at(folder, facts, tip),
        _ if folder.private.join(MERGING).exists() => left(repo, folder, facts),
        _ => {
            repo.tell(&Note::NotCaughtUp(merged.words()));
            Ok(())
        }
    }
}

/// A merge that conflicts: left to who works in the folder, where each of its files can show that. What is not ours is left alone.
fn left(repo: &Repo<'_>, folder: WorkFolder, facts: Facts) -> Result<(), RepoError> {
    let Some(theirs) = begun(&folder) else { return Ok(()) };
    match conflicts(repo, &folder)?.into_iter().find(|file| !file.is_marked) {
        None => begins_at(folder, facts, theirs),
        // As it is now it is one side of the conflict, and nobody could tell that from a resolution.
        Some(Conflicting { name, .. }) => {
            folder.git(repo).call(&["merge", "--abort"]).done()?;
            repo.tell(&Note::NotCaughtUp(format!("{} can't show a conflict", String::from_utf8_lossy(&name))));
            Ok(())
        }
    }
}

/// Notes that what is new in the folder is what differs from `base`.
fn begins_at(mut folder: WorkFolder, facts: Facts, base: ObjectId) -> Result<(), RepoError> {
    if facts.base == base { Ok(()) } else { folder.keep(Facts { base, ..facts }) }
}

/// The commit that [`catch_up`] has begun to merge.
fn begun(folder: &WorkFolder) -> Option<ObjectId> {
    let read = |name: &str| std::fs::read_to_string(folder.private.join(name)).ok();
    read("MERGE_MSG").filter(|message| message.starts_with(MESSAGE))?;
    read(MERGING)?.lines().next().and_then(ObjectId::parse)
}

/// The commit that [`catch_up`] has begun to merge, where no file has a mark of a conflict left.
pub(crate) fn resolved(repo: &Repo<'_>, folder: &WorkFolder) -> Result<Option<ObjectId>, RepoError> {
    let Some(theirs) = begun(folder) else { return Ok(None) };
    let is_open = conflicts(repo, folder)?.iter().any(|file| file.is_marked);
    Ok((!is_open).then_some(theirs))
}

/// A file of which git does not know that its conflict is resolved.
struct Conflicting {
    name: Vec<u8>,
    /// Whether it has a mark of one.
    is_marked: bool,
}

fn conflicts(repo: &Repo<'_>, folder: &WorkFolder) -> Result<Vec<Conflicting>, RepoError> {
    let listed = folder.git(repo).call(&["ls-files", "--unmerged", "-z"]).output()?;
    // Mode, object and stage, a tab, and the file's name.
    let mut names: Vec<Vec<u8>> =
        parts(&listed).filter_map(|entry| Some(entry.splitn(2, |byte| *byte == b'\t').nth(1)?.to_vec())).collect();
    names.dedup();
    let read = |name: Vec<u8>| {
        let content = std::fs::read(folder.path.join(OsStr::from_bytes(&name))).unwrap_or_default();
        let is_marked = content.split(|byte| *byte == b'\n').any(|line| line.starts_with(MARK));
        Conflicting { name, is_marked }
    };
    Ok(names.into_iter().map(read).collect())
}
