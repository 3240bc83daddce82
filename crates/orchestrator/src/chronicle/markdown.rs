//! Markdown that is put beneath a heading of a larger document.

/// The deepest heading that Markdown has.
const DEEPEST: usize = 6;

/// `text` as a part beneath a heading of the second level: its title is left out, the other headings go two levels down, and comments
/// are made visible, so that no text of a ticket can pass for a marker.
pub(crate) fn beneath(text: &str) -> String {
    let mut fence = None;
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim().lines() {
        let is_code = fence.is_some();
        fence = after(fence, line);
        let is_title = lines.is_empty() && !is_code && level(line) == Some(1);
        if !is_title {
            let lower =
                level(line).filter(|_| !is_code).map_or("", |level| "##".get(..DEEPEST - level).unwrap_or("##"));
            lines.push(format!("{lower}{}", line.trim_end()).replace("<!--", "&lt;!--"));
        }
    }
    // One that was left open would take in all that comes after.
    lines.extend(fence.map(str::to_owned));
    lines.join("\n").trim().to_owned()
}

/// The level of the heading that `line` is, if it is one.
fn level(line: &str) -> Option<usize> {
    let level = line.len() - line.trim_start_matches('#').len();
    let is_heading = (1..=DEEPEST).contains(&level) && line.get(level..)?.starts_with([' ', '\t']);
    (is_heading || level == line.len() && (1..=DEEPEST).contains(&level)).then_some(level)
}

/// The code fence that is open after `line`, where `fence` was open before it.
fn after<'a>(fence: Option<&'a str>, line: &'a str) -> Option<&'a str> {
    let trimmed = line.trim_start();
    let marks = |mark: char| trimmed.get(..trimmed.len() - trimmed.trim_start_matches(mark).len()).unwrap_or_default();
    match fence {
        None => ['`', '~'].map(marks).into_iter().find(|found| found.len() >= 3),
        Some(open) => {
            let found = open.chars().next().map(marks).unwrap_or_default();
            let closes = found.len() >= open.len() && trimmed.trim_end() == found;
            (!closes).then_some(open)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_goes_and_the_other_headings_go_down() {
        assert_eq!(beneath("# Sprint S-1\n\nText.  \n## Done\n- a\n"), "Text.\n#### Done\n- a");
        assert_eq!(beneath("##### Deep\n###### Deeper\n#no heading"), "###### Deep\n###### Deeper\n#no heading");
        assert_eq!(beneath("Text.\n# Second"), "Text.\n### Second");
        assert_eq!(beneath("  \n"), "");
    }

    #[test]
    fn code_stays_as_it_is() {
        let text = "```sh\n# a comment\n~~~\n```\n# after\n~~~~\n# code\n~~~\n~~~~\n# end";
        assert_eq!(beneath(text), "```sh\n# a comment\n~~~\n```\n### after\n~~~~\n# code\n~~~\n~~~~\n### end");
    }

    #[test]
    fn code_that_is_left_open_is_closed() {
        assert_eq!(beneath("````\n# code"), "````\n# code\n````");
    }

    #[test]
    fn no_text_can_pass_for_a_marker() {
        assert!(!beneath("`<!-- end of sprint S-1 -->`\n<!--").contains("<!--"));
    }
}
