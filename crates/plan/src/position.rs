//! Where something stands in a text: bytes for splicing, lines and columns for people.

/// A range of bytes: `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The text it covers; empty where it lies outside.
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The lines of a text, to turn bytes into places.
#[derive(Debug)]
pub(crate) struct Lines<'t> {
    text: &'t str,
    /// The first byte of each line.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// A line ends with LF, CRLF or a lone CR, as YAML has it.
    pub(crate) fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes
            .iter()
            .enumerate()
            .filter(|&(at, &byte)| byte == b'\n' || (byte == b'\r' && bytes.get(at.saturating_add(1)) != Some(&b'\n')));
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at.saturating_add(1))).collect();
        Self { text, starts }
    }

    /// The place of the byte `at`; of the text's end where it lies beyond.
    pub(crate) fn place(&self, at: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or(0);
        let before = self.text.get(start..at.min(self.text.len())).unwrap_or_default();
        Place { line: line.max(1), column: before.chars().count().saturating_add(1) }
    }
}

/// Turns the parser's positions, which count characters, into bytes.
#[derive(Debug)]
pub(crate) struct Offsets {
    /// The byte of each character; none where every character is one byte.
    bytes: Option<Vec<usize>>,
    length: usize,
}

impl Offsets {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { bytes, length: text.len() }
    }

    /// The byte at which the character number `index` (from 0) begins; the text's end where there is none.
    pub(crate) fn byte(&self, index: usize) -> usize {
        match &self.bytes {
            None => index.min(self.length),
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once_and_columns_count_characters() {
        let text = "a\r\nüb\rc\nd";
        let lines = Lines::new(text);
        let places: Vec<_> = ["a", "b", "c", "d"]
            .iter()
            .map(|c| lines.place(text.find(c).unwrap()))
            .map(|place| (place.line, place.column))
            .collect();
        assert_eq!(places, [(1, 1), (2, 2), (3, 1), (4, 1)]);
        assert_eq!(lines.place(9999), Place { line: 4, column: 1 + 1 });
    }

    #[test]
    fn characters_become_bytes() {
        let offsets = Offsets::new("aüb");
        assert_eq!([0, 1, 2, 3, 9].map(|index| offsets.byte(index)), [0, 1, 3, 4, 4]);
    }
}
