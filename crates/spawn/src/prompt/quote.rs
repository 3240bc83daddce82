//! Foreign text inside a prompt: cut to its bound, and never mistaken for the prompt's own headings.

/// At most `bytes` of `text`, cut at a character's border; says so where something is missing.
pub(crate) fn clip(text: &str, bytes: usize) -> String {
    const NOTE: &str = "\n[cut here]";
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes.saturating_sub(NOTE.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    format!("{}{NOTE}", text.get(..end).unwrap_or_default())
}

/// `text` with every line that would be a heading of the prompt's level set deeper than any of them. NULs go first: they are
/// dropped from a prompt anyway, and one before a heading would hide it from the test here.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.replace('\0', "").lines() {
        if line.starts_with("# ") || line.starts_with("## ") {
            out.push_str("##");
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// `text` on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `command` as a list item; a command of several lines keeps them, indented.
pub(crate) fn item(command: &str) -> String {
    let mut lines = command.lines();
    let mut out = format!("- `{}`", lines.next().unwrap_or_default());
    for line in lines {
        out.push_str("\n  `");
        out.push_str(line);
        out.push('`');
    }
    out.push('\n');
    out
}
