//! When a limit is over, as Codex says it: "try again at 3:42 PM", "at Jul 5th, 2026 8:19 PM", "in 3 days 4 hours", "in 11.054s".

use std::time::Duration;

use go_bus_api::Timestamp;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Nobody is told to wait for longer.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// How long a minute is, which is as exactly as Codex names a time of day.
const MINUTE: Duration = Duration::from_secs(60);

/// How long ago words may have been said at most. A time of day as far ahead as a day less this was yesterday's.
const JUST_SAID: Duration = Duration::from_secs(120);

const DAY: Duration = Duration::from_secs(86_400);

/// The time that the words name, in UTC. Of a time of day the end of its minute counts: its seconds are cut off, and nobody is to try before.
pub(super) fn named(words: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = words.to_lowercase();
    let after = |start: &str| lower.split_once(start).map(|(_, rest)| rest);
    let at = after("try again at ").and_then(|rest| instant(rest, now));
    at.or_else(|| after("try again in ").and_then(length).map(|length| now.after(length)))
        .filter(|until| until.since(now) <= LONGEST)
}

/// `3:42 pm` of today, or `jul 5th, 2026 8:19 pm`.
fn instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    let mut words = text.split([' ', ',', '\u{202f}', '\u{a0}']).filter(|word| !word.is_empty());
    let first = words.next()?;
    let is_of_the_day = first.contains(':');
    let (date, clock) = if is_of_the_day {
        // A time of the wall begins with its date: 2026-03-21T…
        (now.to_string().get(..10)?.to_owned(), first)
    } else {
        let month = MONTHS.iter().position(|month| first.starts_with(month))?.checked_add(1)?;
        let day: u32 = words.next()?.trim_end_matches(char::is_alphabetic).parse().ok()?;
        let year: u32 = words.next()?.parse().ok()?;
        (format!("{year:04}-{month:02}-{day:02}"), words.next()?)
    };
    let half = words.next()?;
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let afternoon = if half.starts_with("pm") { 12 } else { 0 };
    let hour = (hour % 12).checked_add(afternoon)?;
    let begins: Timestamp = format!("{date}T{hour:02}:{minute:02}:00Z").parse().ok()?;
    let ends = begins.after(MINUTE);
    let is_yesterday_s = is_of_the_day && ends.since(now) > DAY.saturating_sub(JUST_SAID);
    Some(if is_yesterday_s { before(ends, DAY) } else { ends })
}

fn before(instant: Timestamp, length: Duration) -> Timestamp {
    let millis = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_unix_millis(instant.unix_millis().saturating_sub(millis))
}

/// `3 days 4 hours 5 minutes`, `11.054s`, `20ms`; `None` where it begins with nothing of the kind.
fn length(text: &str) -> Option<Duration> {
    let mut total = None;
    let mut rest = text.trim_start();
    while let Some(digits) = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0) {
        let (number, unit) = rest.split_at(digits);
        let unit = unit.trim_start();
        let end = unit.find(|c: char| !c.is_alphabetic()).unwrap_or(unit.len());
        let (name, more) = unit.split_at(end);
        let (Some(seconds), Ok(number)) = (seconds(name), number.trim_end_matches('.').parse::<f64>()) else { break };
        let part = Duration::try_from_secs_f64(number * seconds).ok()?;
        total = Some(total.unwrap_or(Duration::ZERO).saturating_add(part));
        rest = more.trim_start_matches([' ', ',']);
    }
    total
}

fn seconds(unit: &str) -> Option<f64> {
    match unit {
        "ms" => Some(0.001),
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1.0),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3_600.0),
        "d" | "day" | "days" => Some(86_400.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        named(text, "2026-11-23T11:30:00Z".parse().unwrap()).map(|until| until.to_string())
    }

    fn told(time: &str) -> Option<String> {
        Some(time.to_owned())
    }

    #[test]
    fn a_clock_is_today_s_and_a_date_its_own() {
        let limit = "You’ve hit your usage limit. Visit https://chatgpt.com/settings/usage to purchase more credits or";
        assert_eq!(at(&format!("{limit} try again at 12:20 PM.")), told("2026-11-23T12:21:00.000Z"));
        assert_eq!(at(&format!("{limit} try again at Jan 5th, 2027 8:19 AM.")), told("2027-01-05T08:20:00.000Z"));
        assert_eq!(at("Try again at Dec 2nd, 2026 12:01 AM."), told("2026-12-02T00:02:00.000Z"));
        assert_eq!(at("try again at 11:59 PM."), told("2026-11-24T00:00:00.000Z"));
        let after_midnight = named("try again at 11:59 PM.", "2026-11-24T00:00:02Z".parse().unwrap());
        assert_eq!(
            after_midnight.map(|until| until.to_string()),
            told("2026-11-24T00:00:00.000Z"),
            "it was said yesterday"
        );
        let midnight = named("try again at 12:04 AM.", "2026-11-24T00:00:02Z".parse().unwrap());
        assert_eq!(midnight.map(|until| until.to_string()), told("2026-11-24T00:05:00.000Z"));
    }

    #[test]
    fn lengths_add_up() {
        assert_eq!(at("or try again in 3 days 4 hours 5 minutes."), told("2026-11-26T15:35:00.000Z"));
        assert_eq!(at("Please try again in 11.054s. Visit"), told("2026-11-23T11:30:11.054Z"));
        assert_eq!(at("try again in 1h2m3s"), told("2026-11-23T12:32:03.000Z"));
        assert_eq!(at("try again in 20ms"), told("2026-11-23T11:30:00.020Z"));
    }

    #[test]
    fn what_names_no_time_or_nonsense_names_none() {
        for text in [
            "try again later.",
            "try again at noon",
            "try again at Jul",
            "try again at 99:99 PM",
            "try again in a while",
            "try again in 5 moons",
            "try again in 99999999999 days",
            "try again in 1e9 days",
            "",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
