//! The description of the API: an OpenAPI 3.1 document made from the operations that routes declare and the contract's types.
//!
//! A route declares its operations beside itself, in `operations()`; a test holds the two to each other, both ways.

mod arguments;
mod document;
mod operation;
mod parameter;
mod schemas;

pub(crate) use document::text;
pub(crate) use operation::Operation;
