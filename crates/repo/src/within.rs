//! Repos within a working folder, submodules and others: git keeps nothing of their files with those of the folder.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::RepoError;
use crate::git::{Git, parts};
use crate::place::WorkFolder;
use crate::repo::{Repo, path};
use crate::snapshot::Snapshot;

/// How git lists a submodule.
const SUBMODULE: &[u8] = b"160000 ";

/// Those that hold what is nowhere else: a changed or new file, or a commit that none of their remotes is known to have.
pub(crate) fn with_work(repo: &Repo<'_>, folder: &WorkFolder, now: &Snapshot) -> Result<Vec<PathBuf>, RepoError> {
    let listed = repo.git().call(&["ls-tree", "-r", "-z", "--full-tree"]).arg(&now.tree).output()?;
    // Mode, kind and object, a tab, and the name.
    let name = |entry: &[u8]| Some(PathBuf::from(OsStr::from_bytes(entry.splitn(2, |byte| *byte == b'\t').nth(1)?)));
    let submodules = parts(&listed).filter(|entry| entry.starts_with(SUBMODULE)).filter_map(name);
    let all = submodules.filter(|name| folder.path.join(name).join(".git").exists()).chain(now.within.iter().cloned());
    let mut with_work = Vec::new();
    for name in all {
        if has_work(repo, &repo.git().elsewhere(&folder.path.join(&name)))? {
            with_work.push(name);
        }
    }
    Ok(with_work)
}

/// What can't be asked is taken for one that has.
fn has_work(repo: &Repo<'_>, git: &Git<'_>) -> Result<bool, RepoError> {
    let common = git.call(&["rev-parse", "--path-format=absolute", "--git-common-dir"]).run()?;
    let status = git.call(&["status", "--porcelain", "--untracked-files=normal"]).run()?;
    if common.code != 0 || status.code != 0 || !status.output().is_empty() {
        return Ok(true);
    }
    // A work tree of the same repo: its commits are where all are.
    if is_same(&path(common.output().to_vec()), repo.common()) {
        return Ok(false);
    }
    let own = git.call(&["rev-list", "--max-count=1", "--all", "--not", "--remotes"]).run()?;
    Ok(own.code != 0 || !own.output().is_empty())
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}
