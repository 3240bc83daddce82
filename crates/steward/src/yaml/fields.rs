//! A mapping, read key by key.

use super::suggest::nearest;
use super::{Key, Kind, Node, did_you_mean, one_of};
use crate::diagnostic::{Findings, Place};

/// A single value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) place: Place,
    pub(crate) text: String,
}

/// The entries of a mapping.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    place: Place,
    what: &'static str,
    entries: &'n [(Key, Node)],
}

impl<'n> Fields<'n> {
    /// Opens `node`, which is `what`, as a mapping that has no keys but these; reports others. None, reported, where it is no mapping.
    pub(crate) fn open(node: &'n Node, what: &'static str, keys: &[&str], findings: &mut Findings<'_>) -> Option<Self> {
        let fields = Self::mapping(node, what, keys, findings)?;
        for (key, _) in fields.entries.iter().filter(|(key, _)| !keys.contains(&key.word.as_str())) {
            let hint = did_you_mean(&key.word, keys.iter().copied());
            findings.add(key.place, format!("{what} has no key `{}`{hint}", key.word));
        }
        Some(fields)
    }

    /// The same for a mapping that others extend: a key that is none of these is reported only where it is a slip of one.
    pub(crate) fn open_extensible(
        node: &'n Node,
        what: &'static str,
        keys: &[&str],
        findings: &mut Findings<'_>,
    ) -> Option<Self> {
        let fields = Self::mapping(node, what, keys, findings)?;
        for (key, _) in fields.entries.iter().filter(|(key, _)| !keys.contains(&key.word.as_str())) {
            let missing =
                keys.iter().copied().filter(|known| !fields.entries.iter().any(|(key, _)| key.word == *known));
            if let Some(near) = nearest(&key.word, missing) {
                findings.add(key.place, format!("{what} has no key `{}`, did you mean `{near}`?", key.word));
            }
        }
        Some(fields)
    }

    fn mapping(node: &'n Node, what: &'static str, keys: &[&str], findings: &mut Findings<'_>) -> Option<Self> {
        let Kind::Mapping(entries) = &node.kind else {
            let message = format!("{what} is a mapping of {}, this is {}", one_of(keys), node.describe());
            findings.add(node.place, message);
            return None;
        };
        Some(Self { place: node.place, what, entries })
    }

    /// The value of `key`; nothing counts as absent.
    fn get(&self, key: &str) -> Option<&'n Node> {
        let (_, value) = self.entries.iter().find(|(known, _)| known.word == key)?;
        (value.kind != Kind::Nothing).then_some(value)
    }

    /// The single value of `key`, which is not blank.
    pub(crate) fn word(&self, key: &str, findings: &mut Findings<'_>) -> Option<Word> {
        word(key, self.get(key)?, findings)
    }

    /// The same where `key` has to be there.
    pub(crate) fn required(&self, key: &str, findings: &mut Findings<'_>) -> Option<Word> {
        if self.get(key).is_none() {
            findings.add(self.place, format!("{} needs `{key}`", self.what));
        }
        self.word(key, findings)
    }

    /// The words of the list at `key`; a single word is a list of one. `None` where it is absent.
    pub(crate) fn words(&self, key: &str, findings: &mut Findings<'_>) -> Option<Vec<Word>> {
        let value = self.get(key)?;
        match &value.kind {
            Kind::List(items) => Some(items.iter().filter_map(|item| word(key, item, findings)).collect()),
            _ => Some(word(key, value, findings).into_iter().collect()),
        }
    }

    /// The items of the list at `key`; none where it is absent.
    pub(crate) fn list(&self, key: &str, findings: &mut Findings<'_>) -> &'n [Node] {
        match self.get(key) {
            None => &[],
            Some(Node { kind: Kind::List(items), .. }) => items,
            Some(other) => {
                findings.add(other.place, format!("`{key}`: a list is wanted here, this is {}", other.describe()));
                &[]
            }
        }
    }
}

fn word(key: &str, node: &Node, findings: &mut Findings<'_>) -> Option<Word> {
    match &node.kind {
        Kind::Word(text) if !text.trim().is_empty() => Some(Word { place: node.place, text: text.trim().to_owned() }),
        Kind::Word(_) => {
            findings.add(node.place, format!("`{key}` is empty"));
            None
        }
        _ => {
            findings.add(node.place, format!("`{key}`: a single value is wanted here, this is {}", node.describe()));
            None
        }
    }
}
