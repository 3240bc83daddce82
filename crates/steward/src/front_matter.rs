//! The YAML between two lines of `---` with which a Markdown file may begin.

use crate::diagnostic::{Findings, Place};
use crate::yaml::{Node, load};

/// A Markdown file in its two parts.
#[derive(Debug)]
pub(crate) struct Parts<'t> {
    /// The front matter; `None` where there is none, or it is empty or broken.
    pub(crate) matter: Option<Node>,
    /// What follows it.
    pub(crate) body: &'t str,
    /// The line in which the body begins.
    pub(crate) body_line: usize,
}

/// Splits `text`; front matter that does not end, or is not YAML, is reported.
pub(crate) fn split<'t>(text: &'t str, findings: &mut Findings<'_>) -> Parts<'t> {
    let whole = Parts { matter: None, body: text, body_line: 1 };
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| is_fence(line)) else { return whole };
    let mut end = first.len();
    for (index, line) in lines.enumerate() {
        let begin = end;
        end = end.saturating_add(line.len());
        if is_fence(line) {
            let matter = text.get(first.len()..begin).unwrap_or_default();
            let body = text.get(end..).unwrap_or_default();
            return Parts { matter: load(matter, 2, findings), body, body_line: index.saturating_add(3) };
        }
    }
    findings.add(Place::START, "the front matter that begins here is not ended by a line of `---`");
    whole
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn found(text: &str) -> (Option<Node>, String, usize, Vec<String>) {
        let mut findings = Findings::of(Path::new("f"));
        let Parts { matter, body, body_line } = split(text, &mut findings);
        let found = findings.all();
        (matter, body.to_owned(), body_line, found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_parts_know_their_lines() {
        let (matter, body, line, found) = found("---\nroles: [po]\n---\n# A\n");
        assert_eq!((matter.unwrap().place.line, body.as_str(), line, found), (2, "# A\n", 4, vec![]));
    }

    #[test]
    fn a_file_without_it_is_all_body() {
        let (matter, body, line, found) = found("# A\n---\n");
        assert_eq!((matter, body.as_str(), line, found), (None, "# A\n---\n", 1, vec![]));
    }

    #[test]
    fn one_that_does_not_end_or_is_not_yaml_is_named() {
        assert_eq!(found("---\n# A\n").3, ["f:1:1: the front matter that begins here is not ended by a line of `---`"]);
        assert!(found("---\na: b\n c: [\n---\n").3[0].starts_with("f:3:"));
    }
}
