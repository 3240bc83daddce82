//! YAML with places, as far as registries and front matter need it: words, lists and mappings, without anchors.

mod fields;
mod load;
mod suggest;

pub(crate) use fields::{Fields, Word};
pub(crate) use load::load;
pub(crate) use suggest::{did_you_mean, one_of};

use crate::diagnostic::Place;

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing: an empty value, `~` or `null`.
    Nothing,
    /// A single value, whatever it looks like.
    Word(String),
    List(Vec<Node>),
    Mapping(Vec<(Key, Node)>),
}

/// A key of a mapping and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) place: Place,
    pub(crate) word: String,
}

impl Node {
    /// What it is, for people.
    pub(crate) fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Nothing => "nothing",
            Kind::Word(_) => "a single value",
            Kind::List(_) => "a list",
            Kind::Mapping(_) => "a mapping",
        }
    }
}
