//! Which bytes a log lacks. Nothing that is in it is ever changed: whatever is written comes after its last byte.

use std::collections::HashSet;

use super::entry::{END, Entry};

/// What a new log begins with.
pub(super) const TITLE: &str = "# Part 11: Execution Log\n\nGO appends an entry when a sprint closes, and never changes one. What people write in between stays.\n";

/// The end of a comment.
const CLOSE: &[u8] = b"-->";

/// What has to be appended to `log`, one write after the other, so that it has each of `entries` once: first the rest of what was cut
/// off at its end, then the missing entries in their order.
pub(super) fn appends(log: &[u8], entries: &[Entry]) -> Vec<Vec<u8>> {
    let recorded = recorded(log);
    let missing: Vec<&Entry> = entries.iter().filter(|entry| !recorded.contains(entry.end.as_bytes())).collect();
    let mut writes = Vec::new();
    let mut last = Tail::of(log);
    if missing.len() < entries.len() && entries.iter().any(|entry| log.ends_with(entry.end.as_bytes())) {
        // Only the newline of an entry is missing.
        writes.push(b"\n".to_vec());
        last = Tail::Line;
    }
    let cut_off = missing.iter().copied().map(|entry| (entry, cut_off(log, entry)));
    // Of several that begin alike it is the first.
    let resumed =
        cut_off.filter(|(_, there)| *there > 0).reduce(|best, next| if next.1 > best.1 { next } else { best });
    if let Some((entry, there)) = resumed {
        writes.extend(entry.text.as_bytes().get(there..).map(<[u8]>::to_vec));
        last = Tail::Line;
    }
    let title = resumed.is_none().then(|| rest_of_title(log)).flatten().filter(|_| !missing.is_empty());
    if let Some(title) = title {
        writes.push(title.to_vec());
        last = Tail::Line;
    }
    for entry in missing {
        if resumed.is_none_or(|(resumed, _)| resumed != entry) {
            writes.push([last.separator(), entry.text.as_bytes()].concat());
            last = Tail::Line;
        }
    }
    writes
}

/// The entries that a log has whole, each by its last line, whatever else became of it and of what people wrote behind it.
fn recorded(log: &[u8]) -> HashSet<&[u8]> {
    let is_end = |line: &&[u8]| line.starts_with(END.as_bytes());
    log.split(|byte| *byte == b'\n').filter(is_end).filter_map(comment_of).collect()
}

/// The comment that a line begins with.
fn comment_of(line: &[u8]) -> Option<&[u8]> {
    let end = line.windows(CLOSE.len()).position(|part| part == CLOSE)?;
    line.get(..end.saturating_add(CLOSE.len()))
}

/// How many bytes of `entry` are the last ones of `log`, from the beginning of a line on; fewer than all.
fn cut_off(log: &[u8], entry: &Entry) -> usize {
    let from = log.len().saturating_sub(entry.text.len().saturating_sub(1));
    let begins_a_line = |at: &usize| at.checked_sub(1).is_none_or(|before| log.get(before) == Some(&b'\n'));
    let tail = |at: usize| log.get(at..).unwrap_or_default();
    let mut starts = (from..log.len()).filter(begins_a_line).map(tail);
    starts.find(|tail| entry.text.as_bytes().starts_with(tail)).map_or(0, <[u8]>::len)
}

/// What is missing of the title; `None` where the log has other text, or is past its title.
fn rest_of_title(log: &[u8]) -> Option<&'static [u8]> {
    TITLE.as_bytes().strip_prefix(log).filter(|rest| !rest.is_empty())
}

/// How a log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// With an empty line, or before its first.
    Blank,
    /// With a line.
    Line,
    /// Within a line.
    Within,
}

impl Tail {
    fn of(log: &[u8]) -> Self {
        if log.is_empty() || log.ends_with(b"\n\n") {
            Self::Blank
        } else if log.ends_with(b"\n") {
            Self::Line
        } else {
            Self::Within
        }
    }

    /// What comes before an entry, so that an empty line does.
    fn separator(self) -> &'static [u8] {
        match self {
            Self::Blank => b"",
            Self::Line => b"\n",
            Self::Within => b"\n\n",
        }
    }
}

#[cfg(test)]
mod tests;
