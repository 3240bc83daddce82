//! The nodes of the tree.

use std::rc::Rc;

use crate::position::Span;

/// An anchor by its number in the document: later anchors of the same name are others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AnchorId(pub(crate) usize);

/// How a collection is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// By indentation.
    Block,
    /// In brackets or braces.
    Flow,
    /// A single `key: value` in a flow sequence, without braces.
    Pair,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScalarStyle {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// `|` or `>`.
    Block,
}

/// A scalar: its text after unquoting and unfolding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) style: ScalarStyle,
    /// Whether a `!!str` tag says that it is text whatever it looks like.
    pub(crate) tagged_text: bool,
}

impl Scalar {
    /// Whether the text stands for itself: quoted, in a block, or tagged.
    pub(crate) fn is_text(&self) -> bool {
        self.style != ScalarStyle::Plain || self.tagged_text
    }

    /// Whether it says "nothing" (YAML 1.2, core schema).
    pub(crate) fn is_null(&self) -> bool {
        !self.is_text() && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Rc<Node>,
    pub(crate) value: Rc<Node>,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Scalar(Scalar),
    Sequence(Vec<Rc<Node>>, Style),
    Mapping(Vec<Entry>, Style),
    Alias(AnchorId, Rc<Node>),
}

/// A node of the tree with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Where it is written, anchor and tag included.
    pub(crate) span: Span,
    /// Where its content is written: without anchor and tag. A block mapping's begins at its first key.
    pub(crate) content: Span,
    pub(crate) anchor: Option<AnchorId>,
    pub(crate) kind: Kind,
    /// How many nodes it is with all aliases expanded.
    pub(crate) weight: usize,
    /// How deep it is with all aliases expanded.
    pub(crate) height: usize,
}

impl Node {
    /// The node itself, or what it is an alias of.
    pub(crate) fn resolved(&self) -> &Self {
        match &self.kind {
            Kind::Alias(_, target) => target,
            _ => self,
        }
    }

    pub(crate) fn is_alias(&self) -> bool {
        matches!(self.kind, Kind::Alias(..))
    }

    /// The scalar it is, aliases followed.
    pub(crate) fn scalar(&self) -> Option<&Scalar> {
        match &self.resolved().kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items it has, aliases followed.
    pub(crate) fn items(&self) -> Option<&[Rc<Self>]> {
        match &self.resolved().kind {
            Kind::Sequence(items, _) => Some(items),
            _ => None,
        }
    }

    /// Whether it says "nothing".
    pub(crate) fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// What it is, for people.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.resolved().kind {
            Kind::Scalar(scalar) if scalar.is_null() => "nothing",
            Kind::Scalar(_) => "a single value",
            Kind::Sequence(..) => "a list",
            Kind::Mapping(..) | Kind::Alias(..) => "a mapping",
        }
    }
}
