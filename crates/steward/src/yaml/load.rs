//! From text to nodes.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::{Key, Kind, Node};
use crate::diagnostic::{Findings, Place};

/// How deep values may be nested; what reads them walks down by recursion.
const MAX_DEPTH: usize = 16;

/// The one document that `text` is, whose first line is line `first_line` of its file. `None` where it is empty, or not YAML, which is
/// reported. Keys that stand twice are reported; the first counts.
pub(crate) fn load(text: &str, first_line: usize, findings: &mut Findings<'_>) -> Option<Node> {
    let mut loader = Loader { first_line, open: Vec::new(), root: None };
    for event in Parser::new_from_str(text) {
        let taken = match event {
            Ok((event, span)) => loader.take(event, span, findings),
            Err(error) => {
                let mark = error.marker();
                let place = loader.place(mark.line(), mark.col());
                Err((place, format!("this is not YAML: {}", error.info())))
            }
        };
        if let Err((place, message)) = taken {
            findings.add(place, message);
            return None;
        }
    }
    loader.root
}

/// A list or mapping whose end has not come yet.
enum Open {
    List(Place, Vec<Node>),
    Mapping(Place, Vec<(Key, Node)>, Option<Key>),
}

struct Loader {
    first_line: usize,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Loader {
    fn place(&self, line: usize, column: usize) -> Place {
        let line = line.max(1).saturating_add(self.first_line).saturating_sub(1);
        Place { line, column: column.saturating_add(1) }
    }

    fn take(&mut self, event: Event<'_>, span: Span, findings: &mut Findings<'_>) -> Result<(), (Place, String)> {
        let place = self.place(span.start.line(), span.start.col());
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                return Err((place, "one YAML document is wanted, here a second one begins".to_owned()));
            }
            Event::Alias(_) => return Err((place, "aliases are not read here; write the value out".to_owned())),
            Event::Scalar(text, style, ..) => {
                let is_nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let kind = if is_nothing { Kind::Nothing } else { Kind::Word(text.into_owned()) };
                self.add(Node { place, kind }, findings)?;
            }
            Event::SequenceStart(..) => self.begin(place, Open::List(place, Vec::new()))?,
            Event::MappingStart(..) => self.begin(place, Open::Mapping(place, Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(place, items)) => self.add(Node { place, kind: Kind::List(items) }, findings)?,
                Some(Open::Mapping(place, entries, _)) => {
                    self.add(Node { place, kind: Kind::Mapping(entries) }, findings)?;
                }
                None => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, place: Place, open: Open) -> Result<(), (Place, String)> {
        if self.open.len() >= MAX_DEPTH {
            return Err((place, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.open.push(open);
        Ok(())
    }

    /// Hands a finished node to what it stands in.
    fn add(&mut self, node: Node, findings: &mut Findings<'_>) -> Result<(), (Place, String)> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Mapping(_, entries, pending)) => match pending.take() {
                Some(key) => {
                    if entries.iter().any(|(known, _)| known.word == key.word) {
                        findings.add(key.place, format!("the key `{}` stands here twice", key.word));
                    } else {
                        entries.push((key, node));
                    }
                }
                None => match node.kind {
                    Kind::Word(word) => *pending = Some(Key { place: node.place, word }),
                    _ => return Err((node.place, format!("a key is a single word, here is {}", node.describe()))),
                },
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn loaded(text: &str) -> (Option<Node>, Vec<String>) {
        let mut findings = Findings::of(Path::new("f"));
        let node = load(text, 1, &mut findings);
        (node, findings.all().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn values_have_their_places_from_the_file_s_first_line() {
        let mut findings = Findings::of(Path::new("f"));
        let node = load("a: ü\nb: [c, {d: ~}]\n", 3, &mut findings).unwrap();
        let Kind::Mapping(entries) = node.kind else { panic!("no mapping") };
        let place = |index: usize| (entries[index].1.place.line, entries[index].1.place.column);
        assert_eq!((place(0), place(1)), ((3, 4), (4, 4)));
        let Kind::List(items) = &entries[1].1.kind else { panic!("no list") };
        let Kind::Mapping(inner) = &items[1].kind else { panic!("no mapping") };
        assert_eq!(inner[0].1.kind, Kind::Nothing);
    }

    #[test]
    fn what_is_not_yaml_stops_at_its_place() {
        assert!(loaded("a: [b\nc: d\n").1[0].starts_with("f:2:"), "{:?}", loaded("a: [b\nc: d\n"));
        assert_eq!(loaded("a: &x 1\nb: *x\n").1, ["f:2:4: aliases are not read here; write the value out"]);
        assert_eq!(loaded("a: 1\na: 2\n").1, ["f:2:1: the key `a` stands here twice"]);
        assert_eq!(loaded("? [a]\n: 1\n").1, ["f:1:3: a key is a single word, here is a list"]);
        assert_eq!(loaded("a: 1\n---\nb: 1\n").1.len(), 1);
        assert_eq!(loaded(&"- ".repeat(100)).1, ["f:1:33: nested deeper than 16 levels"]);
    }

    #[test]
    fn an_empty_text_is_no_node_and_no_mistake() {
        assert_eq!(loaded("# only a comment\n"), (None, vec![]));
    }
}
