//! Three-way merges without a work tree.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::repo::Repo;
use crate::{ObjectId, RepoError};

/// A merge of two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The tree; where it conflicts, with the marks of that in its files.
    pub(crate) tree: ObjectId,
    /// What conflicts.
    pub(crate) conflict: Option<Conflict>,
}

/// What keeps two commits from being merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The files.
    pub files: Vec<OsString>,
    /// What git says about each.
    pub messages: Vec<String>,
}

/// Merges `theirs` into `ours`.
pub(crate) fn merge(repo: &Repo<'_>, ours: &ObjectId, theirs: &ObjectId) -> Result<Merged, RepoError> {
    let words = ["merge-tree", "--write-tree", "-z", "--name-only", "--messages"];
    let spoken = repo.git().call(&words).arg(ours).arg(theirs).run()?;
    let garbled = || RepoError::Garbled("merge-tree".to_owned());
    match spoken.code {
        0 | 1 => {
            let (tree, conflict) = read(spoken.output()).ok_or_else(garbled)?;
            Ok(Merged { tree, conflict: (spoken.code == 1).then_some(conflict) })
        }
        _ => Err(spoken.failure()),
    }
}

/// Reads the output of `git merge-tree -z --name-only`: the tree, the files, an empty part, the messages.
fn read(output: &[u8]) -> Option<(ObjectId, Conflict)> {
    let mut parts = output.split(|byte| *byte == 0);
    let tree = ObjectId::parse(std::str::from_utf8(parts.next()?).ok()?.trim_end())?;
    let files = parts.by_ref().take_while(|part| !part.is_empty());
    let mut files: Vec<OsString> = files.map(|file| OsStr::from_bytes(file).to_owned()).collect();
    files.dedup();
    let mut messages = Vec::new();
    while let Some(count) = parts.next().and_then(|count| std::str::from_utf8(count).ok()?.parse::<usize>().ok()) {
        // The paths, then the kind of the message, then the message.
        let message = parts.nth(count.checked_add(1)?)?;
        messages.push(String::from_utf8_lossy(message).trim_end().to_owned());
    }
    Some((tree, Conflict { files, messages }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    #[test]
    fn a_clean_merge_is_a_tree() {
        let (tree, conflict) = read(format!("{TREE}\0\0").as_bytes()).unwrap();
        assert_eq!((tree.as_str(), conflict.files.len(), conflict.messages.len()), (TREE, 0, 0));
    }

    #[test]
    fn a_conflict_has_its_files_and_messages() {
        let said = format!(
            "{TREE}\0a\nb\0c d\0\x001\0a\nb\0Auto-merging\0Auto-merging a\n\x002\0a\0c d\0CONFLICT (x)\0CONFLICT in a\n\0"
        );
        let (_, conflict) = read(said.as_bytes()).unwrap();
        assert_eq!(conflict.files, ["a\nb", "c d"]);
        assert_eq!(conflict.messages, ["Auto-merging a", "CONFLICT in a"]);
    }

    #[test]
    fn what_is_no_answer_is_none() {
        assert!(read(b"").is_none() && read(b"error\0").is_none());
    }
}
