//! From the parser's events to the tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle as EventStyle, Span as EventSpan, Tag};

use super::{AnchorId, Entry, Kind, Node, Scalar, ScalarStyle, Style, extent, keys};
use crate::diagnostic::Problem;
use crate::position::{Offsets, Span};

/// The deepest nesting, aliases expanded. A plan needs six levels.
const MAX_DEPTH: usize = 64;

/// The most nodes that all aliases of a file together may stand for.
const MAX_EXPANSION: usize = 1_000_000;

/// A text's tree and the mistakes that don't keep one from reading on.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// None where the text has no node at all.
    pub(crate) root: Option<Rc<Node>>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads `text` as one YAML document.
///
/// # Errors
/// Where it stops being YAML, or goes beyond a bound.
pub(crate) fn load(text: &str) -> Result<Loaded, Problem> {
    let mut loader = Loader {
        text,
        offsets: Offsets::new(text),
        stack: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        expanded: 0,
        problems: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            Problem::new(loader.offsets.byte(error.marker().index()), format!("this is not YAML: {}", error.info()))
        })?;
        loader.take(event, span)?;
    }
    Ok(Loaded { root: loader.root, problems: loader.problems })
}

/// A collection whose end has not come yet.
struct Open {
    start: usize,
    content: usize,
    anchor: Option<AnchorId>,
    style: Style,
    weight: usize,
    height: usize,
    children: Children,
}

enum Children {
    Items(Vec<Rc<Node>>),
    Entries(Vec<Entry>, Option<Rc<Node>>),
}

struct Loader<'t> {
    text: &'t str,
    offsets: Offsets,
    stack: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    root: Option<Rc<Node>>,
    expanded: usize,
    problems: Vec<Problem>,
}

impl Loader<'_> {
    fn take(&mut self, event: Event<'_>, span: EventSpan) -> Result<(), Problem> {
        let span = Span::new(self.offsets.byte(span.start.index()), self.offsets.byte(span.end.index()));
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                return Err(Problem::new(span.start, "a plan is one YAML document, here a second one begins"));
            }
            Event::Alias(id) => self.alias(AnchorId(id), span)?,
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), span)?,
            Event::SequenceStart(anchor, _) => self.open(span, anchor, '[', Children::Items(Vec::new()))?,
            Event::MappingStart(anchor, _) => self.open(span, anchor, '{', Children::Entries(Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
            _ => {}
        }
        Ok(())
    }

    fn alias(&mut self, id: AnchorId, span: Span) -> Result<(), Problem> {
        let Some(target) = self.anchors.get(&id.0).cloned() else {
            return Err(Problem::new(span.start, "an alias inside of what it stands for"));
        };
        self.expanded = self.expanded.saturating_add(target.weight);
        if self.expanded > MAX_EXPANSION {
            let message = format!("the aliases up to here stand for more than {MAX_EXPANSION} values");
            return Err(Problem::new(span.start, message));
        }
        let (weight, height) = (target.weight, target.height);
        self.add(Node { span, content: span, anchor: None, kind: Kind::Alias(id, target), weight, height })
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: EventStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Problem> {
        let style = match style {
            EventStyle::Plain => ScalarStyle::Plain,
            EventStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            EventStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            EventStyle::Literal | EventStyle::Folded => ScalarStyle::Block,
        };
        let tagged_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
        let content = extent::scalar(self.text, span, style);
        let span = Span::new(span.start.min(content.start), content.end);
        let kind = Kind::Scalar(Scalar { text: text.into_owned(), style, tagged_text });
        self.add(Node { span, content, anchor: anchor_id(anchor), kind, weight: 1, height: 1 })
    }

    fn open(&mut self, span: Span, anchor: usize, bracket: char, children: Children) -> Result<(), Problem> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(Problem::new(span.start, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let in_flow = self.stack.last().is_some_and(|open| open.style != Style::Block);
        let content = extent::after_properties(self.text, span);
        let style = match Span::new(content, span.end).of(self.text).starts_with(bracket) {
            true => Style::Flow,
            false if in_flow => Style::Pair,
            false => Style::Block,
        };
        self.stack.push(Open {
            start: span.start,
            content,
            anchor: anchor_id(anchor),
            style,
            weight: 1,
            height: 1,
            children,
        });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Problem> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        let end = if open.style == Style::Flow { extent::bracket_end(self.text, end.start) } else { end.end };
        let kind = match open.children {
            Children::Items(items) => Kind::Sequence(items, open.style),
            Children::Entries(entries, _) => {
                self.problems.extend(keys::check(self.text, &entries));
                Kind::Mapping(entries, open.style)
            }
        };
        self.add(Node {
            span: Span::new(open.start, end),
            content: Span::new(open.content, end),
            anchor: open.anchor,
            kind,
            weight: open.weight,
            height: open.height,
        })
    }

    /// Hands a finished node to the collection it stands in.
    fn add(&mut self, node: Node) -> Result<(), Problem> {
        let height = node.height.saturating_add(self.stack.len());
        if height > MAX_DEPTH.saturating_add(1) {
            return Err(Problem::new(node.span.start, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let node = Rc::new(node);
        if let Some(anchor) = node.anchor {
            self.anchors.insert(anchor.0, Rc::clone(&node));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.weight = open.weight.saturating_add(node.weight);
        open.height = open.height.max(node.height.saturating_add(1));
        match &mut open.children {
            Children::Items(items) => items.push(node),
            Children::Entries(entries, pending) => match pending.take() {
                None => *pending = Some(node),
                Some(key) => entries.push(Entry { key, value: node }),
            },
        }
        Ok(())
    }
}

/// The parser numbers anchors from 1; 0 is none.
fn anchor_id(id: usize) -> Option<AnchorId> {
    (id > 0).then_some(AnchorId(id))
}
