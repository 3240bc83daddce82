//! How far a node reaches in the text, exactly. The parser's own spans begin with anchor and tag, begin late for block scalars, and
//! may end behind the white space and the comment that follow.

use super::ScalarStyle;
use crate::position::Span;

const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// Where a node's content begins behind its anchor and tag. No content begins with `&` or `!` itself.
pub(super) fn after_properties(text: &str, span: Span) -> usize {
    let mut rest = span.of(text);
    while rest.starts_with(['&', '!']) {
        rest = rest.trim_start_matches(|c: char| !BLANK.contains(&c)).trim_start_matches(BLANK);
    }
    span.end.saturating_sub(rest.len())
}

/// A scalar's content: from its first to its last character, quotes or the block's header included.
pub(super) fn scalar(text: &str, span: Span, style: ScalarStyle) -> Span {
    let start = after_properties(text, span);
    match style {
        ScalarStyle::Plain => Span::new(start, span.end),
        ScalarStyle::SingleQuoted => Span::new(start, single_quoted_end(text, start).unwrap_or(span.end)),
        ScalarStyle::DoubleQuoted => Span::new(start, double_quoted_end(text, start).unwrap_or(span.end)),
        ScalarStyle::Block => {
            let start = block_header(text, span.start).unwrap_or(start);
            let length = Span::new(start, span.end).of(text).trim_end_matches(BLANK).len();
            Span::new(start, start.saturating_add(length))
        }
    }
}

/// Behind the bracket that closes a flow collection, which the parser says ends at `at`: that is the bracket, or the comma, white
/// space and comments before it.
pub(super) fn bracket_end(text: &str, at: usize) -> usize {
    let mut rest = text.get(at..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches(BLANK).trim_start_matches(',');
        match rest.chars().next() {
            Some(']' | '}') => return text.len().saturating_sub(rest.len()).saturating_add(1),
            Some('#') => rest = rest.trim_start_matches(|c| !matches!(c, '\n' | '\r')),
            Some(' ' | '\t' | '\n' | '\r') => {}
            _ => return at.saturating_add(1),
        }
    }
}

fn single_quoted_end(text: &str, start: usize) -> Option<usize> {
    let mut at = start.checked_add(1)?;
    loop {
        at = at.checked_add(text.get(at..)?.find('\'')?)?.checked_add(1)?;
        if !text.get(at..)?.starts_with('\'') {
            return Some(at);
        }
        at = at.checked_add(1)?;
    }
}

fn double_quoted_end(text: &str, start: usize) -> Option<usize> {
    let mut at = start.checked_add(1)?;
    loop {
        let found = text.get(at..)?.find(['"', '\\'])?;
        at = at.checked_add(found)?.checked_add(1)?;
        if text.get(..at)?.ends_with('"') {
            return Some(at);
        }
        at = at.checked_add(text.get(at..)?.chars().next()?.len_utf8())?;
    }
}

/// Where the header (`|`, `>-` and so on) of the block scalar stands whose text begins at `body`. None where a comment follows it
/// on its line.
fn block_header(text: &str, body: usize) -> Option<usize> {
    let before = text.get(..body)?.trim_end_matches(BLANK);
    let line = before.rsplit(['\n', '\r']).next()?;
    let header = before.trim_end_matches(['-', '+', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    (header.ends_with(['|', '>']) && !line.contains('#')).then(|| header.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use crate::yaml::{Node, load, lookup};

    /// What the value of `a` covers in the text.
    fn covered(text: &str) -> &str {
        let root = load(text).unwrap().root.unwrap();
        let span = lookup(&root, "a").map(|node: &Node| node.content).unwrap();
        span.of(text)
    }

    #[test]
    fn comments_and_white_space_behind_a_value_are_no_part_of_it() {
        for (text, expected) in [
            ("a: b   # c\n", "b"),
            ("a: 'b''s'   # c\n", "'b''s'"),
            ("a: &x !!str \"b\\\\\\\" ü\"   # c\n", "\"b\\\\\\\" ü\""),
            ("a: [ b ]   # c\n", "[ b ]"),
            ("a: [ b , # ]\n\n  ]   # c\n", "[ b , # ]\n\n  ]"),
            ("a: {b: [c,],}", "{b: [c,],}"),
            ("{a: { b: c }  , d: e}", "{ b: c }"),
            ("a: |\n  b\n\n# c\n", "|\n  b"),
            ("a: >2-\n\n    b\nc: d", ">2-\n\n    b"),
            ("a: |\nc: d", "|"),
            ("a: |", "|"),
            ("a: b\n  c\nd: e", "b\n  c"),
        ] {
            assert_eq!(covered(text), expected);
        }
    }
}
