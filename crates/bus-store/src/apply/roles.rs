//! RBAC's roles (R19).

use go_bus_api::{EventKind, RoleBinding};
use serde_json::json;

use super::authority::must_govern;
use super::ctx::Ctx;
use super::{Done, audit};
use crate::{Outcome, Reject, StoreError};

/// The setting that the roles are kept under.
const SETTING: &str = "rbac.roles";

/// `PUT /rbac/roles`: replaces them.
pub(super) fn put(ctx: &mut Ctx<'_>, bindings: &[RoleBinding]) -> Result<Done, Reject> {
    must_govern(ctx, "change the roles")?;
    let json = serde_json::to_string(bindings).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    ctx.tx.put_setting(SETTING, &json)?;
    audit::note(ctx, "config.change", "rbac/roles", json!(bindings))?;
    ctx.emit(&EventKind::ConfigChanged, Some("rbac/roles"), &bindings)?;
    Ok(Done::bare(Outcome::Updated))
}
