//! Who waits for the lease: in memory, for they only matter while they wait.

use std::collections::HashMap;
use std::time::Duration;

use go_bus_api::{HolderId, Standby, Timestamp};
use go_clock::Boottime;

/// The most standbys that are listed: a bound against a client that invents names.
const MOST: usize = 256;

/// How long one counts as waiting after its last request: it asks again within moments, or has gone. It stays listed for longer, but no
/// lease is ended for the sake of one that has gone.
const LATELY: Duration = Duration::from_secs(10);

/// The standbys.
#[derive(Debug)]
pub(crate) struct Standbys {
    keep: Duration,
    listed: HashMap<HolderId, Listed>,
}

#[derive(Debug)]
struct Listed {
    since: Timestamp,
    last_seen: Timestamp,
    seen_at: Boottime,
    /// How many requests of it are held now.
    held: u32,
}

impl Standbys {
    /// Nobody; one that is not heard of for `keep` is dropped.
    pub(crate) fn new(keep: Duration) -> Self {
        Self { keep, listed: HashMap::new() }
    }

    /// `holder` asked.
    pub(crate) fn see(&mut self, holder: &HolderId, wall: Timestamp, now: Boottime) {
        self.entry(holder, wall, now);
    }

    /// `holder` asked, and its request is held.
    pub(crate) fn hold(&mut self, holder: &HolderId, wall: Timestamp, now: Boottime) {
        if let Some(listed) = self.entry(holder, wall, now) {
            listed.held = listed.held.saturating_add(1);
        }
    }

    /// A held request of `holder` ended.
    pub(crate) fn unhold(&mut self, holder: &HolderId, wall: Timestamp, now: Boottime) {
        if let Some(listed) = self.listed.get_mut(holder) {
            listed.held = listed.held.saturating_sub(1);
            (listed.last_seen, listed.seen_at) = (wall, now);
        }
    }

    /// `holder` waits no more.
    pub(crate) fn remove(&mut self, holder: &HolderId) {
        self.listed.remove(holder);
    }

    /// Whether anybody waits who would take the lease.
    pub(crate) fn any(&self, now: Boottime) -> bool {
        self.listed.values().any(|listed| listed.waits(now, self.keep.min(LATELY)))
    }

    /// Who waits, longest first.
    pub(crate) fn list(&mut self, now: Boottime) -> Vec<Standby> {
        let keep = self.keep;
        self.listed.retain(|_, listed| listed.waits(now, keep));
        let mut list: Vec<_> = self.listed.iter().map(|(holder, listed)| listed.standby(holder)).collect();
        list.sort_by(|a, b| (a.since, &a.holder).cmp(&(b.since, &b.holder)));
        list
    }

    fn entry(&mut self, holder: &HolderId, wall: Timestamp, now: Boottime) -> Option<&mut Listed> {
        let keep = self.keep;
        if self.listed.len() >= MOST {
            self.listed.retain(|_, listed| listed.waits(now, keep));
        }
        if self.listed.len() >= MOST && !self.listed.contains_key(holder) {
            return None;
        }
        let fresh = Listed { since: wall, last_seen: wall, seen_at: now, held: 0 };
        let listed = self.listed.entry(holder.clone()).or_insert(fresh);
        if !listed.waits(now, keep) {
            listed.since = wall;
        }
        (listed.last_seen, listed.seen_at) = (wall, now);
        Some(listed)
    }
}

impl Listed {
    fn waits(&self, now: Boottime, keep: Duration) -> bool {
        self.held > 0 || now.since(self.seen_at) < keep
    }

    fn standby(&self, holder: &HolderId) -> Standby {
        Standby { holder: holder.clone(), since: self.since, last_seen: self.last_seen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> (Timestamp, Boottime) {
        (
            Timestamp::from_unix_millis(i64::try_from(seconds * 1000).unwrap()),
            Boottime(Duration::from_secs(1000 + seconds)),
        )
    }

    fn holder(name: &str) -> HolderId {
        HolderId::new(name).unwrap()
    }

    #[test]
    fn one_that_is_not_heard_of_is_dropped() {
        let mut standbys = Standbys::new(KEEP);
        standbys.see(&holder("a"), at(0).0, at(0).1);
        assert_eq!(standbys.list(at(59).1).len(), 1);
        assert!(standbys.list(at(60).1).is_empty());
    }

    #[test]
    fn one_that_is_listed_but_has_not_asked_lately_takes_no_lease() {
        let mut standbys = Standbys::new(KEEP);
        standbys.see(&holder("a"), at(0).0, at(0).1);
        assert!(standbys.any(at(9).1));
        assert!(!standbys.any(at(10).1));
        standbys.hold(&holder("a"), at(20).0, at(20).1);
        standbys.unhold(&holder("a"), at(50).0, at(50).1);
        assert!(standbys.any(at(59).1) && !standbys.any(at(60).1));
    }

    #[test]
    fn a_held_request_keeps_it_listed_however_long() {
        let mut standbys = Standbys::new(KEEP);
        standbys.hold(&holder("a"), at(0).0, at(0).1);
        assert!(standbys.any(at(600).1));
        standbys.unhold(&holder("a"), at(600).0, at(600).1);
        assert_eq!(standbys.list(at(659).1)[0].last_seen, at(600).0);
        assert!(standbys.list(at(660).1).is_empty());
    }

    #[test]
    fn asking_again_keeps_its_place_in_the_queue() {
        let mut standbys = Standbys::new(KEEP);
        standbys.see(&holder("z"), at(0).0, at(0).1);
        standbys.see(&holder("a"), at(10).0, at(10).1);
        standbys.see(&holder("z"), at(20).0, at(20).1);
        let list = standbys.list(at(20).1);
        assert_eq!(list.iter().map(|s| s.holder.as_str()).collect::<Vec<_>>(), ["z", "a"]);
        assert_eq!((list[0].since, list[0].last_seen), (at(0).0, at(20).0));
    }

    #[test]
    fn invented_names_do_not_grow_the_list_without_bound() {
        let mut standbys = Standbys::new(KEEP);
        for number in 0..2 * MOST {
            standbys.see(&holder(&format!("n{number}")), at(0).0, at(0).1);
        }
        assert_eq!(standbys.list(at(0).1).len(), MOST);
    }
}
