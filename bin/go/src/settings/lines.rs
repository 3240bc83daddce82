//! The line and column of every key of a YAML file, which its values no longer know.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};

/// A place in a file; line and column from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A map or list whose end has not come yet.
enum Open {
    /// A map at a path, with the key whose value comes next.
    Map(String, Option<String>),
    /// A list at a path, with the index of the next item.
    List(String, usize),
}

/// The mark of each key by its dotted path; list items count from 0. What comes after a syntax error is missing.
pub(super) fn marks(text: &str) -> BTreeMap<String, Mark> {
    let mut found = BTreeMap::new();
    let mut open: Vec<Open> = Vec::new();
    for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
        let mark = Mark { line: span.start.line(), column: span.start.col() + 1 };
        match event {
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
            }
            Event::Scalar(word, ..) => {
                if let Some(Open::Map(path, key @ None)) = open.last_mut() {
                    found.insert(joined(path, &word), mark);
                    *key = Some(word.into_owned());
                } else {
                    value_path(&mut open, &mut found, mark);
                }
            }
            Event::Alias(_) => {
                value_path(&mut open, &mut found, mark);
            }
            Event::MappingStart(..) => {
                let path = value_path(&mut open, &mut found, mark);
                open.push(Open::Map(path, None));
            }
            Event::SequenceStart(..) => {
                let path = value_path(&mut open, &mut found, mark);
                open.push(Open::List(path, 0));
            }
            _ => {}
        }
    }
    found
}

/// The path of the value that begins now; the container moves on, and a list's item gets its mark.
fn value_path(open: &mut [Open], found: &mut BTreeMap<String, Mark>, mark: Mark) -> String {
    match open.last_mut() {
        Some(Open::Map(path, key)) => joined(path, &key.take().unwrap_or_default()),
        Some(Open::List(path, index)) => {
            let item = joined(path, &index.to_string());
            *index += 1;
            found.insert(item.clone(), mark);
            item
        }
        None => String::new(),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_block_and_flow_maps_and_list_items_have_their_places() {
        let text =
            "# first\nbus: {url: x,\n      listen: y}\nsecrets:\n  - name: a\n  - {name: b}\nlease:\n  heartbeat: 1s\n";
        let marks = marks(text);
        let at = |key: &str| marks.get(key).map(|mark| (mark.line, mark.column));
        assert_eq!(at("bus.url"), Some((2, 7)));
        assert_eq!(at("bus.listen"), Some((3, 7)));
        assert_eq!(at("secrets.1.name"), Some((6, 6)));
        assert_eq!(at("lease.heartbeat"), Some((8, 3)));
        assert_eq!(at("lease.missed"), None);
    }
}
