//! Markdown that is put beneath a heading of a larger document.

/// The deepest heading that Markdown has.
const DEEPEST: usize = 6;

/// The title of `text`, where it begins with one, on one line and without a comment.
pub(crate) fn title(text: &str) -> Option<String> {
    let first = text.trim().lines().next().filter(|line| level(line) == Some(1))?;
    let title = visible(first.trim_start_matches('#').trim());
    (!title.is_empty()).then_some(title)
}

/// `text` as a part beneath a heading of the second level: its title is left out, the other headings go down below that, and comments
/// are made visible, so that no text of a ticket can pass for a marker.
pub(crate) fn beneath(text: &str) -> String {
    let mut fence = None;
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim().lines() {
        let is_code = fence.is_some();
        fence = after(fence, line);
        let is_title = lines.is_empty() && !is_code && level(line) == Some(1);
        if !is_title {
            let lower = match level(line).filter(|_| !is_code) {
                Some(1) => "##",
                Some(2..DEEPEST) => "#",
                _ => "",
            };
            lines.push(format!("{lower}{}", visible(line.trim_end())));
        }
    }
    // One that was left open would take in all that comes after.
    lines.extend(fence.map(str::to_owned));
    lines.join("\n").trim().to_owned()
}

fn visible(line: &str) -> String {
    line.replace("<!--", "&lt;!--")
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
        assert_eq!(beneath("# Sprint S-1\n\nText.  \n## Done\n- a\n"), "Text.\n### Done\n- a");
        assert_eq!(beneath("##### Deep\n###### Deeper\n#no heading"), "###### Deep\n###### Deeper\n#no heading");
        assert_eq!(beneath("Text.\n# Second"), "Text.\n### Second");
        assert_eq!(beneath("  \n"), "");
    }

    #[test]
    fn only_a_heading_of_the_first_level_at_the_very_beginning_is_a_title() {
        let titles = ["# Sprint S-1: all", "\n#  <!-- x\n", "## Sprint", "Text.\n# Sprint", "#", ""].map(title);
        assert_eq!(titles, [Some("Sprint S-1: all".to_owned()), Some("&lt;!-- x".to_owned()), None, None, None, None]);
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
