//! Replacing ranges of a text.

use crate::position::Span;

/// A range and what shall stand there; an empty range is an insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) span: Span,
    pub(super) text: String,
}

/// The text with every splice done. Insertions at the same place keep their order. None where ranges overlap or lie outside.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| (splice.span.start, splice.span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for splice in &splices {
        out.push_str(text.get(done..splice.span.start)?);
        out.push_str(&splice.text);
        done = splice.span.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn splice(start: usize, end: usize, text: &str) -> Splice {
        Splice { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn insertions_keep_their_order_and_stand_around_replacements() {
        let splices = vec![splice(3, 3, "x"), splice(1, 3, "B"), splice(3, 3, "y")];
        assert_eq!(apply("abcd", splices), Some("aBxyd".to_owned()));
    }

    #[test]
    fn overlaps_and_places_outside_are_refused() {
        assert_eq!(apply("abcd", vec![splice(0, 3, ""), splice(2, 4, "")]), None);
        assert_eq!(apply("abcd", vec![splice(3, 9, "")]), None);
        assert_eq!(apply("ü", vec![splice(1, 1, "")]), None);
    }
}
