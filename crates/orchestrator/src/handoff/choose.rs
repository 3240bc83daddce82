//! Which handoff counts, where there are several.

use go_bus_api::Epoch;

use super::HandoffDocument;

/// The one that the successor under `own` goes by: of the highest epoch, and of that the furthest. One that is not of an epoch
/// before its own was written to another Bus, or to one that was restored since: it says nothing about this one.
pub(crate) fn latest(found: impl IntoIterator<Item = HandoffDocument>, own: Epoch) -> Option<HandoffDocument> {
    let is_earlier = |document: &HandoffDocument| {
        let earlier = document.epoch < own;
        if !earlier {
            tracing::warn!(of = %document.epoch, own = %own, "a handoff of another Bus, or of this one before a restore, is ignored");
        }
        earlier
    };
    found.into_iter().filter(is_earlier).max_by_key(|document| (document.epoch, document.cursor))
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Seq, Timestamp};
    use go_bus_client::World;
    use go_sprint::Limits;

    use super::*;

    fn document(epoch: u64, cursor: u64) -> HandoffDocument {
        let at = Timestamp::from_unix_millis(0);
        HandoffDocument::of(&World::default(), Seq(cursor), Epoch(epoch), &Limits::default(), at)
    }

    fn chosen(found: &[(u64, u64)], own: u64) -> Option<(u64, u64)> {
        let found = found.iter().map(|(epoch, cursor)| document(*epoch, *cursor));
        latest(found, Epoch(own)).map(|document| (document.epoch.0, document.cursor.0))
    }

    #[test]
    fn the_higher_epoch_counts_wherever_it_is_kept() {
        assert_eq!(chosen(&[(3, 90), (4, 10)], 5), Some((4, 10)));
        assert_eq!(chosen(&[(4, 10), (3, 90)], 5), Some((4, 10)));
    }

    #[test]
    fn of_one_epoch_the_furthest_counts() {
        assert_eq!(chosen(&[(4, 10), (4, 12)], 5), Some((4, 12)));
        assert_eq!(chosen(&[(4, 12), (4, 10)], 5), Some((4, 12)));
    }

    #[test]
    fn one_that_is_no_predecessor_s_is_ignored() {
        assert_eq!(chosen(&[(9, 90), (4, 10)], 5), Some((4, 10)));
        assert_eq!(chosen(&[(5, 90)], 5), None);
        assert_eq!(chosen(&[], 5), None);
    }
}
