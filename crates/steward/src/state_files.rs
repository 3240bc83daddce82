//! The state files (R13): the blueprint's folder, the Execution Log and the memory folders, offered to whom they concern.

use std::fs;
use std::path::{Component, Path, PathBuf};

use go_bus_api::Role;

/// The most folders that a pattern may stand for; more would drown a prompt.
const MOST: usize = 20;

/// What a state file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateKind {
    /// The folder of the blueprint: what is to be.
    Blueprint,
    /// The Execution Log: what was done.
    ExecutionLog,
    /// A memory folder: what agents noted.
    Memory,
}

/// A state file or folder that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFile {
    /// What it is.
    pub kind: StateKind,
    /// Where it is.
    pub path: PathBuf,
}

impl StateKind {
    /// Whether it concerns an agent of this role: the blueprint whoever plans, builds or judges what is significant, the log
    /// whoever tells what was done, memories those that go on with what others began.
    pub fn concerns(self, role: Role) -> bool {
        match self {
            Self::Blueprint => matches!(role, Role::Po | Role::Io | Role::Specialist | Role::Reviewer),
            Self::ExecutionLog => matches!(role, Role::Po | Role::Io),
            Self::Memory => matches!(role, Role::Ho | Role::Po | Role::Io),
        }
    }

    /// What it is, for a prompt.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Blueprint => "the blueprint",
            Self::ExecutionLog => "the Execution Log, which is only ever appended to",
            Self::Memory => "memory",
        }
    }
}

/// What is there of a path whose parts may have `*` in them, for any run of characters; in the order of names, at most 20.
pub(crate) fn there(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in pattern.components() {
        found = match part {
            Component::Normal(name) if name.to_string_lossy().contains('*') => {
                let name = name.to_string_lossy();
                found.iter().flat_map(|folder| matching(folder, &name)).collect()
            }
            part => found.into_iter().map(|path| path.join(part)).collect(),
        };
    }
    found.retain(|path| path.exists());
    found.sort();
    found.truncate(MOST);
    found
}

fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.filter(|entry| fits(pattern, &entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
}

/// Whether `name` is what `pattern` says, where `*` stands for any run of characters. A hidden name has to be asked for by its dot.
fn fits(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let Some((front, rest)) = pattern.split_once('*') else { return pattern == name };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inner = name.strip_prefix(front).and_then(|name| name.strip_suffix(end));
    let Some(mut inner) = inner else { return false };
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        let Some(at) = inner.find(piece) else { return false };
        inner = inner.get(at.saturating_add(piece.len())..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, name, expected) in [
            ("*", "a", true),
            ("*", ".a", false),
            (".*", ".a", true),
            ("a*c", "abbc", true),
            ("a*c", "ac", true),
            ("ab*ba", "aba", false),
            ("a*b*c", "axbyc", true),
            ("a*b*c", "ac", false),
            ("a", "ab", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_there_is_found_in_order_and_the_rest_is_not() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["p/b/memory", "p/a/memory", "p/c/other"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let found = there(&root.path().join("p/*/memory"));
        assert_eq!(found, [root.path().join("p/a/memory"), root.path().join("p/b/memory")]);
        assert_eq!(there(&root.path().join("p/c")), [root.path().join("p/c")]);
        assert_eq!(there(&root.path().join("q/*/memory")), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_pattern_stands_for_no_more_than_a_prompt_bears() {
        let root = tempfile::tempdir().unwrap();
        (10..40).for_each(|n| fs::create_dir(root.path().join(n.to_string())).unwrap());
        assert_eq!(there(&root.path().join("*")).len(), MOST);
    }
}
