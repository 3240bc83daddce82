//! Where a ticket's fields are written, or can be.

use super::document::{Document, Field};
use super::quote::render;
use super::splice::Splice;
use super::wanted::Wanted;
use crate::position::Span;
use crate::yaml::{Entry, Kind, Node, ScalarStyle, Style, is_merge};

/// The splices that give every ticket what is wanted of it; none where one has no place for it.
pub(super) fn splices(text: &str, document: &Document, wanted: &Wanted) -> Option<Vec<Splice>> {
    let mut splices = Vec::new();
    for (number, ticket) in document.tickets.iter().enumerate() {
        for field in Field::ALL {
            if let Some(value) = wanted.get((number, field)) {
                splices.push(splice(text, &ticket.node, field, value.as_deref())?);
            }
        }
    }
    Some(splices)
}

fn splice(text: &str, ticket: &Node, field: Field, value: Option<&str>) -> Option<Splice> {
    let Kind::Mapping(entries, style) = &ticket.kind else { return None };
    let own = entries.iter().find(|entry| entry.key.scalar().is_some_and(|key| key.text == field.key()));
    match (own, style) {
        (Some(entry), _) => replacement(text, entry, field, value),
        (None, Style::Block) => block_insertion(text, ticket, entries, field, value),
        (None, Style::Flow) => flow_insertion(text, entries, field, value),
        (None, Style::Pair) => None,
    }
}

/// A result is quoted always: it is a sentence.
fn style_for(field: Field, style: ScalarStyle) -> ScalarStyle {
    match (field, style) {
        (Field::Result, ScalarStyle::Plain) | (_, ScalarStyle::Block) => ScalarStyle::DoubleQuoted,
        (_, style) => style,
    }
}

/// The entry's value becomes `value`; anchor, tag, quotes and comments stay.
fn replacement(text: &str, entry: &Entry, field: Field, value: Option<&str>) -> Option<Splice> {
    let node = &*entry.value;
    let Kind::Scalar(scalar) = &node.kind else {
        let plain = style_for(field, ScalarStyle::Plain);
        return node.is_alias().then(|| Splice { span: node.span, text: render(value, plain) });
    };
    let rendered = render(value, style_for(field, scalar.style));
    if node.content.is_empty() && node.content.of(text).is_empty() {
        return fill(text, node, &rendered);
    }
    let covered = node.content.of(text);
    // The header line of a block scalar may carry a comment, which would be lost.
    if scalar.style == ScalarStyle::Block && covered.lines().next().is_some_and(|header| header.contains('#')) {
        return None;
    }
    let end = node.content.start.saturating_add(covered.trim_end().len());
    Some(Splice { span: Span::new(node.content.start, end), text: rendered })
}

/// Fills in a value that is empty in the text: behind its anchor, else behind its key's colon.
fn fill(text: &str, node: &Node, rendered: &str) -> Option<Splice> {
    let at = if node.span.is_empty() {
        text.get(node.span.start..)?.starts_with(':').then(|| node.span.start.saturating_add(1))?
    } else {
        node.span.end
    };
    Some(Splice { span: Span::new(at, at), text: format!(" {rendered}") })
}

/// A line of its own behind the line on which the last simple key's value ends.
fn block_insertion(text: &str, ticket: &Node, entries: &[Entry], field: Field, value: Option<&str>) -> Option<Splice> {
    let (entry, end) = last_simple(text, entries)?;
    let line_end = text.get(end..)?.find(['\n', '\r']).map_or(text.len(), |length| end.saturating_add(length));
    let after = text.get(end..line_end)?.trim_start();
    if !after.is_empty() && !after.starts_with('#') {
        return None;
    }
    let before = text.get(..ticket.content.start)?;
    let column = before.chars().rev().take_while(|c| !matches!(c, '\n' | '\r' | '\u{feff}')).count();
    let pair = pair(entry, field, value);
    let text = format!("{}{}{pair}", line_break(text, line_end), " ".repeat(column));
    Some(Splice { span: Span::new(line_end, line_end), text })
}

/// Behind the last value: on the same line, or on its own where the last key has its own too.
fn flow_insertion(text: &str, entries: &[Entry], field: Field, value: Option<&str>) -> Option<Splice> {
    let (entry, end) = last_simple(text, entries)?;
    let before = text.get(..entry.key.span.start)?;
    let indent = before.rsplit(['\n', '\r']).next().filter(|indent| before.len() > indent.len());
    let rest = text.get(end..)?.split(['\n', '\r']).next().unwrap_or_default();
    let own_line =
        indent.is_some_and(|indent| indent.trim().is_empty()) && rest.trim_start_matches(',').trim().is_empty();
    let separator = match indent {
        Some(indent) if own_line => format!(",{}{indent}", line_break(text, end)),
        _ => ", ".to_owned(),
    };
    Some(Splice { span: Span::new(end, end), text: format!("{separator}{}", pair(entry, field, value)) })
}

/// `key: value`, with quotes around both where the neighbour's key has them: JSON stays JSON.
fn pair(neighbour: &Entry, field: Field, value: Option<&str>) -> String {
    let json = neighbour.key.scalar().is_some_and(|key| key.style == ScalarStyle::DoubleQuoted);
    let style = if json { ScalarStyle::DoubleQuoted } else { style_for(field, ScalarStyle::Plain) };
    let key = if json { format!("\"{}\"", field.key()) } else { field.key().to_owned() };
    format!("{key}: {}", render(value, style))
}

/// The last entry whose value's end is plain to see, and that end: a scalar that is not empty and no block, an alias, a flow
/// collection.
fn last_simple<'e>(text: &str, entries: &'e [Entry]) -> Option<(&'e Entry, usize)> {
    let is_simple = |node: &Node| match &node.kind {
        Kind::Scalar(scalar) => scalar.style != ScalarStyle::Block && !node.content.of(text).trim().is_empty(),
        Kind::Sequence(_, style) | Kind::Mapping(_, style) => *style == Style::Flow,
        Kind::Alias(..) => true,
    };
    let simple = |entry: &&Entry| !is_merge(entry) && is_simple(&entry.value);
    // A merge key will do where the ticket has nothing else of its own.
    let entry =
        entries.iter().rev().find(simple).or_else(|| entries.iter().rev().find(|entry| is_simple(&entry.value)))?;
    Some((entry, entry.value.span.end))
}

/// The line break that stands at `at`, else the text's first one, else LF.
pub(super) fn line_break(text: &str, at: usize) -> &'static str {
    let kind = |rest: &str| match rest.as_bytes() {
        [b'\r', b'\n', ..] => Some("\r\n"),
        [b'\r', ..] => Some("\r"),
        [b'\n', ..] => Some("\n"),
        _ => None,
    };
    let first = || text.find(['\n', '\r']).and_then(|first| kind(text.get(first..)?));
    text.get(at..).and_then(kind).or_else(first).unwrap_or("\n")
}
