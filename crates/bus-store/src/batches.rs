//! How the writer's batches came out: counters that only grow.

use std::sync::atomic::{AtomicU64, Ordering};

/// The upper bounds of the sizes that batches are counted by; a larger one counts in the last.
pub const BATCH_SIZES: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/// The batches since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Batches {
    /// Commands in transactions that were committed, refused ones among them.
    pub commands: u64,
    /// How many transactions had at most as many commands as [`BATCH_SIZES`] has at the same place, and more than the one
    /// before it.
    pub by_size: [u64; BATCH_SIZES.len()],
}

/// What the writer counts on.
#[derive(Debug, Default)]
pub(crate) struct BatchCounter {
    commands: AtomicU64,
    by_size: [AtomicU64; BATCH_SIZES.len()],
}

impl BatchCounter {
    /// One transaction with this many commands was committed.
    pub(crate) fn count(&self, commands: usize) {
        self.commands.fetch_add(u64::try_from(commands).unwrap_or(u64::MAX), Ordering::Relaxed);
        let place = BATCH_SIZES.iter().position(|size| commands <= *size);
        if let Some(counter) = place.map_or(self.by_size.last(), |place| self.by_size.get(place)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counts by now.
    pub(crate) fn read(&self) -> Batches {
        let by_size = std::array::from_fn(|place| self.by_size.get(place).map_or(0, |n| n.load(Ordering::Relaxed)));
        Batches { commands: self.commands.load(Ordering::Relaxed), by_size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_counts_once_at_its_size() {
        let counter = BatchCounter::default();
        for commands in [1, 2, 3, 4, 300] {
            counter.count(commands);
        }
        assert_eq!(counter.read(), Batches { commands: 310, by_size: [1, 1, 2, 0, 0, 0, 0, 0, 1] });
    }
}
