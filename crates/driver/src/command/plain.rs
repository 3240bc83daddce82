//! The protocol `plain`: output is for people, the exit code decides.

use go_bus_api::{ExitReport, Review, Text, Timestamp, Verdict};

use crate::{CommandEnd, Sign, StreamReader};

#[derive(Debug)]
pub(super) struct PlainReader {
    pub(super) posts_verdict: bool,
}

impl StreamReader for PlainReader {
    fn say(&mut self, _text: &str) -> Option<String> {
        None
    }

    fn line(&mut self, line: &str, _now: Timestamp) -> Vec<Sign> {
        if line.trim().is_empty() { Vec::new() } else { vec![Sign::Said(line.to_owned())] }
    }

    fn end(&mut self, end: &CommandEnd, _now: Timestamp) -> ExitReport {
        let tail = Text::clipped(&end.tail);
        let verdict = if end.code == Some(0) { Verdict::Approve } else { Verdict::RequestChanges };
        // One that was killed has judged nothing.
        let judged = self.posts_verdict && end.code.is_some();
        let verdict = judged.then(|| Review { verdict, notes: Text::clipped(&end.tail) });
        ExitReport { code: end.code, signal: end.signal, tail, verdict, ..ExitReport::default() }
    }
}
