//! Variables of an environment.

use std::collections::BTreeMap;

use go_bus_api::Text;

use super::{Findings, values};
use crate::yaml::{Node, effective};

/// A mapping of names to values; each that is no variable is reported.
pub(super) fn read(key: &str, node: &Node, findings: &mut Findings) -> BTreeMap<Text<128>, Text<4096>> {
    let Some(entries) = effective(node) else {
        let message = format!("`{key}`: a mapping is wanted here, this is {}", node.describe());
        findings.problem(node.content.start, message);
        return BTreeMap::new();
    };
    let mut variables = BTreeMap::new();
    for (name, entry) in entries {
        match (self::name(&name.text), values::any_text(&entry.value)) {
            (Ok(name), Ok(value)) => {
                variables.insert(name, value);
            }
            (Err(message), _) => findings.problem(entry.key.content.start, format!("`{key}`: {message}")),
            (_, Err(message)) => findings.problem(entry.value.content.start, format!("`{key}`: {message}")),
        }
    }
    variables
}

/// A name that a shell takes (POSIX, XBD 8.1), and that is not GO's own.
fn name(text: &str) -> values::Read<Text<128>> {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let mut rest = text.chars();
    if !rest.next().is_some_and(is_letter) || !rest.all(|c| is_letter(c) || c.is_ascii_digit()) {
        return Err(format!("{text:?} is no variable's name"));
    }
    if text.starts_with("XIO_") {
        return Err(format!("{text} is GO's own: variables that begin with XIO_ can't be set here"));
    }
    Text::new(text).map_err(|error| error.to_string())
}
