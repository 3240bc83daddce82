//! Takes out of a recording what differs from one run to the next: paths, ids, times. Everything else stays byte for byte.

/// A text with these words replaced, and each UUID, time and duration by a lasting one.
pub(super) fn lasting(text: &str, words: &[(String, &str)]) -> String {
    let mut text = text.to_owned();
    for (word, lasting) in words {
        text = text.replace(word, lasting);
    }
    durations(&times(&uuids(&text)))
}

/// The lengths of a UUID's parts.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];

/// Each UUID becomes a number, the same for the same one.
fn uuids(text: &str) -> String {
    let mut known: Vec<String> = Vec::new();
    replace(text, 36, |piece| {
        let parts: Vec<&str> = piece.split('-').collect();
        let hex = |part: &&str| part.chars().all(|c| c.is_ascii_hexdigit());
        if parts.iter().map(|part| part.len()).ne(UUID) || !parts.iter().all(hex) {
            return None;
        }
        let at = known.iter().position(|uuid| uuid == piece).unwrap_or_else(|| {
            known.push(piece.to_owned());
            known.len() - 1
        });
        Some(format!("00000000-0000-4000-8000-{:012}", at + 1))
    })
}

/// Each time of the day it was recorded on, like 2026-01-02T03:04:05.678Z.
fn times(text: &str) -> String {
    ["0000-00-00T00:00:00.000000Z", "0000-00-00T00:00:00.000Z"].iter().fold(text.to_owned(), |text, shape| {
        let fits = |(c, shape): (char, char)| if shape == '0' { c.is_ascii_digit() } else { c == shape };
        let fits = |piece: &str| piece.chars().zip(shape.chars()).all(fits);
        replace(&text, shape.len(), |piece| fits(piece).then(|| "2026-01-01T00:00:00.000Z".to_owned()))
    })
}

/// The number after each key that ends in `_ms`.
fn durations(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_ms\":") {
        out.push_str(before);
        out.push_str("_ms\":");
        let number = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        if number.len() < after.len() {
            out.push('1');
        }
        rest = number;
    }
    out.push_str(rest);
    out
}

/// Replaces pieces of `length` bytes for which `lasting` has something.
fn replace(text: &str, length: usize, mut lasting: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let piece = text.get(at..at + length);
        if let Some(replaced) = piece.and_then(&mut lasting) {
            out.push_str(&replaced);
            at += length;
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_replaced_and_nothing_else() {
        let line = r#"{"id":"2845e878-c0d5-4f64-83b7-f3709e6a7120","at":"2026-11-23T11:36:44.870Z","cwd":"/tmp/x9/work","duration_ms":1234,"usd":0.00933,"é":1}"#;
        let lasting = lasting(&format!("{line}\n{line}"), &[("/tmp/x9".to_owned(), "/home/agent")]);
        let one = r#"{"id":"00000000-0000-4000-8000-000000000001","at":"2026-01-01T00:00:00.000Z","cwd":"/home/agent/work","duration_ms":1,"usd":0.00933,"é":1}"#;
        assert_eq!(lasting, format!("{one}\n{one}"));
    }
}
