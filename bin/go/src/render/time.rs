//! Times and lengths of time for people.

use std::time::Duration;

use go_bus_api::Timestamp;

/// The time of day, in UTC: `12:03:05`.
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}

/// A length of time in its two largest units at most: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d`.
pub(crate) fn length(length: Duration) -> String {
    let seconds = length.as_secs();
    let pair = |big: u64, unit: &str, small: u64, lesser: &str| match small {
        0 => format!("{big} {unit}"),
        small => format!("{big} {unit} {small} {lesser}"),
    };
    match seconds {
        0..10 => format!("{:.1} s", length.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => pair(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    }
}

/// A length of time where milliseconds matter: `14 ms`, `2.01 s`, and from ten seconds on as [`length`] has it.
pub(crate) fn precisely(time: Duration) -> String {
    match time.as_millis() {
        0..1_000 => format!("{} ms", time.as_millis()),
        1_000..10_000 => format!("{:.2} s", time.as_secs_f64()),
        _ => length(time),
    }
}

/// How long ago `at` was; a dash where it never was.
pub(crate) fn ago(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(|| "–".to_owned(), |at| length(now.since(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_like_a_person_says_them() {
        let shown = |millis: u64| length(Duration::from_millis(millis));
        assert_eq!([shown(420), shown(12_900), shown(200_000)], ["0.4 s", "12 s", "3 min 20 s"]);
        assert_eq!([shown(7_500_000), shown(86_400_000), shown(90_000_000)], ["2 h 5 min", "1 d", "1 d 1 h"]);
    }

    #[test]
    fn what_takes_milliseconds_is_told_in_them() {
        let shown = |millis: u64| precisely(Duration::from_millis(millis));
        assert_eq!([shown(0), shown(999), shown(2_014), shown(125_010)], ["0 ms", "999 ms", "2.01 s", "2 min 5 s"]);
    }

    #[test]
    fn the_clock_is_utc() {
        assert_eq!(clock(Timestamp::from_unix_millis(43_385_000)), "12:03:05");
    }
}
