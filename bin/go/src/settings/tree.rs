//! The layers of settings as one tree: go.yaml, then the environment, then flags; the later wins.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use super::lines::{Mark, marks};
use super::origin::{Fault, Origin};

/// The merged layers, and where each value came from.
#[derive(Debug, Default)]
pub(super) struct Tree {
    root: Value,
    origins: BTreeMap<String, Origin>,
}

impl Tree {
    /// The tree of a file's text; a syntax error, or a file that is no map, is a fault at its own line.
    pub(super) fn of_file(path: &Path, text: &str) -> Result<Self, Fault> {
        let file = Arc::new(path.to_path_buf());
        let at = |line, column| Origin::File(Arc::clone(&file), line, column);
        let parsed = serde_yaml::from_str::<Value>(text).and_then(|mut root| root.apply_merge().map(|()| root));
        let root = parsed.map_err(|error| {
            let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
            Fault { origin: at(line, column), message: without_place(&error.to_string()) }
        })?;
        if !root.is_mapping() && !root.is_null() {
            return Err(Fault {
                origin: at(1, 1),
                message: "settings are a map of sections such as `bus:`".to_owned(),
            });
        }
        let origins = marks(text).into_iter().map(|(key, Mark { line, column })| (key, at(line, column))).collect();
        Ok(Self { root, origins })
    }

    /// Puts `text` at `key`, above what is there.
    pub(super) fn set(&mut self, key: &str, text: &str, origin: Origin) {
        let value = serde_yaml::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        let mut place = &mut self.root;
        for segment in key.split('.') {
            if !place.is_mapping() {
                *place = Value::Mapping(Mapping::new());
            }
            let Value::Mapping(map) = place else { return };
            place = map.entry(Value::String(segment.to_owned())).or_insert(Value::Null);
        }
        *place = value;
        self.origins.retain(|known, _| !is_below(known, key));
        self.origins.insert(key.to_owned(), origin);
    }

    /// The value at `key`, a dotted path; a number counts into a list.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        key.split('.').try_fold(&self.root, |value, segment| match value {
            Value::Sequence(items) => items.get(segment.parse::<usize>().ok()?),
            other => other.get(segment),
        })
    }

    /// Where the value at `key` came from: its own mark, or that of what it stands in.
    pub(super) fn origin(&self, key: &str) -> Origin {
        let mut key = key;
        loop {
            if let Some(origin) = self.origins.get(key) {
                return origin.clone();
            }
            match key.rsplit_once('.') {
                Some((parent, _)) => key = parent,
                None => return Origin::Default,
            }
        }
    }

    /// The keys right below `key`; the root's for an empty one. `None` where there is no map and no list.
    pub(super) fn below(&self, key: &str) -> Option<Vec<String>> {
        let join = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        match if key.is_empty() { &self.root } else { self.get(key)? } {
            Value::Mapping(map) => Some(map.keys().filter_map(super::value::scalar).map(|name| join(&name)).collect()),
            Value::Sequence(items) => Some((0..items.len()).map(|index| join(&index.to_string())).collect()),
            _ => None,
        }
    }
}

fn is_below(key: &str, above: &str) -> bool {
    key == above || key.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// The parser's message without the place at its end, which the fault already begins with.
fn without_place(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}
