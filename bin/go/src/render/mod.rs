//! Output for people and for scripts.

mod output;
mod table;
mod time;

pub(crate) use output::{print, print_bytes, print_json};
pub(crate) use table::Table;
pub(crate) use time::{ago, clock, length, precisely};

/// A value, or a dash where there is none.
pub(crate) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
}

/// `1 ticket`, `2 tickets`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// The text with its control characters as spaces: what a task's title says to a terminal is not the task's to decide.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
