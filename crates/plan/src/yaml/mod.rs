//! YAML as a tree that knows where each of its nodes stands in the text.
//!
//! The parser's events become [`Node`]s; aliases point to the node of their anchor, merge keys are resolved on looking. Bounds on
//! nesting and on what aliases expand to keep a hostile file from costing more than a large one.

mod extent;
mod keys;
mod load;
mod mapping;
mod node;
#[cfg(test)]
mod tests;

pub(crate) use load::load;
pub(crate) use mapping::{effective, is_merge, lookup};
pub(crate) use node::{AnchorId, Entry, Kind, Node, Scalar, ScalarStyle, Style};
