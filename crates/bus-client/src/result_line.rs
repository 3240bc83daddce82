//! What came of a task, in one line.

use std::fmt;

use serde::Serialize;

/// A task's result as plan.yaml has it: one line of printable text, at most [`ResultLine::MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ResultLine(String);

impl ResultLine {
    /// The longest line, in characters; what is longer ends with `…`.
    pub const MAX: usize = 240;

    /// Makes one line of `text`: white space becomes single spaces, control characters go. None where nothing is left.
    pub fn of(text: &str) -> Option<Self> {
        let unprintable = |c: char| {
            c.is_control() || ('\u{fdd0}'..='\u{fdef}').contains(&c) || "\u{feff}\u{fffe}\u{ffff}".contains(c)
        };
        let clean: String = text.chars().filter(|c| c.is_whitespace() || !unprintable(*c)).collect();
        let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() <= Self::MAX {
            return (!line.is_empty()).then_some(Self(line));
        }
        let kept: String = line.chars().take(Self::MAX.saturating_sub(1)).collect();
        Some(Self(format!("{}…", kept.trim_end())))
    }

    /// The line as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResultLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tabs_and_controls_become_one_line() {
        let line = ResultLine::of(" built\r\n\tindex\u{7}.html \u{2028}ok\u{feff} ");
        assert_eq!(line.as_ref().map(ResultLine::as_str), Some("built index.html ok"));
        assert_eq!(ResultLine::of(" \n\u{0}"), None);
    }

    #[test]
    fn a_long_text_is_clipped_once_and_stays_so() {
        let line = ResultLine::of(&"ab ".repeat(500)).unwrap();
        assert!(line.as_str().chars().count() <= ResultLine::MAX && line.as_str().ends_with('…'));
        assert_eq!(ResultLine::of(line.as_str()), Some(line));
    }
}
