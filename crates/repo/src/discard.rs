//! Taking a working folder away, once it is known that nothing is lost with it.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::RepoError;
use crate::place::{Facts, Stage, WorkFolder};
use crate::repo::Repo;

/// Removes the folder and what git knows of it. It is marked first, so that a kill half way leaves no doubt about the rest.
pub(crate) fn discard(repo: &Repo<'_>, folder: &WorkFolder) -> Result<(), RepoError> {
    if let Some(facts) = folder.facts.clone().filter(|facts| facts.stage != Stage::Removing) {
        folder.clone().keep(Facts { stage: Stage::Removing, ..facts })?;
    }
    // What git needs to know whose it is goes last.
    for entry in fs::read_dir(&folder.path).map_err(RepoError::file("read", &folder.path))? {
        let entry = entry.map_err(RepoError::file("read", &folder.path))?;
        if entry.file_name() != ".git" {
            remove(&entry.path())?;
        }
    }
    repo.git().call(&["worktree", "remove", "--force", "--force"]).arg(&folder.path).done()
}

/// Removes what git knows of a folder that is gone already.
pub(crate) fn prune(repo: &Repo<'_>, path: &Path) -> Result<(), RepoError> {
    let known = crate::worktrees::list(repo)?.into_iter().any(|known| known.path == path);
    if known { repo.git().call(&["worktree", "remove", "--force", "--force"]).arg(path).done() } else { Ok(()) }
}

/// Removes a file that may not be there.
pub(crate) fn forget(file: &Path) -> Result<(), RepoError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(RepoError::file("remove", file)(error)),
        _ => Ok(()),
    }
}

/// Removes a file or folder with all in it, also where folders are not to be written in.
fn remove(path: &Path) -> Result<(), RepoError> {
    let failed = |error| RepoError::file("remove", path)(error);
    let is_folder = fs::symlink_metadata(path).map_err(failed)?.is_dir();
    if !is_folder {
        return fs::remove_file(path).map_err(failed);
    }
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            open_up(path).map_err(failed)?;
            fs::remove_dir_all(path).map_err(failed)
        }
        done => done.map_err(failed),
    }
}

/// Makes every folder below one that its owner may write in.
fn open_up(folder: &Path) -> std::io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}
