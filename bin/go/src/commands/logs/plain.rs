//! A plain log on a terminal: as it is, with its colours, but for what would command the terminal.

use super::safe::shown;

/// The longest sequence that is waited for, in bytes.
const LONGEST: usize = 32;

/// Takes a log in parts, cut anywhere.
#[derive(Debug, Default)]
pub(in crate::commands) struct Plain {
    /// The beginning of a character or of a sequence whose rest is yet to come.
    begun: Vec<u8>,
}

impl Plain {
    /// What is to be shown of the next part.
    pub(super) fn take(&mut self, part: &[u8]) -> String {
        self.begun.extend_from_slice(part);
        let rest = self.begun.split_off(self.begun.len().saturating_sub(unfinished(&self.begun)));
        let whole = std::mem::replace(&mut self.begun, rest);
        safe_but_colours(&String::from_utf8_lossy(&whole))
    }

    /// The last of it.
    pub(super) fn end(&mut self) -> String {
        safe_but_colours(&String::from_utf8_lossy(&std::mem::take(&mut self.begun)))
    }
}

/// How many bytes at the end of `bytes` can only be judged with what follows.
fn unfinished(bytes: &[u8]) -> usize {
    let recent = bytes.get(bytes.len().saturating_sub(LONGEST)..).unwrap_or_default();
    if let Some(escape) = recent.iter().rposition(|byte| *byte == 0x1b) {
        let sequence = recent.get(escape..).unwrap_or_default();
        if matches!(sequence, [_] | [_, b'['])
            || matches!(sequence, [_, b'[', rest @ ..] if rest.iter().all(is_of_colour))
        {
            return sequence.len();
        }
    }
    if recent.last() == Some(&b'\r') {
        return 1;
    }
    let cut = |count: &usize| {
        let lead = recent.len().checked_sub(*count).and_then(|at| recent.get(at)).copied().unwrap_or_default();
        let wanted = match lead {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf7 => 4,
            _ => 0,
        };
        wanted > *count
    };
    (1..=3).find(cut).unwrap_or(0)
}

fn is_of_colour(byte: &u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b';' | b':')
}

fn safe_but_colours(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(colour) = colour(rest) {
            safe.push_str(colour);
            rest = rest.get(colour.len()..).unwrap_or_default();
            continue;
        }
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        match letter {
            // A terminal's line end; one alone began the line anew, and what it overwrote is shown too.
            '\r' if rest.starts_with('\n') => {}
            '\r' => safe.push('\n'),
            other => safe.push(shown(other)),
        }
    }
    safe
}

/// The sequence for colours and weight (SGR) that `text` begins with.
fn colour(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("\u{1b}[")?;
    let end = inner.bytes().position(|byte| !is_of_colour(&byte))?;
    let length = end.checked_add(3)?;
    (length <= LONGEST && inner.as_bytes().get(end) == Some(&b'm')).then(|| text.get(..length)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\u{1b}[1;32mok\u{1b}[0m grün\r\n50 %\r99 %\n\u{1b}]0;title\u{7}\u{1b}[2J日本🦀\u{1b}[3";
    const SHOWN: &str = "\u{1b}[1;32mok\u{1b}[0m grün\n50 %\n99 %\n␛]0;title␇␛[2J日本🦀␛[3";

    #[test]
    fn colours_stay_and_other_sequences_are_shown_however_the_log_is_cut() {
        for size in 1..LOG.len() {
            let mut plain = Plain::default();
            let mut all: String = LOG.as_bytes().chunks(size).map(|part| plain.take(part)).collect();
            all.push_str(&plain.end());
            assert_eq!(all, SHOWN, "in parts of {size}");
        }
    }

    #[test]
    fn what_is_waited_for_is_little_and_a_question_without_a_line_end_is_shown_at_once() {
        let mut plain = Plain::default();
        assert_eq!(plain.take(b"Password: "), "Password: ");
        plain.take(b"\x1b[");
        plain.take(&[b'1'; 1000]);
        assert!(plain.begun.len() <= LONGEST, "{} bytes", plain.begun.len());
        assert_eq!(plain.take(b"\xff\xfe"), "\u{fffd}\u{fffd}");
    }
}
