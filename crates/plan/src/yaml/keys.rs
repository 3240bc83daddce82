//! What the keys of a mapping may not be.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::{Entry, Kind, Node, is_merge};
use crate::diagnostic::Problem;
use crate::position::Lines;

/// A key is a scalar and stands once; what is merged in has to be a mapping. Reports all that are otherwise.
pub(super) fn check(text: &str, entries: &[Entry]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let lines = OnceCell::new();
    for entry in entries {
        let at = entry.key.content.start;
        let Some(key) = entry.key.scalar() else {
            let message = format!("a key is a single word, here is {}", entry.key.describe());
            problems.push(Problem::new(at, message));
            continue;
        };
        if let Some(first) = seen.insert(key.text.as_str(), at) {
            let line = lines.get_or_init(|| Lines::new(text)).place(first).line;
            let message = format!("the key `{}` stands here twice, first in line {line}", key.text);
            problems.push(Problem::new(at, message));
        }
        if is_merge(entry) && !is_mergeable(&entry.value) {
            let message = "`<<` takes an alias of a mapping, or a list of such aliases";
            problems.push(Problem::new(entry.value.content.start, message));
        }
    }
    problems
}

fn is_mergeable(value: &Node) -> bool {
    let is_mapping = |node: &Node| matches!(node.resolved().kind, Kind::Mapping(..));
    is_mapping(value) || value.items().is_some_and(|items| items.iter().all(|item| is_mapping(item)))
}
