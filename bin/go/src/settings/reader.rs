//! Reads typed values out of the tree, and remembers every key, so that what is left over is unknown.

use super::origin::{Fault, Origin};
use super::tree::Tree;
use super::value::Setting;

/// A setting as `config show` has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Shown {
    /// The dotted key.
    pub(crate) key: String,
    /// The value in effect.
    pub(crate) value: String,
    /// Where it came from.
    pub(crate) origin: String,
}

impl Shown {
    /// A setting to show.
    pub(super) fn new(key: &str, value: impl ToString, origin: &Origin) -> Self {
        Self { key: key.to_owned(), value: value.to_string(), origin: origin.to_string() }
    }

    /// Whether somebody set it.
    pub(super) fn is_set(&self) -> bool {
        self.origin != Origin::Default.to_string()
    }
}

/// Reads a tree key by key and collects all that is wrong with it.
pub(super) struct Reader<'t> {
    tree: &'t Tree,
    known: Vec<String>,
    read: Read,
}

/// What a reader has read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Every key with its value and origin.
    pub(super) shown: Vec<Shown>,
    /// What somebody set, as it was written, in a line of JSON, which is YAML too: what [`Shown`] has is for people.
    pub(super) written: Vec<(String, String)>,
    /// What is wrong, in the order of its places.
    pub(super) faults: Vec<Fault>,
    /// What is allowed but unusual.
    pub(super) warnings: Vec<Fault>,
}

impl<'t> Reader<'t> {
    /// A reader of `tree` that knows no key yet.
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self { tree, known: Vec::new(), read: Read::default() }
    }

    /// The value at `key`, or `default` where nobody set it; a bad value is a fault, and the default goes on in its place.
    pub(super) fn get<T: Setting>(&mut self, key: &str, default: T) -> T {
        self.checked(key, default, |_| Ok(()))
    }

    /// Like [`Reader::get`], with a rule beyond the type's.
    pub(super) fn checked<T: Setting>(&mut self, key: &str, default: T, rule: impl Fn(&T) -> Result<(), String>) -> T {
        let found = match self.tree.get(key) {
            None => None,
            Some(value) => match T::read(value).and_then(|value| rule(&value).map(|()| value)) {
                Ok(value) => Some(value),
                Err(why) => {
                    self.fault(key, &format!("{key}: {why}"));
                    None
                }
            },
        };
        if let Some(value) = self.tree.get(key).filter(|_| found.is_some()) {
            self.read.written.extend(serde_json::to_string(value).ok().map(|text| (key.to_owned(), text)));
        }
        let origin = if found.is_some() { self.tree.origin(key) } else { Origin::Default };
        let value = found.unwrap_or(default);
        self.known.push(key.to_owned());
        self.read.shown.push(Shown::new(key, value.show(), &origin));
        value
    }

    /// A value without which what it stands in makes no sense.
    pub(super) fn required<T: Setting>(&mut self, key: &str) -> Option<T> {
        let value = self.get::<Option<T>>(key, None);
        if self.tree.get(key).is_none_or(serde_yaml::Value::is_null) {
            self.fault(key, &format!("{key} is missing"));
        }
        value
    }

    /// The paths of the entries of the list at `key`; none where it is absent. Anything but a list is a fault.
    pub(super) fn entries(&mut self, key: &str) -> Vec<String> {
        self.known.push(key.to_owned());
        match self.tree.get(key) {
            None => Vec::new(),
            Some(value) if value.is_sequence() => self.tree.below(key).unwrap_or_default(),
            Some(_) => {
                self.fault(key, &format!("{key}: a list is expected"));
                Vec::new()
            }
        }
    }

    /// Whether somebody set `key`, to nothing or to something.
    pub(super) fn has(&self, key: &str) -> bool {
        self.tree.get(key).is_some_and(|value| !value.is_null())
    }

    /// Adds a fault at `key`.
    pub(super) fn fault(&mut self, key: &str, message: &str) {
        self.read.faults.push(Fault { origin: self.tree.origin(key), message: message.to_owned() });
    }

    /// Adds a warning at `key`.
    pub(super) fn warn(&mut self, key: &str, message: &str) {
        self.read.warnings.push(Fault { origin: self.tree.origin(key), message: message.to_owned() });
    }

    /// What was read; each key that nobody asked for is a fault.
    pub(super) fn finish(mut self) -> Read {
        self.unknown("");
        self.read.faults.sort();
        self.read.faults.dedup();
        self.read
    }

    fn unknown(&mut self, above: &str) {
        for key in self.tree.below(above).unwrap_or_default() {
            let section =
                self.known.iter().any(|known| known.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.')));
            if section {
                match self.tree.get(&key) {
                    Some(value) if value.is_null() => {}
                    Some(value) if value.is_mapping() || value.is_sequence() => self.unknown(&key),
                    _ => self.fault(&key, &format!("{key} is a section; its settings stand below it")),
                }
            } else if !self.known.contains(&key) {
                let hint = nearest(&key, &self.known).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                self.fault(&key, &format!("{key} is not a setting{hint}"));
            }
        }
    }
}

/// The known key or section that `key` was probably meant to be: one spelled alike, or one of that name elsewhere.
pub(super) fn nearest(key: &str, known: &[String]) -> Option<String> {
    let depth = key.split('.').count();
    let cut = |known: &String| known.split('.').take(depth).collect::<Vec<_>>().join(".");
    let alike = known.iter().map(|known| (strsim::normalized_damerau_levenshtein(key, &cut(known)), cut(known)));
    let best = alike.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(score, _)| *score >= 0.7);
    let name = key.rsplit('.').next().unwrap_or(key);
    let elsewhere = || known.iter().find(|known| known.rsplit('.').next() == Some(name)).cloned();
    best.map(|(_, key)| key).or_else(elsewhere)
}
