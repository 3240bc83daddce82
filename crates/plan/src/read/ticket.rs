//! Tickets.

use go_bus_api::{TaskId, Text};

use super::fields::{Fields, Shape};
use super::{Findings, values};
use crate::Ticket;
use crate::yaml::Node;

/// The keys of a ticket.
pub(crate) const TICKET: Shape = Shape {
    what: "a ticket",
    keys: &[
        "id",
        "title",
        "description",
        "kind",
        "priority",
        "depends_on",
        "labels",
        "estimate_minutes",
        "timeout",
        "max_attempts",
        "model",
        "host",
        "capabilities",
        "run",
        "verify",
        "review",
        "status",
        "result",
        "sprint",
    ],
    extensible: false,
};

/// The most attempts and minutes that mean anything.
const MAX_ATTEMPTS: u32 = 1000;
const MAX_MINUTES: u32 = 1_000_000;

/// Reads a ticket; none, reported, where id or title are not usable.
pub(super) fn read(node: &Node, findings: &mut Findings) -> Option<Ticket> {
    let fields = Fields::open(node, TICKET, findings)?;
    let id: Option<TaskId> = fields.required("id", findings, values::id);
    let title: Option<Text<512>> = fields.required("title", findings, values::text);
    findings.index.define_ticket(fields.get("id"));
    let depends_on = depends_on(&fields, id.as_ref(), findings);
    if let Some(host) = fields.get("host") {
        findings.index.needs_host(host);
    }
    let ticket = Ticket {
        // A placeholder lets the other keys be read, so that all mistakes come in one run; `id?` below drops it.
        id: id.clone().unwrap_or_else(TaskId::generate),
        title: title.clone().unwrap_or_default(),
        description: fields.optional("description", findings, values::any_text).unwrap_or_default(),
        kind: fields.optional("kind", findings, values::category),
        priority: fields.optional("priority", findings, values::priority).unwrap_or_default(),
        depends_on,
        labels: fields.values("labels", findings, values::text),
        estimate_minutes: fields.optional("estimate_minutes", findings, values::integer(1, MAX_MINUTES)),
        timeout: fields.optional("timeout", findings, values::duration),
        max_attempts: fields
            .optional("max_attempts", findings, values::integer(1, MAX_ATTEMPTS))
            .unwrap_or(Ticket::MAX_ATTEMPTS),
        model: fields.optional("model", findings, values::model),
        host: fields.optional("host", findings, values::id),
        capabilities: fields.values("capabilities", findings, values::text),
        run: fields.optional("run", findings, values::text),
        verify: fields.values("verify", findings, values::text),
        review: fields.optional("review", findings, values::text),
        status: fields.optional("status", findings, values::task_state).unwrap_or_default(),
        result: fields.optional("result", findings, values::result_line).flatten(),
        sprint: fields.optional("sprint", findings, values::id),
    };
    id.and(title).map(|_| ticket)
}

/// The dependencies, each once, noted for the checks of the whole file.
fn depends_on(fields: &Fields<'_>, id: Option<&TaskId>, findings: &mut Findings) -> Vec<TaskId> {
    let mut found: Vec<TaskId> = Vec::new();
    fields.list("depends_on", findings, |node, findings| {
        match values::id::<TaskId>(node) {
            Ok(dependency) => {
                findings.index.depends(id, &dependency, node);
                if !found.contains(&dependency) {
                    found.push(dependency);
                }
            }
            Err(message) => findings.problem(node.content.start, format!("`depends_on`: {message}")),
        }
        Some(())
    });
    found
}
