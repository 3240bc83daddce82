//! A mapping, read key by key.

use super::suggest::{did_you_mean, one_of};
use super::{Findings, values};
use crate::yaml::{Entry, Node, Scalar, effective};

/// What a mapping of the plan is and may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// What it is, with its article.
    pub(crate) what: &'static str,
    /// Its keys.
    pub(crate) keys: &'static [&'static str],
    /// Whether it may have keys beginning with `x-`, which hold anything, for anchors.
    pub(crate) extensible: bool,
}

impl Shape {
    fn knows(&self, key: &str) -> bool {
        self.keys.contains(&key) || (self.extensible && key.starts_with("x-"))
    }
}

/// The entries of a mapping whose keys are all known, or have been reported.
pub(super) struct Fields<'n> {
    /// Where the mapping stands: what is missing from it is missing here.
    at: usize,
    /// What the mapping is, with its article.
    what: &'static str,
    entries: Vec<(&'n Scalar, &'n Entry)>,
}

impl<'n> Fields<'n> {
    /// Opens `node` as a mapping of `shape`; reports the keys it should not have. None, reported, where it is no mapping.
    pub(super) fn open(node: &'n Node, shape: Shape, findings: &mut Findings) -> Option<Self> {
        let Shape { what, keys, .. } = shape;
        let Some(entries) = effective(node) else {
            let message = format!("{what} is a mapping of {}, this is {}", one_of(keys), node.describe());
            findings.problem(node.content.start, message);
            return None;
        };
        for (key, entry) in entries.iter().filter(|(key, _)| !shape.knows(&key.text)) {
            let message = format!("{what} has no key `{}`{}", key.text, did_you_mean(&key.text, keys.iter().copied()));
            findings.problem(entry.key.content.start, message);
        }
        Some(Self { at: node.content.start, what, entries })
    }

    /// The value of `key`; what is null counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        let (_, entry) = self.entries.iter().find(|(scalar, _)| scalar.text == key)?;
        Some(&*entry.value).filter(|value| !value.is_null())
    }

    /// The value of `key` as `read` sees it; a bad one is reported and counts as absent.
    pub(super) fn optional<T>(
        &self,
        key: &str,
        findings: &mut Findings,
        read: impl FnOnce(&Node) -> values::Read<T>,
    ) -> Option<T> {
        let node = self.get(key)?;
        read(node).map_err(|message| findings.problem(node.content.start, format!("`{key}`: {message}"))).ok()
    }

    /// Like [`Self::optional`]; the key's absence is reported too.
    pub(super) fn required<T>(
        &self,
        key: &str,
        findings: &mut Findings,
        read: impl FnOnce(&Node) -> values::Read<T>,
    ) -> Option<T> {
        if self.get(key).is_none() {
            findings.problem(self.at, format!("{} needs `{key}`", self.what));
        }
        self.optional(key, findings, read)
    }

    /// The items of the list under `key`, each read by `read`, which reports for itself; no list counts as an empty one.
    pub(super) fn list<T>(
        &self,
        key: &str,
        findings: &mut Findings,
        mut read: impl FnMut(&'n Node, &mut Findings) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let Some(items) = node.items() else {
            findings
                .problem(node.content.start, format!("`{key}`: a list is wanted here, this is {}", node.describe()));
            return Vec::new();
        };
        items.iter().filter_map(|item| read(item, findings)).collect()
    }

    /// The list of single values under `key`.
    pub(super) fn values<T>(
        &self,
        key: &str,
        findings: &mut Findings,
        read: impl Fn(&Node) -> values::Read<T>,
    ) -> Vec<T> {
        self.list(key, findings, |item, findings| {
            read(item).map_err(|message| findings.problem(item.content.start, format!("`{key}`: {message}"))).ok()
        })
    }
}
