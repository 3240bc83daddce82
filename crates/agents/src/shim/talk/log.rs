//! The agent's log, with lines of the shim's own between the agent's.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;

/// As many lines of the shim's own as wait for the end of one of the agent's.
const WAITING: usize = 64;

/// A log that is written to. What can't be written is said once, and the rest goes on: a full disk stops no agent.
#[derive(Debug)]
pub(in crate::shim) struct Log {
    file: File,
    /// Whether the last line is over.
    is_over: bool,
    notes: VecDeque<String>,
    complained: bool,
}

impl Log {
    /// What goes to `file`, which is opened for appending.
    pub(in crate::shim) fn new(file: File) -> Self {
        Self { file, is_over: true, notes: VecDeque::new(), complained: false }
    }

    /// What the agent said.
    pub(in crate::shim) fn write(&mut self, bytes: &[u8]) {
        self.append(bytes);
        self.is_over = bytes.last().map_or(self.is_over, |last| *last == b'\n');
        self.write_notes();
    }

    /// A line of the shim's own; it waits for the end of the agent's.
    pub(super) fn note(&mut self, line: String) {
        if self.notes.len() < WAITING {
            self.notes.push_back(line);
        }
        self.write_notes();
    }

    /// The agent says nothing more.
    pub(super) fn end(&mut self) {
        if !self.notes.is_empty() && !self.is_over {
            self.append(b"\n");
            self.is_over = true;
        }
        self.write_notes();
    }

    fn write_notes(&mut self) {
        while self.is_over
            && let Some(note) = self.notes.pop_front()
        {
            self.append(format!("{note}\n").as_bytes());
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        if let Err(error) = self.file.write_all(bytes)
            && !self.complained
        {
            self.complained = true;
            eprintln!("shim: its output can't be kept: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_never_splits_a_line_and_none_is_lost_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = Log::new(File::create(&path).unwrap());
        let written = || std::fs::read_to_string(&path).unwrap();
        log.note("you: one".to_owned());
        log.write(b"{\"half");
        log.note("you: two".to_owned());
        log.write(b"");
        assert_eq!(written(), "you: one\n{\"half");
        log.write(b"\":1}\n");
        assert_eq!(written(), "you: one\n{\"half\":1}\nyou: two\n");
        log.write(b"last");
        log.note("you: three".to_owned());
        log.end();
        assert!(written().ends_with("\nlast\nyou: three\n"));
        (0..2 * WAITING).for_each(|n| log.note(n.to_string()));
        assert_eq!(written().lines().count(), 5 + 2 * WAITING);
    }
}
