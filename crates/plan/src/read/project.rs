//! Projects.

use super::fields::{Fields, Shape};
use super::{Findings, seat, ticket, values, workplace};
use crate::PlannedProject;
use crate::yaml::Node;
use go_bus_api::Weight;

/// The keys of a project.
pub(crate) const PROJECT: Shape = Shape {
    what: "a project",
    keys: &[
        "id",
        "name",
        "state",
        "priority",
        "weight",
        "budget_usd",
        "repo",
        "driver",
        "po",
        "deliver",
        "branch",
        "copy",
        "setup",
        "env",
        "teardown",
        "tickets",
    ],
    extensible: false,
};

/// Reads a project; none, reported, where it has no usable id.
pub(super) fn read(node: &Node, findings: &mut Findings) -> Option<PlannedProject> {
    let fields = Fields::open(node, PROJECT, findings)?;
    let id = fields.required("id", findings, values::id);
    findings.index.define(fields.get("id"));
    let name = fields.optional("name", findings, values::text);
    let state = fields.optional("state", findings, values::project_state).unwrap_or_default();
    let priority = fields.optional("priority", findings, values::priority).unwrap_or_default();
    let weight = fields.optional("weight", findings, |node| Weight::new(values::integer(1, 1000)(node)?));
    let budget_usd = fields.optional("budget_usd", findings, values::usd);
    let repo = fields.optional("repo", findings, values::text);
    let driver = fields.optional("driver", findings, values::driver);
    let workplace = workplace::read(&fields, findings);
    let po = seat::read("po", &fields, findings);
    let tickets = fields.list("tickets", findings, ticket::read);
    Some(PlannedProject {
        id: id?,
        name,
        state,
        priority,
        weight: weight.unwrap_or_default(),
        budget_usd,
        repo,
        driver,
        workplace,
        po,
        tickets,
    })
}
