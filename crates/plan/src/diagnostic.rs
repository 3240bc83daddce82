//! A mistake in a plan, with its place, as it is shown to people.

use std::fmt;

use crate::position::Lines;

/// One mistake; prints as `FILE:LINE:COLUMN: message`, the form that editors jump to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file as it was named to [`crate::Plan::parse`].
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong and what is allowed instead.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl std::error::Error for Diagnostic {}

/// A mistake at a byte of the text, before anybody has to see it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }

    pub(crate) fn diagnostic(self, file: &str, lines: &Lines<'_>) -> Diagnostic {
        let place = lines.place(self.at);
        Diagnostic { file: file.to_owned(), line: place.line, column: place.column, message: self.message }
    }
}
