//! Which branch is checked out where.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::RepoError;
use crate::repo::Repo;

/// A work tree of the repo, its main one among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct WorkTree {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The full name of the branch that is checked out in it.
    pub(crate) branch: Option<String>,
    /// Whether it is gone.
    pub(crate) is_gone: bool,
}

/// All work trees of the repo.
pub(crate) fn list(repo: &Repo<'_>) -> Result<Vec<WorkTree>, RepoError> {
    Ok(read(&repo.git().call(&["worktree", "list", "--porcelain", "-z"]).output()?))
}

/// Where `branch`, a full name, is checked out.
pub(crate) fn holder(repo: &Repo<'_>, branch: &str) -> Result<Option<PathBuf>, RepoError> {
    let all = list(repo)?;
    let holder = all.into_iter().find(|tree| tree.branch.as_deref() == Some(branch) && !tree.is_gone);
    Ok(holder.map(|tree| tree.path))
}

fn read(output: &[u8]) -> Vec<WorkTree> {
    let mut trees: Vec<WorkTree> = Vec::new();
    for part in output.split(|byte| *byte == 0) {
        if let Some(path) = part.strip_prefix(b"worktree ") {
            trees.push(WorkTree { path: OsStr::from_bytes(path).into(), ..WorkTree::default() });
        } else if let Some(tree) = trees.last_mut() {
            if let Some(branch) = part.strip_prefix(b"branch ") {
                tree.branch = Some(String::from_utf8_lossy(branch).into_owned());
            }
            tree.is_gone |= part.starts_with(b"prunable") || part == b"bare";
        }
    }
    trees
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_work_tree_with_its_branch() {
        let said = b"worktree /a b\nc\0HEAD x\0branch refs/heads/main\0\0worktree /d\0HEAD x\0detached\0\0\
            worktree /e\0HEAD x\0branch refs/heads/e\0prunable gone\0\0";
        let tree = |path: &str, branch: Option<&str>, is_gone| WorkTree {
            path: path.into(),
            branch: branch.map(str::to_owned),
            is_gone,
        };
        let all = [
            tree("/a b\nc", Some("refs/heads/main"), false),
            tree("/d", None, false),
            tree("/e", Some("refs/heads/e"), true),
        ];
        assert_eq!(read(said), all);
    }
}
