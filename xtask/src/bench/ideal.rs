//! The best that could be done: greedy list scheduling with no cost of its own.

/// How long `durations` take on `slots` places when each goes to the place that is free first, in order. In seconds.
pub(crate) fn list_schedule(durations: &[f64], slots: usize) -> f64 {
    let mut free_at = vec![0.0_f64; slots.max(1)];
    for duration in durations {
        free_at.sort_by(f64::total_cmp);
        if let Some(first) = free_at.first_mut() {
            *first += duration;
        }
    }
    free_at.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_of_two_seconds_on_ten_places_take_six() {
        assert_eq!(list_schedule(&[2.0; 30], 10), 6.0);
    }

    #[test]
    fn each_goes_to_the_place_that_is_free_first() {
        assert_eq!(list_schedule(&[3.0, 1.0, 1.0, 1.0, 2.0], 2), 5.0);
        assert_eq!(list_schedule(&[], 2), 0.0);
    }
}
