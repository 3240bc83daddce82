//! Output for people and for scripts.

mod output;
mod table;

pub(crate) use output::{print, print_json};
pub(crate) use table::Table;
