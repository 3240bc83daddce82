//! Everything in a working folder as a tree, through an index of its own: the agent's index, branch and files stay untouched.

use std::ffi::OsStr;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::discard::forget;
use crate::git::{Git, parts};
use crate::place::WorkFolder;
use crate::repo::{Note, Repo, lock};
use crate::{ObjectId, RepoError};

/// How often adding is tried while files vanish under it.
const TRIES: usize = 3;

/// Everything in a working folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// The tree of it: tracked and untracked files, without ignored ones.
    pub(crate) tree: ObjectId,
    /// The commit that is checked out; `None` on a branch without any.
    pub(crate) head: Option<ObjectId>,
    /// The repos within it of which the tree has nothing.
    pub(crate) within: Vec<PathBuf>,
    /// What of it could not be read, in git's words.
    pub(crate) unread: Option<String>,
}

/// Takes it. The objects are written, nothing refers to them yet. What can't be read is told and left out.
pub(crate) fn snapshot(repo: &Repo<'_>, folder: &WorkFolder) -> Result<Snapshot, RepoError> {
    let _turn = lock(&folder.private.join("xio-index.turn"), || repo.tell(&Note::Waiting("another save")))?;
    let git = folder.git(repo);
    let index = own_index(&folder.private, &git)?;
    let embedded = embedded(&git, &index)?;
    for repository in &embedded {
        repo.tell(&Note::NotSaved(format!("{}: it is a repo of its own", String::from_utf8_lossy(repository))));
    }
    let unread = add(&git, &index, &embedded)?;
    if let Some(words) = &unread {
        repo.tell(&Note::NotSaved(words.clone()));
    }
    let tree = git.call(&["write-tree"]).with("GIT_INDEX_FILE", &index).object()?;
    let head = git.call(&["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]).run()?;
    let within = embedded.iter().map(|name| PathBuf::from(OsStr::from_bytes(name))).collect();
    Ok(Snapshot { tree, head: ObjectId::parse(head.text().trim()), within, unread })
}

/// A copy of the agent's index: it knows which ignored files are tracked all the same, and which files have not changed.
fn own_index(private: &Path, git: &Git<'_>) -> Result<PathBuf, RepoError> {
    let (theirs, own) = (private.join("index"), private.join("xio-index"));
    // Left by a save that was killed; the turn is ours.
    forget(&private.join("xio-index.lock"))?;
    match File::open(&theirs) {
        Ok(mut index) => {
            let failed = RepoError::file("copy", &theirs);
            // git tells by the index's time which entries it has to look at again: the copy keeps it.
            let copied = File::create(&own).and_then(|mut copy| {
                std::io::copy(&mut index, &mut copy)?;
                copy.set_modified(index.metadata()?.modified()?)
            });
            copied.map_err(failed)?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            forget(&own)?;
            let read = git.call(&["read-tree", "HEAD"]).with("GIT_INDEX_FILE", &own).run()?;
            if read.code != 0 {
                git.call(&["read-tree", "--empty"]).with("GIT_INDEX_FILE", &own).done()?;
            }
        }
        Err(error) => return Err(RepoError::file("read", &theirs)(error)),
    }
    Ok(own)
}

/// Repos that somebody made or cloned in the folder: git can't keep their content.
fn embedded(git: &Git<'_>, index: &Path) -> Result<Vec<Vec<u8>>, RepoError> {
    let listed =
        git.call(&["ls-files", "-z", "--others", "--exclude-standard"]).with("GIT_INDEX_FILE", index).output()?;
    Ok(parts(&listed).filter(|name| name.ends_with(b"/")).map(<[u8]>::to_vec).collect())
}

/// Adds everything; what could not be read is answered, in git's words.
fn add(git: &Git<'_>, index: &Path, without: &[Vec<u8>]) -> Result<Option<String>, RepoError> {
    let mut paths = b".".to_vec();
    for path in without {
        paths.extend_from_slice(b"\0:(top,exclude,literal)");
        paths.extend_from_slice(path.strip_suffix(b"/").unwrap_or(path));
    }
    let mut words = String::new();
    for _ in 0..TRIES {
        let call = git.call(&["-c", "core.safecrlf=false", "add", "--all", "--sparse", "--ignore-errors"]);
        let call = call.args(["--pathspec-from-file=-", "--pathspec-file-nul"]).with("GIT_INDEX_FILE", index);
        let added = call.reading(paths.clone()).run()?;
        match added.code {
            0 => return Ok(None),
            // A file that could not be read, or that is gone since it was listed.
            1 => words = added.words(),
            _ => return Err(added.failure()),
        }
    }
    Ok(Some(words))
}
