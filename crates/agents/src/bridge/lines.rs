//! Standard input, line by line, and the news of its end.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, sync_channel};

use super::ended::Ended;

/// The longest line that is taken, in bytes: what the Bus takes, and room for escapes.
pub(super) const LONGEST: u64 = 2 << 20;

/// How many lines wait while one is at the Bus; then the writer waits.
const WAITING: usize = 64;

/// A line is longer than the Bus would take; it was read to its end and dropped.
#[derive(Debug, thiserror::Error)]
#[error("the message has more than {LONGEST} bytes")]
pub(super) struct TooLong;

/// The lines of a stream, read by a thread of their own so that its end is known while something else is waited for.
pub(super) struct Lines {
    lines: Receiver<Result<String, TooLong>>,
    ended: Ended,
}

impl Lines {
    /// Begins to read.
    pub(super) fn of(stream: impl Read + Send + 'static) -> Self {
        let (tell, lines) = sync_channel(WAITING);
        let ended = Ended::default();
        let signal = ended.clone();
        std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            while let Some(line) = next(&mut stream) {
                if tell.send(line).is_err() {
                    break;
                }
            }
            signal.set();
        });
        Self { lines, ended }
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&self) -> Option<Result<String, TooLong>> {
        self.lines.recv().ok()
    }

    /// The news of the end.
    pub(super) fn ended(&self) -> Ended {
        self.ended.clone()
    }
}

/// A line without its end; bytes that are no UTF-8 are replaced, and the message then does not read.
fn next(stream: &mut impl BufRead) -> Option<Result<String, TooLong>> {
    let mut line = Vec::new();
    let read = stream.take(LONGEST).read_until(b'\n', &mut line).ok()?;
    if read == 0 {
        return None;
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if u64::try_from(line.len()).is_ok_and(|read| read >= LONGEST) {
        drop(line);
        return skip(stream).map(|()| Err(TooLong));
    }
    Some(Ok(String::from_utf8_lossy(&line).into_owned()))
}

/// Reads on to the end of the line.
fn skip(stream: &mut impl BufRead) -> Option<()> {
    loop {
        let there = stream.fill_buf().ok()?;
        let end = there.iter().position(|byte| *byte == b'\n');
        let (used, done) = (end.map_or(there.len(), |end| end.saturating_add(1)), end.is_some() || there.is_empty());
        stream.consume(used);
        if done {
            return Some(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use std::time::Duration;

    #[test]
    fn lines_come_whole_also_the_last_without_an_end() {
        let lines = Lines::of(Cursor::new(b"one\ntwo\r\n\nlast".to_vec()));
        let all: Vec<_> = std::iter::from_fn(|| lines.next()).map(|line| line.unwrap()).collect();
        assert_eq!(all, ["one", "two\r", "", "last"]);
        assert!(lines.ended().within(Duration::from_secs(10)), "its end is known");
    }

    #[test]
    fn a_line_that_is_too_long_is_dropped_alone() {
        let mut text = vec![b'x'; usize::try_from(LONGEST).unwrap() + 7];
        text.extend_from_slice(b"\nnext\n");
        let lines = Lines::of(Cursor::new(text));
        assert!(lines.next().unwrap().is_err());
        assert_eq!(lines.next().unwrap().unwrap(), "next");
        assert!(lines.next().is_none());
    }
}
