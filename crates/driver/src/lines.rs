//! Bytes into lines of bounded length, as a [`StreamReader`](crate::StreamReader) gets them.

/// The longest line that a reader gets, in bytes; a longer one is cut.
const LONGEST: usize = 1 << 20;

/// Cuts bytes into lines; keeps the one that is not over yet, of at most 1 MiB.
#[derive(Debug, Default)]
pub struct Lines {
    line: Vec<u8>,
}

impl Lines {
    /// Takes more bytes and gives each line that is over to `each`, without its end. Bytes that are no UTF-8 are replaced.
    pub fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(&str)) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = bytes.split_at(end);
            self.add(line);
            self.give(&mut each);
            bytes = rest.get(1..).unwrap_or_default();
        }
        self.add(bytes);
    }

    /// Gives the last line to `each`, where it has no end.
    pub fn end(&mut self, mut each: impl FnMut(&str)) {
        if !self.line.is_empty() {
            self.give(&mut each);
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let room = LONGEST.saturating_sub(self.line.len());
        self.line.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    fn give(&mut self, each: &mut impl FnMut(&str)) {
        let line = String::from_utf8_lossy(&self.line);
        each(line.strip_suffix('\r').unwrap_or(&line));
        self.line.clear();
        // One huge line is no reason to keep its room for all the others.
        self.line.shrink_to(LONGEST / 16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(parts: &[&[u8]]) -> Vec<String> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for part in parts {
            lines.push(part, |line| found.push(line.to_owned()));
        }
        lines.end(|line| found.push(line.to_owned()));
        found
    }

    #[test]
    fn lines_come_whole_however_their_bytes_come_and_the_last_needs_no_end() {
        assert_eq!(lines(&[b"on", b"e\ntwo\r\n\nth", "\u{fc}".as_bytes(), b"ree"]), ["one", "two", "", "thüree"]);
        assert_eq!(lines(&[b"\xc3", b"\xbc\n"]), ["ü"]);
        assert!(lines(&[b"one\n"]) == ["one"] && lines(&[]).is_empty());
    }

    #[test]
    fn a_huge_line_is_cut_and_the_next_is_whole() {
        let huge = vec![b'x'; 3 * LONGEST];
        let found = lines(&[&huge, &huge, b"\nnext\n"]);
        assert_eq!((found[0].len(), found[1].as_str(), found.len()), (LONGEST, "next", 2));
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        assert_eq!(lines(&[b"a\xffb\n"]), ["a\u{fffd}b"]);
    }
}
