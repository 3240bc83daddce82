//! How long a sprint lasts and how much it takes on.

use std::time::Duration;

/// No window is longer: an end that is further away was set by another clock.
pub const LONGEST_WINDOW: Duration = Duration::from_secs(7 * 24 * 3600);

/// The lengths and sizes of sprints (`sprint.*`, R27).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// The least length of a window.
    pub min: Duration,
    /// The greatest length of a window; at most [`LONGEST_WINDOW`].
    pub max: Duration,
    /// The most tickets that a batch begins with; `None` is the larger of 20 and three for each slot.
    pub max_tickets: Option<u32>,
}

impl Default for Rhythm {
    fn default() -> Self {
        let hours = |count: u64| Duration::from_secs(count * 3600);
        Self { min: hours(1), max: hours(3), max_tickets: None }
    }
}

impl Rhythm {
    /// The most tickets that a batch begins with on a fleet of so many slots; at least one.
    pub fn most_tickets(&self, slots: usize) -> usize {
        let auto = || slots.saturating_mul(3).max(20);
        self.max_tickets.map_or_else(auto, |most| most as usize).max(1)
    }

    /// The length of the window for work that is thought to take this long.
    pub fn window(&self, work: Duration) -> Duration {
        work.max(self.min).min(self.max.max(self.min)).min(LONGEST_WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_with_the_fleet_unless_it_is_told_its_size() {
        let auto = Rhythm::default();
        assert_eq!([0, 4, 7, 100].map(|slots| auto.most_tickets(slots)), [20, 20, 21, 300]);
        let told = |most| Rhythm { max_tickets: Some(most), ..auto }.most_tickets(100);
        assert_eq!((told(2), told(0)), (2, 1));
    }

    #[test]
    fn a_window_is_as_long_as_the_work_within_its_bounds() {
        let minutes = |count: u64| Duration::from_secs(count * 60);
        let windows = [0, 90, 500].map(|count| Rhythm::default().window(minutes(count)));
        assert_eq!(windows, [minutes(60), minutes(90), minutes(180)]);
        let endless = Rhythm { max: Duration::MAX, ..Rhythm::default() };
        assert_eq!(endless.window(Duration::MAX), LONGEST_WINDOW);
    }
}
