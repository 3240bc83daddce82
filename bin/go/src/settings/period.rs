//! Durations as people write them: `90s`, `5m`, `24h`, `90d`, `1.5s`, `1h30m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The units, longest first, in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// The longest period taken: ten years.
const LONGEST: Duration = Duration::from_secs(3650 * 86_400);

/// A length of time with millisecond precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period(Duration);

impl Period {
    /// So many milliseconds.
    pub(crate) const fn millis(count: u64) -> Self {
        Self(Duration::from_millis(count))
    }

    /// So many seconds.
    pub(crate) const fn seconds(count: u64) -> Self {
        Self(Duration::from_secs(count))
    }

    /// So many minutes.
    pub(crate) const fn minutes(count: u64) -> Self {
        Self(Duration::from_secs(count * 60))
    }

    /// So many hours.
    pub(crate) const fn hours(count: u64) -> Self {
        Self(Duration::from_secs(count * 3600))
    }

    /// The same as a [`Duration`].
    pub(crate) fn duration(self) -> Duration {
        self.0
    }
}

impl From<Duration> for Period {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

/// Takes one `<number><unit>` off the front of `text`.
fn part(text: &str) -> Option<(Duration, &str)> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = text.split_at(unit_at);
    let unit_end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_end);
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let count: f64 = number.parse().ok()?;
    let seconds = count * f64::from(u32::try_from(*millis).ok()?) / 1000.0;
    Some((Duration::try_from_secs_f64(seconds).ok()?, rest))
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("{text} has no unit; write {text}s for seconds"));
        }
        let wrong = || format!("{text:?} is not a duration such as 90s, 5m, 24h or 90d");
        let (mut total, mut rest) = part(text).ok_or_else(wrong)?;
        while !rest.is_empty() {
            let (length, after) = part(rest).ok_or_else(wrong)?;
            (total, rest) = (total.saturating_add(length), after);
        }
        if total > LONGEST {
            return Err(format!("{text} is longer than ten years"));
        }
        Ok(Self(Duration::from_millis(u64::try_from(total.as_micros().div_ceil(1000)).unwrap_or(u64::MAX))))
    }
}

impl fmt::Display for Period {
    /// In the largest unit that leaves no remainder; `1.5s` rather than `1500ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if millis == 0 {
            return f.write_str("0s");
        }
        match UNITS.iter().find(|(name, length)| *name != "ms" && millis.is_multiple_of(*length)) {
            Some((name, length)) => write!(f, "{}{name}", millis / length),
            None if millis > 1000 => write!(f, "{}s", self.0.as_secs_f64()),
            None => write!(f, "{millis}ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_page_are_read_and_written_alike() {
        for text in ["90s", "5m", "2h", "90d", "1.5s", "500ms", "0s"] {
            assert_eq!(text.parse::<Period>().map(|p| p.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("24h".parse::<Period>().map(|p| p.to_string()).as_deref(), Ok("1d"));
        assert_eq!("1h30m".parse(), Ok(Period::minutes(90)));
    }

    #[test]
    fn a_number_without_a_unit_is_told_what_it_lacks() {
        assert_eq!("60".parse::<Period>(), Err("60 has no unit; write 60s for seconds".to_owned()));
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["", "s", "-5s", "5x", "5s5", "1e9d", "99999d", ".", "..s", "5 s"] {
            assert!(bad.parse::<Period>().is_err(), "{bad:?} was taken");
        }
    }
}
