//! Files that git does not track and work needs, such as `.env`: copied from the repo's folder.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::RepoError;
use crate::git::parts;
use crate::place::WorkFolder;
use crate::repo::{Note, Repo, path};

/// Copies what `patterns` name, relative to the repo's folder, into a folder that is being made. What git tracks in either is
/// left as it is, and nothing leads out of the two folders. A bare repo has nothing to copy.
pub(crate) fn copy(repo: &Repo<'_>, into: &WorkFolder, patterns: &[String]) -> Result<(), RepoError> {
    if patterns.is_empty() || repo.git().call(&["rev-parse", "--is-inside-work-tree"]).line()? != "true" {
        return Ok(());
    }
    let mut files = BTreeSet::new();
    for pattern in patterns {
        let listed = repo
            .git()
            .call(&["ls-files", "-z", "--full-name", "--others", "--"])
            .arg(format!(":(glob){pattern}"))
            .run()?;
        if listed.code != 0 {
            repo.tell(&Note::NotCopied(format!("{pattern}: {}", listed.words())));
            continue;
        }
        files.extend(parts(listed.output()).map(|name| PathBuf::from(OsStr::from_bytes(name))));
    }
    let top = path(repo.git().call(&["rev-parse", "--show-toplevel"]).output()?);
    let tracked = into.git(repo).call(&["ls-files", "-z"]).output()?;
    let tracked: BTreeSet<&Path> = parts(&tracked).map(|name| Path::new(OsStr::from_bytes(name))).collect();
    for file in files.iter().filter(|file| !tracked.contains(file.as_path())) {
        if let Err(error) = copy_one(&top, &into.path, file) {
            repo.tell(&Note::NotCopied(format!("{}: {error}", file.display())));
        }
    }
    Ok(())
}

/// Copies one file; a link is followed as long as it stays in the folder.
fn copy_one(from: &Path, into: &Path, file: &Path) -> std::io::Result<()> {
    let (from, into) = (from.canonicalize()?, into.canonicalize()?);
    let source = from.join(file).canonicalize()?;
    if !source.starts_with(&from) || !source.is_file() {
        return Err(std::io::Error::other("it is no file of the repo's folder"));
    }
    let target = into.join(file);
    let parent = target.parent().unwrap_or(&into);
    let there = parent.ancestors().find(|above| above.exists()).unwrap_or(&into);
    if !there.canonicalize()?.starts_with(&into) || target.is_symlink() {
        return Err(std::io::Error::other("it would lie outside the working folder"));
    }
    fs::create_dir_all(parent)?;
    fs::copy(source, target).map(drop)
}
