//! Where a project's new ticket can stand.

use super::written::Written;
use crate::edit::place::line_break;
use crate::edit::splice::Splice;
use crate::position::Span;
use crate::yaml::{Entry, Kind, Node, ScalarStyle, Style};

/// The ways to write `new` at the end of the project's list, the best first; the first that spoils nothing is to be taken.
pub(super) fn places(text: &str, project: &Node, new: &Written) -> Vec<Vec<Splice>> {
    let Kind::Mapping(entries, style) = &project.kind else { return Vec::new() };
    let own = entries.iter().find(|entry| entry.key.scalar().is_some_and(|key| key.text == "tickets"));
    match (own, style) {
        (Some(entry), _) => in_list(text, entry, *style, new),
        (None, Style::Block) => {
            let column = column(text, project.content.start);
            let head = format!("{}tickets:", " ".repeat(column));
            lines(text, last_end(project), column, |line_break| {
                format!("{head}{line_break}{}", new.block(column.saturating_add(2), line_break))
            })
        }
        (None, Style::Flow) => entries.last().map_or_else(Vec::new, |last| {
            let json = is_json(last);
            let key = if json { "\"tickets\"" } else { "tickets" };
            vec![vec![insertion(last_end(&last.value), format!(", {key}: [{}]", new.flow(json)))]]
        }),
        (None, Style::Pair) => Vec::new(),
    }
}

/// At the end of the list that the key `tickets` has, or as its first item.
fn in_list(text: &str, entry: &Entry, project: Style, new: &Written) -> Vec<Vec<Splice>> {
    let value = &*entry.value;
    match &value.kind {
        Kind::Sequence(items, Style::Block) => behind_items(text, &entry.key, items, new),
        Kind::Sequence(items, Style::Flow) => match items.last() {
            Some(last) => vec![behind_flow_item(text, last, new)],
            None => vec![vec![insertion(value.content.start.saturating_add(1), new.flow(is_json(entry)))]],
        },
        Kind::Scalar(scalar) if !scalar.is_null() => Vec::new(),
        Kind::Scalar(_) if !value.content.of(text).is_empty() => {
            vec![vec![Splice { span: value.content, text: format!("[{}]", new.flow(is_json(entry))) }]]
        }
        Kind::Scalar(_) if project == Style::Block => {
            let key = column(text, entry.key.span.start);
            let end = last_end(&entry.key).max(value.span.end);
            lines(text, end, key, |line_break| new.block(key.saturating_add(2), line_break))
        }
        Kind::Scalar(_) => {
            let end = text.get(entry.key.span.end..).and_then(|rest| rest.find(':'));
            let colon = end.map(|length| entry.key.span.end.saturating_add(length).saturating_add(1));
            colon.map(|at| vec![insertion(at, format!(" [{}]", new.flow(is_json(entry))))]).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A new item behind the last one of a list by indentation; in braces where the last one is.
fn behind_items(text: &str, key: &Node, items: &[std::rc::Rc<Node>], new: &Written) -> Vec<Vec<Splice>> {
    let Some(indent) = first_dash(text, last_end(key)).map(|dash| column(text, dash)) else { return Vec::new() };
    let Some(last) = items.last() else { return Vec::new() };
    let apart = items.iter().rev().nth(1).is_some_and(|one| has_blank_line(text, last_end(one), last.span.start));
    let flow = matches!(last.kind, Kind::Mapping(_, Style::Flow));
    let json = flow && first_entry(last).is_some_and(is_json);
    lines(text, last_end(last), indent, |line_break| {
        let item =
            if flow { format!("{}- {}", " ".repeat(indent), new.flow(json)) } else { new.block(indent, line_break) };
        if apart { format!("{line_break}{item}") } else { item }
    })
}

/// Where the dash of a list's first item stands, behind its key's colon, the list's anchor and tag, and comments.
fn first_dash(text: &str, key_end: usize) -> Option<usize> {
    let mut rest = text.get(key_end..)?.trim_start().strip_prefix(':')?;
    loop {
        rest = rest.trim_start();
        match rest.chars().next()? {
            '-' => return Some(text.len().saturating_sub(rest.len())),
            '#' => rest = rest.get(rest.find(['\n', '\r'])?..)?,
            '&' | '!' => rest = rest.get(rest.find(char::is_whitespace)?..)?,
            _ => return None,
        }
    }
}

/// Behind the last item in brackets: on the same line, or on one of its own where that item has one too.
fn behind_flow_item(text: &str, last: &Node, new: &Written) -> Vec<Splice> {
    let item = new.flow(first_entry(last).is_some_and(is_json));
    let end = last_end(last);
    let line_end = end_of_line(text, end);
    let rest = Span::new(end, line_end).of(text).trim_start();
    let (comma, rest) = rest.strip_prefix(',').map_or((false, rest), |rest| (true, rest.trim_start()));
    let before = text.get(..last.span.start).unwrap_or_default();
    let indent = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    let own_line = indent.len() < before.len() && indent.trim().is_empty();
    if !own_line || !(rest.is_empty() || rest.starts_with('#')) {
        return vec![insertion(end, format!(", {item}"))];
    }
    let line = format!("{}{indent}{item}{}", line_break(text, line_end), if comma { "," } else { "" });
    let comma = (!comma).then(|| insertion(end, ",".to_owned()));
    comma.into_iter().chain([insertion(line_end, line)]).collect()
}

/// Lines of their own below `end` and the comments there that are indented deeper than `indent`; or else, as the line breaks may
/// belong to a text that ends there, below the blank lines that follow.
fn lines(text: &str, end: usize, indent: usize, write: impl Fn(&'static str) -> String) -> Vec<Vec<Splice>> {
    let mut below = end_of_line(text, end);
    while let Some((line, next)) = line_after(text, below) {
        let deeper = line.len().saturating_sub(line.trim_start().len()) > indent;
        if !(deeper && line.trim_start().starts_with('#')) {
            break;
        }
        below = next;
    }
    let mut below_blank = below;
    while let Some((_, next)) = line_after(text, below_blank).filter(|(line, _)| line.trim().is_empty()) {
        below_blank = next;
    }
    let at = |place: usize| {
        let line_break = line_break(text, place);
        vec![insertion(place, format!("{line_break}{}", write(line_break)))]
    };
    [below, below_blank].map(at).into()
}

/// The line after the one that ends at `at`, and where it ends; none where the text has no more.
fn line_after(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..)?;
    let length = ["\r\n", "\n", "\r"].iter().find(|line_break| rest.starts_with(**line_break))?.len();
    let start = at.saturating_add(length);
    if start >= text.len() {
        return None;
    }
    let end = end_of_line(text, start);
    Some((text.get(start..end)?, end))
}

fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find(['\n', '\r'])).map_or(text.len(), |length| at.saturating_add(length))
}

fn has_blank_line(text: &str, from: usize, to: usize) -> bool {
    let between = Span::new(end_of_line(text, from), to).of(text);
    // The first is the rest of the line that `from` stands on, the last what stands before `to` on its own.
    let lines: Vec<&str> = between.split('\n').collect();
    lines.get(1..lines.len().saturating_sub(1)).is_some_and(|lines| lines.iter().any(|line| line.trim().is_empty()))
}

/// How many characters stand on its line before the byte `at`.
fn column(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.chars().rev().take_while(|c| !matches!(c, '\n' | '\r' | '\u{feff}')).count()
}

/// Where the last thing ends that a node is written with; the parser's own spans of indented collections reach further.
fn last_end(node: &Node) -> usize {
    match &node.kind {
        Kind::Sequence(items, Style::Block) => items.last().map_or(node.span.start, |last| last_end(last)),
        Kind::Mapping(entries, Style::Block | Style::Pair) => {
            entries.last().map_or(node.span.start, |last| last_end(&last.key).max(last_end(&last.value)))
        }
        _ => node.span.end,
    }
}

fn first_entry(node: &Node) -> Option<&Entry> {
    match &node.kind {
        Kind::Mapping(entries, _) => entries.first(),
        _ => None,
    }
}

/// Whether the key stands in double quotes, as JSON's do.
fn is_json(entry: &Entry) -> bool {
    entry.key.scalar().is_some_and(|key| key.style == ScalarStyle::DoubleQuoted)
}

fn insertion(at: usize, text: String) -> Splice {
    Splice { span: Span::new(at, at), text }
}
