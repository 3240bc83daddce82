//! The audit log's hash chain: each entry carries the hash of the one before it, so a changed row shows (R20).
//!
//! It shows a change, a gap and a wrong order. Entries cut off at the end leave a chain that is whole; only somebody who
//! kept the last hash notices.

use data_encoding::HEXLOWER;
use go_bus_api::{AuditEntry, AuditVerification, Seq};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// What the first entry carries in place of a hash before it.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 over the previous hash and every field of the entry but its own hash, in hex.
pub(crate) fn hash(entry: &AuditEntry) -> Result<String, StoreError> {
    let fields = (entry.seq, entry.at, &entry.actor, entry.epoch, &entry.action, &entry.subject, &entry.detail);
    let fields = serde_json::to_vec(&fields).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let digest = Sha256::new().chain_update(entry.prev_hash.as_str()).chain_update(fields).finalize();
    Ok(HEXLOWER.encode(&digest))
}

/// A walk along the chain from its first entry, entry by entry.
#[derive(Debug)]
pub(crate) struct Walk {
    last: Seq,
    last_hash: String,
    entries: u64,
    first_bad: Option<Seq>,
}

impl Walk {
    /// Before the first entry.
    pub(crate) fn new() -> Self {
        Self { last: Seq(0), last_hash: GENESIS.to_owned(), entries: 0, first_bad: None }
    }

    /// Takes the row at `place`; `entry` is `None` where it does not read. What follows a bad entry is counted only.
    pub(crate) fn step(&mut self, place: Seq, entry: Option<&AuditEntry>) {
        self.entries = self.entries.saturating_add(1);
        let expected = self.last.next();
        self.last = place;
        if self.first_bad.is_some() {
            return;
        }
        match entry.filter(|entry| place == expected && self.fits(entry)) {
            Some(entry) => self.last_hash = entry.hash.to_string(),
            // Where entries are gone, the first that is gone is the first bad one.
            None => self.first_bad = Some(expected.min(place)),
        }
    }

    fn fits(&self, entry: &AuditEntry) -> bool {
        entry.seq == self.last
            && entry.prev_hash.as_str() == self.last_hash
            && hash(entry).is_ok_and(|hash| hash == entry.hash.as_str())
    }

    /// What came of it.
    pub(crate) fn end(self) -> AuditVerification {
        AuditVerification { ok: self.first_bad.is_none(), entries: self.entries, first_bad: self.first_bad }
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::Text;

    use super::*;

    fn chain(length: u64) -> Vec<AuditEntry> {
        let mut before = GENESIS.to_owned();
        let entry = |place| {
            let mut entry: AuditEntry = serde_json::from_value(serde_json::json!({
                "seq": place, "at": "2026-03-21T08:15:30.250Z", "actor": "000", "epoch": 1, "action": "spawn",
                "subject": null, "detail": {"n": place}, "prev_hash": before, "hash": "",
            }))
            .unwrap();
            entry.hash = Text::clipped(&hash(&entry).unwrap());
            before = entry.hash.to_string();
            entry
        };
        (1..=length).map(entry).collect()
    }

    fn walk<'a>(entries: impl IntoIterator<Item = &'a AuditEntry>) -> (bool, u64, Option<u64>) {
        let mut walk = Walk::new();
        entries.into_iter().for_each(|entry| walk.step(entry.seq, Some(entry)));
        let end = walk.end();
        (end.ok, end.entries, end.first_bad.map(|seq| seq.0))
    }

    #[test]
    fn a_whole_chain_is_good_and_so_is_an_empty_one() {
        assert_eq!(walk(&chain(3)), (true, 3, None));
        assert_eq!(walk(&[]), (true, 0, None));
    }

    #[test]
    fn a_changed_field_shows_at_its_entry() {
        let mut entries = chain(4);
        entries[1].detail = serde_json::json!({"n": 3});
        assert_eq!(walk(&entries), (false, 4, Some(2)));
        // Whoever makes its hash anew breaks the next one.
        entries[1].hash = Text::clipped(&hash(&entries[1]).unwrap());
        assert_eq!(walk(&entries), (false, 4, Some(3)));
    }

    #[test]
    fn a_gap_a_swap_and_an_unreadable_row_show() {
        let entries = chain(4);
        assert_eq!(walk([&entries[0], &entries[2], &entries[3]]), (false, 3, Some(2)));
        assert_eq!(walk([&entries[1], &entries[0]]), (false, 2, Some(1)));
        assert_eq!(walk(&entries[1..]), (false, 3, Some(1)));
        let mut broken = Walk::new();
        broken.step(Seq(1), None);
        assert_eq!(broken.end().first_bad, Some(Seq(1)));
    }
}
