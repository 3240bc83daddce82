//! The rule, prompt and module steward at work (R5): whoever leads follows the files, so that a change reaches the next spawn, and has
//! each version that came into effect in the audit log once (R20).
//!
//! It runs beside the ticks and holds none of them up: the library is exchanged as a whole where all who spawn look it up.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use go_bus_api::{AuditEntry, AuditQuery, NewAuditEntry, Text};
use go_bus_client::{BusClient, BusError};
use go_clock::Clock;
use go_lease::Lease;
use go_rules::backoff::Backoff;
use go_steward::{Change, Reloaded, Sources, Steward, Version, Watch};
use serde_json::json;

/// What is audited.
const ACTION: &str = "config.change";
/// How many entries are read at a time.
const PAGE: u32 = 1000;

/// The versions that the audit log has, by file.
type Known = BTreeMap<PathBuf, Version>;

/// Looks at the files as they are now; what is wrong is said, and its last good version holds.
pub(crate) async fn refresh(steward: Option<&Arc<Steward>>) {
    let Some(steward) = steward.cloned() else { return };
    // The thread does not panic.
    if let Ok(reloaded) = tokio::task::spawn_blocking(move || steward.reload()).await {
        say(&reloaded);
    }
}

/// Follows the files as long as `lease` holds. To be dropped at its end.
pub(crate) async fn follow(
    steward: Option<&Arc<Steward>>,
    lease: &Lease,
    bus: &BusClient,
    clock: &Arc<dyn Clock>,
) -> Infallible {
    let Some(steward) = steward else { return pending().await };
    let mut watch =
        Watch::new(steward).inspect_err(|error| tracing::warn!(%error, "changes are seen at the next start")).ok();
    // What changed before the watch began.
    refresh(Some(steward)).await;
    let mut known = audited(bus, steward, clock).await;
    loop {
        let now = steward.library().versions();
        for change in Change::between(&known, &now) {
            record(&change, lease, clock).await;
            match change.new {
                Some(version) => known.insert(change.file, version),
                None => known.remove(&change.file),
            };
        }
        match next(&mut watch, steward).await {
            Ok(reloaded) => say(&reloaded),
            Err(error) => {
                tracing::warn!(%error, "changes are seen at the next start");
                watch = None;
            }
        }
    }
}

async fn next(watch: &mut Option<Watch>, steward: &Arc<Steward>) -> Result<Reloaded, go_steward::WatchError> {
    match watch {
        Some(watch) => watch.next(steward).await,
        None => pending().await,
    }
}

fn say(reloaded: &Reloaded) {
    for problem in &reloaded.problems {
        tracing::warn!("{problem}; its last good version holds");
    }
    for change in &reloaded.changes {
        let version = change.new.as_ref().map_or("gone", Version::short);
        tracing::info!(file = %change.file.display(), %version, "in effect from the next spawn on");
    }
}

/// The versions that are in the audit log already. Where it may not be read, those in effect: only later changes are told then.
async fn audited(bus: &BusClient, steward: &Steward, clock: &Arc<dyn Clock>) -> Known {
    let mut failures = 0_u32;
    loop {
        let error = match read(bus, steward.sources()).await {
            Ok(known) => return known,
            Err(error) => error,
        };
        if !error.is_retryable() {
            tracing::warn!(%error, "the audit log can't be read; only later changes are noted in it");
            return steward.library().versions();
        }
        failures = failures.saturating_add(1);
        clock.sleep(Backoff::REQUEST.pause(failures, 0.5)).await;
    }
}

async fn read(bus: &BusClient, sources: &Sources) -> Result<Known, BusError> {
    let mut query = AuditQuery { action: Some(ACTION.to_owned()), limit: Some(PAGE), ..AuditQuery::default() };
    let mut known = Known::new();
    loop {
        let page = bus.audit(&query).await?;
        page.items.iter().for_each(|entry| take(&mut known, entry, sources));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(known);
        }
    }
}

/// Folds an entry in; those about other files are other stewards'.
fn take(known: &mut Known, entry: &AuditEntry, sources: &Sources) {
    let text = |key: &str| entry.detail.get(key).and_then(serde_json::Value::as_str);
    let Some(file) = text("file").map(Path::new).filter(|file| sources.cover(file)) else { return };
    match text("new").and_then(Version::from_hex) {
        Some(version) => known.insert(file.to_owned(), version),
        None => known.remove(file),
    };
}

/// The entry about a change.
fn entry(change: &Change) -> NewAuditEntry {
    let file = change.file.display().to_string();
    let hash = |version: &Option<Version>| version.as_ref().map(Version::as_str).map(str::to_owned);
    NewAuditEntry {
        action: Text::clipped(ACTION),
        subject: Some(Text::clipped(&file)),
        detail: json!({ "file": file, "old": hash(&change.old), "new": hash(&change.new) }),
    }
}

/// Adds the entry about a change, as often as that takes.
async fn record(change: &Change, lease: &Lease, clock: &Arc<dyn Clock>) {
    let entry = entry(change);
    let mut failures = 0_u32;
    loop {
        let told = match lease.client() {
            Ok(bus) => bus.append_audit(&entry).await,
            Err(_) => Err(BusError::Expired),
        };
        let Err(error) = told else { return };
        failures = failures.saturating_add(1);
        if failures == 1 {
            tracing::debug!(%error, "a change is not in the audit log yet");
        }
        clock.sleep(Backoff::REQUEST.pause(failures, 0.5)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(old: Option<&str>, new: Option<&str>) -> Change {
        let version = |text: Option<&str>| text.map(|text| Version::of(text.as_bytes()));
        Change { file: "/s/rules/RULE_a.md".into(), old: version(old), new: version(new) }
    }

    fn sources() -> Sources {
        Sources { rules: "/s/rules".into(), ..Sources::default() }
    }

    /// What a log with these changes tells.
    fn known(changes: &[Change], sources: &Sources) -> Known {
        let mut known = Known::new();
        for change in changes {
            let NewAuditEntry { action, subject, detail } = entry(change);
            let noted: AuditEntry = serde_json::from_value(json!({
                "seq": 1, "at": "2026-03-21T08:15:30.000Z", "actor": "000", "action": action, "subject": subject,
                "detail": detail, "hash": "", "prev_hash": "",
            }))
            .unwrap();
            take(&mut known, &noted, sources);
        }
        known
    }

    #[test]
    fn the_log_tells_what_was_in_effect_last_so_a_change_is_noted_once() {
        let (made, changed, gone) = (change(None, Some("a")), change(Some("a"), Some("b")), change(Some("b"), None));
        let now = Known::from([(made.file.clone(), Version::of(b"b"))]);
        assert_eq!(known(&[made.clone(), changed.clone()], &sources()), now);
        assert_eq!(known(&[made, changed, gone], &sources()), Known::new());
    }

    #[test]
    fn files_of_other_stewards_are_not_known_and_so_not_missed() {
        assert_eq!(
            known(&[change(None, Some("a"))], &Sources { rules: "/t/rules".into(), ..Sources::default() }),
            Known::new()
        );
    }

    #[test]
    fn an_entry_has_the_file_and_both_hashes_in_full() {
        let detail = entry(&change(Some("a"), None)).detail;
        assert_eq!(detail, json!({ "file": "/s/rules/RULE_a.md", "old": Version::of(b"a").as_str(), "new": null }));
    }
}
