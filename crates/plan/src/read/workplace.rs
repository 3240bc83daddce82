//! A project's working folders: where work begins, what they get, and how it is delivered.

use go_bus_api::Workplace;

use super::fields::Fields;
use super::{Findings, values, variables};

/// What a project's keys say of its working folders; none where it has none of them.
pub(super) fn read(fields: &Fields<'_>, findings: &mut Findings) -> Option<Workplace> {
    let workplace = Workplace {
        deliver: fields.optional("deliver", findings, values::deliver).unwrap_or_default(),
        onto: fields.optional("branch", findings, values::branch),
        copy: fields.values("copy", findings, values::inside),
        setup: fields.values("setup", findings, values::text),
        env: fields.get("env").map(|node| variables::read("env", node, findings)).unwrap_or_default(),
        teardown: fields.values("teardown", findings, values::text),
    };
    let is_told = fields.get("deliver").is_some() || workplace != Workplace::default();
    is_told.then_some(workplace)
}
