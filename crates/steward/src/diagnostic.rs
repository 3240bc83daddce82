//! A mistake in a file of the stewards', with its place, as it is shown to people.

use std::fmt;
use std::path::{Path, PathBuf};

/// One mistake; prints as `FILE:LINE:COLUMN: message`, the form that editors jump to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)
    }
}

impl std::error::Error for Diagnostic {}

/// A line and a column in characters, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// A file's beginning.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place of the byte `at` of `text`; the text's end where it lies beyond, or inside of a character.
    pub(crate) fn of(text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line_begins = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.get(line_begins..).unwrap_or_default().chars().count().saturating_add(1);
        Self { line, column }
    }
}

/// What is found wrong with one file.
#[derive(Debug)]
pub(crate) struct Findings<'p> {
    file: &'p Path,
    found: Vec<Diagnostic>,
}

impl<'p> Findings<'p> {
    /// Nothing wrong with `file` yet.
    pub(crate) fn of(file: &'p Path) -> Self {
        Self { file, found: Vec::new() }
    }

    /// Adds a mistake.
    pub(crate) fn add(&mut self, place: Place, message: impl Into<String>) {
        let Place { line, column } = place;
        self.found.push(Diagnostic { file: self.file.to_owned(), line, column, message: message.into() });
    }

    /// All that is wrong.
    pub(crate) fn all(self) -> Vec<Diagnostic> {
        self.found
    }

    /// `value`, or all that is wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Vec<Diagnostic>> {
        if self.found.is_empty() { Ok(value) } else { Err(self.found) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_1() {
        let text = "ü\nab\n";
        let places: Vec<_> = [0, 2, 3, 4, 99].map(|at| Place::of(text, at)).map(|p| (p.line, p.column)).to_vec();
        assert_eq!(places, [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]);
    }
}
