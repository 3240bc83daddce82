//! RBAC's roles (R19).

use go_bus_api::{EventKind, RoleBinding};
use serde_json::json;

use super::authority::{must_be_bus, must_govern};
use super::ctx::Ctx;
use super::{Done, audit};
use crate::{Denial, Outcome, Reject, StoreError};

/// The setting that the roles are kept under.
pub(crate) const SETTING: &str = "rbac.roles";

/// `PUT /rbac/roles`: replaces them.
pub(super) fn put(ctx: &mut Ctx<'_>, bindings: &[RoleBinding]) -> Result<Done, Reject> {
    must_govern(ctx, "change the roles")?;
    go_rules::rbac::check_roles(bindings).map_err(|wrong| Reject::field(&wrong.pointer, wrong.detail))?;
    let json = serde_json::to_string(bindings).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    ctx.tx.put_setting(SETTING, &json)?;
    audit::note(ctx, "config.change", "rbac/roles", json!(bindings))?;
    ctx.emit(&EventKind::ConfigChanged, Some("rbac/roles"), &bindings)?;
    Ok(Done::bare(Outcome::Updated))
}

/// A would-be block leaves an audit entry and an event. The Bus sees to it that there are not too many.
pub(super) fn note_denial(ctx: &mut Ctx<'_>, denial: &Denial) -> Result<Done, Reject> {
    must_be_bus(ctx)?;
    audit::note(ctx, EventKind::RbacDenied.as_str(), denial.subject.as_str(), json!(denial))?;
    ctx.emit(&EventKind::RbacDenied, Some("rbac/check"), denial)?;
    Ok(Done::bare(Outcome::Created))
}
