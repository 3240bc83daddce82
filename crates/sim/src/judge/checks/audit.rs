//! The audit chain verifies, and never shrinks.

use super::{Check, Findings};
use crate::judge::{Fact, FactNo, Invariant, Picture, What};

/// How long the chain was when it was last looked at.
#[derive(Debug, Default)]
pub(super) struct Audit {
    last: Option<(u64, FactNo)>,
}

impl Check for Audit {
    fn see(&mut self, no: FactNo, fact: &Fact, _: &Picture, found: &mut Findings) {
        let What::Audited { entries, first_bad } = &fact.what else { return };
        if let Some(bad) = first_bad {
            found.wrong(
                Invariant::AuditChain,
                None,
                format!("entry {bad} of {entries} does not go with the one before"),
            );
        }
        if let Some((before, fact)) = self.last.filter(|(before, _)| before > entries) {
            found.wrong(Invariant::AuditChain, Some(fact), format!("{entries} entries where there were {before}"));
        }
        self.last = Some((*entries, no));
    }
}
