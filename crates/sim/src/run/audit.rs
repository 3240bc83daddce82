//! The audit chain, looked at past the Bus.

use std::path::Path;

use go_bus_store::{Policy, Query, QueryAnswer, SqliteStore, Store as _, StoreError};

use crate::SimError;
use crate::judge::What;

/// Verifies the chain in the file of a Bus that is dead.
pub(super) fn verify(database: &Path) -> Result<What, SimError> {
    let broken = |error: StoreError| SimError::Broken(format!("the audit chain can't be read: {error}"));
    let store = SqliteStore::inline(database, Policy::default()).map_err(broken)?;
    let answer = futures_util::FutureExt::now_or_never(store.read(Query::AuditVerification));
    match answer {
        Some(Ok(QueryAnswer::AuditVerification(found))) => {
            let first_bad = found.first_bad.map(|seq| seq.0);
            Ok(What::Audited { entries: found.entries, first_bad })
        }
        Some(Err(error)) => Err(broken(error)),
        _ => Err(SimError::Broken("the audit chain was not verified".to_owned())),
    }
}
