//! Links of the pages lead somewhere.

use std::path::Path;

use super::{Finding, SourceFile};

/// Links to files or headings that are not there. Links to other sites are not followed.
pub(crate) fn check(files: &[SourceFile], root: &Path) -> Vec<Finding> {
    check_with(files, |path| root.join(path).exists())
}

/// The same, with `exists` telling of files that are not pages.
fn check_with(files: &[SourceFile], exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in files.iter().filter(|file| file.is_page()) {
        for (line, target) in links(&page.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { page.path.clone() } else { resolve(&page.path, path) };
            let there = files.iter().find(|file| file.path == path);
            let place = format!("{}:{line}", page.path);
            if there.is_none() && !exists(&path) {
                findings.push(Finding::new(place, format!("{target} leads nowhere")));
            } else if !heading.is_empty() && there.is_some_and(|file| !has_heading(&file.text, heading)) {
                findings.push(Finding::new(place, format!("{path} has no heading #{heading}")));
            }
        }
    }
    findings
}

/// `target` as seen from the folder of `page`.
fn resolve(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The lines of a page that are text, numbered from 1: not those in fenced code.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((index + 1, line))
    })
}

fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        // Every second piece between backticks is code.
        for piece in line.split('`').step_by(2) {
            let targets = piece.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            found.extend(targets.map(|(target, _)| (number, target.split(' ').next().unwrap_or(target))));
        }
    }
    found
}

fn has_heading(text: &str, wanted: &str) -> bool {
    prose(text).filter(|(_, line)| line.starts_with('#')).any(|(_, line)| slug(line) == wanted)
}

/// A heading as its anchor: lower case, spaces as `-`, punctuation dropped.
fn slug(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(page: &str) -> Vec<String> {
        let files = [
            SourceFile::new("docs/page.md", page),
            SourceFile::new("README.md", "# GO\n## The two commands\n```\n# not a heading\n```\n"),
        ];
        check_with(&files, |path| path == "docs/map.svg").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let page =
            "[a](../README.md) [b](../README.md#the-two-commands) ![c](map.svg)\n# Here\n[d](#here) [e](https://x.y)\n";
        assert_eq!(findings(page), [""; 0]);
    }

    #[test]
    fn a_missing_file_and_a_missing_heading_are_found() {
        assert_eq!(findings("\n[a](gone.md)"), ["docs/page.md:2: gone.md leads nowhere"]);
        assert_eq!(
            findings("[a](../README.md#not-a-heading)"),
            ["docs/page.md:1: README.md has no heading #not-a-heading"]
        );
    }

    #[test]
    fn code_is_no_link() {
        assert_eq!(findings("`[a](gone.md)`\n```\n[a](gone.md)\n```\n"), [""; 0]);
    }
}
