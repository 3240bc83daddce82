//! Names of things in a repo: objects, and the refs that are GO's own.

use std::ffi::OsStr;
use std::fmt;

use go_bus_api::TaskId;
use serde::{Deserialize, Serialize};

/// The full id of a commit or a tree.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectId(Box<str>);

impl ObjectId {
    /// Reads a full id: 40 or 64 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_id =
            matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_id.then(|| Self(text.into()))
    }

    /// As git writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that stands for nothing, of the same length.
    pub(crate) fn is_null(&self) -> bool {
        self.0.bytes().all(|b| b == b'0')
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<OsStr> for ObjectId {
    fn as_ref(&self) -> &OsStr {
        OsStr::new(&*self.0)
    }
}

/// The branch that a task is worked on, without `refs/heads/`.
pub fn task_branch(task: &TaskId) -> String {
    format!("xio/{}", escaped(task))
}

/// The private ref that holds what a task's agent did so far.
pub fn saved_ref(task: &TaskId) -> String {
    format!("refs/xio/wip/{}", escaped(task))
}

/// The ref that holds what was left in a task's folder here while the work went on on another host.
pub fn aside_ref(task: &TaskId) -> String {
    format!("refs/xio/aside/{}", escaped(task))
}

/// The id as a part of a ref: what git-check-ref-format(1) refuses is written like in a URL.
fn escaped(task: &TaskId) -> String {
    let text = task.as_str();
    let mut name = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        match c {
            ':' => name.push_str("%3A"),
            '.' if rest == "." || rest == ".lock" || rest.starts_with("..") => name.push_str("%2E"),
            _ => name.push(c),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_id_and_nothing_else() {
        assert!(ObjectId::parse(&"a1".repeat(20)).is_some() && ObjectId::parse(&"0".repeat(64)).is_some());
        for no in ["", "a1", &"A1".repeat(20), &"g0".repeat(20), &format!("{}\n", "a1".repeat(20))] {
            assert_eq!(ObjectId::parse(no), None, "{no}");
        }
        assert!(ObjectId::parse(&"0".repeat(40)).unwrap().is_null());
    }

    #[test]
    fn every_task_has_a_ref_that_git_takes_and_no_other_task_has() {
        let named = |id: &str| task_branch(&TaskId::new(id).unwrap());
        assert_eq!(named("T-1"), "xio/T-1");
        assert_eq!(named("a:b"), "xio/a%3Ab");
        assert_eq!(named("a..b"), "xio/a%2E.b");
        assert_eq!(named("a."), "xio/a%2E");
        assert_eq!(named("a.lock"), "xio/a%2Elock");
        assert_eq!(named("1.2"), "xio/1.2");
    }
}
