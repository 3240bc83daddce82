//! A mapping as it is meant: its own entries, and those it merges in with `<<`.

use std::collections::HashSet;

use super::{Entry, Kind, Node, Scalar};

/// Whether an entry is a merge key: a plain `<<`.
pub(crate) fn is_merge(entry: &Entry) -> bool {
    entry.key.scalar().is_some_and(|key| key.text == "<<" && !key.is_text())
}

/// The entries of a mapping, aliases followed and merges resolved: own ones first and winning, then merged ones in order.
/// None where the node is no mapping.
pub(crate) fn effective(node: &Node) -> Option<Vec<(&Scalar, &Entry)>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    collect(node, &mut found, &mut seen).then_some(found)
}

/// Terminates, and takes no more steps than the node's weight, which the loader bounds.
fn collect<'n>(node: &'n Node, found: &mut Vec<(&'n Scalar, &'n Entry)>, seen: &mut HashSet<&'n str>) -> bool {
    let Kind::Mapping(entries, _) = &node.resolved().kind else { return false };
    for entry in entries.iter().filter(|entry| !is_merge(entry)) {
        if let Some(key) = entry.key.scalar()
            && seen.insert(key.text.as_str())
        {
            found.push((key, entry));
        }
    }
    for entry in entries.iter().filter(|entry| is_merge(entry)) {
        match entry.value.items() {
            Some(bases) => bases.iter().for_each(|base| {
                collect(base, found, seen);
            }),
            None => {
                collect(&entry.value, found, seen);
            }
        }
    }
    true
}

/// The value that a mapping has for `key`, merges resolved.
pub(crate) fn lookup<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Kind::Mapping(entries, _) = &node.resolved().kind else { return None };
    if let Some(own) = entries.iter().find(|entry| entry.key.scalar().is_some_and(|scalar| scalar.text == key)) {
        return Some(&own.value);
    }
    effective(node)?.into_iter().find(|(scalar, _)| scalar.text == key).map(|(_, entry)| &*entry.value)
}
