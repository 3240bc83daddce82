//! Hosts and users.

use std::collections::BTreeMap;

use go_bus_api::{Slots, Text};

use super::fields::{Fields, Shape};
use super::{Findings, seat, values};
use crate::yaml::{Node, effective};
use crate::{PlannedHost, PlannedUser};

/// The keys of a host.
pub(crate) const HOST: Shape =
    Shape { what: "a host", keys: &["id", "state", "slots", "labels", "ho"], extensible: false };

/// The keys of a user.
pub(crate) const USER: Shape = Shape { what: "a user", keys: &["id", "logged_in", "io"], extensible: false };

/// Reads a host; none, reported, where it has no usable id.
pub(super) fn host(node: &Node, findings: &mut Findings) -> Option<PlannedHost> {
    let fields = Fields::open(node, HOST, findings)?;
    let id = fields.required("id", findings, values::id);
    findings.index.define_host(fields.get("id"));
    let state = fields.optional("state", findings, values::host_state).unwrap_or_default();
    let slots = fields.optional("slots", findings, |node| Slots::new(values::integer(0, Slots::MAX)(node)?));
    let labels = fields.get("labels").map(|node| labels(node, findings)).unwrap_or_default();
    let ho = seat::read("ho", &fields, findings);
    Some(PlannedHost { id: id?, state, slots, labels, ho })
}

/// A mapping of words to words.
fn labels(node: &Node, findings: &mut Findings) -> BTreeMap<Text<64>, Text<256>> {
    let Some(entries) = effective(node) else {
        findings
            .problem(node.content.start, format!("`labels`: a mapping is wanted here, this is {}", node.describe()));
        return BTreeMap::new();
    };
    let mut labels = BTreeMap::new();
    for (key, entry) in entries {
        match (Text::new(key.text.clone()), values::any_text(&entry.value)) {
            (Ok(key), Ok(value)) => {
                labels.insert(key, value);
            }
            (Err(error), _) => findings.problem(entry.key.content.start, format!("`labels`: {error}")),
            (_, Err(message)) => findings.problem(entry.value.content.start, format!("`labels`: {message}")),
        }
    }
    labels
}

/// Reads a user; none, reported, where it has no usable id.
pub(super) fn user(node: &Node, findings: &mut Findings) -> Option<PlannedUser> {
    let fields = Fields::open(node, USER, findings)?;
    let id = fields.required("id", findings, values::id);
    findings.index.define(fields.get("id"));
    let logged_in = fields.optional("logged_in", findings, values::boolean).unwrap_or(true);
    let io = seat::read("io", &fields, findings);
    Some(PlannedUser { id: id?, logged_in, io })
}
