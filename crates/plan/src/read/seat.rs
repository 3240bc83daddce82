//! What runs an orchestrator: `po` of a project, `ho` of a host, `io` of a user.

use go_bus_api::DriverKind;

use super::fields::{Fields, Shape};
use super::{Findings, values};

/// The keys of a PO, an HO or an IO.
pub(crate) const SEAT: Shape = Shape { what: "an orchestrator", keys: &["driver"], extensible: false };

/// The driver that `key` names; none where nothing is said.
pub(super) fn read(key: &str, fields: &Fields<'_>, findings: &mut Findings) -> Option<DriverKind> {
    let seat = Fields::open(fields.get(key)?, SEAT, findings)?;
    seat.optional("driver", findings, values::driver)
}
