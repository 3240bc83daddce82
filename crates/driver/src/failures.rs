//! Tables of what a provider's words mean: rows that a driver goes by, and that its page of the docs prints.

use std::fmt::Write;
use std::time::Duration;

use go_bus_api::{Failure, FailureCause, Remedy, Timestamp};

/// What to do about a row's failure, before it is known until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    /// [`Remedy::Retry`].
    Retry,
    /// [`Remedy::ParkUntil`] the time that was named; where none was, for so long.
    Park(Duration),
    /// [`Remedy::Rotate`].
    Rotate,
    /// [`Remedy::Escalate`].
    Escalate,
    /// [`Remedy::Fatal`].
    Fatal,
}

impl Mend {
    /// The remedy, where `until` is the time that was named.
    pub fn remedy(self, now: Timestamp, until: Option<Timestamp>) -> Remedy {
        match self {
            Self::Retry => Remedy::Retry,
            Self::Park(otherwise) => Remedy::ParkUntil { until: until.unwrap_or_else(|| now.after(otherwise)) },
            Self::Rotate => Remedy::Rotate,
            Self::Escalate => Remedy::Escalate,
            Self::Fatal => Remedy::Fatal,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Retry => "retry".to_owned(),
            Self::Park(otherwise) => format!("park until the time it names, else {} min", otherwise.as_secs() / 60),
            Self::Rotate => "rotate".to_owned(),
            Self::Escalate => "escalate".to_owned(),
            Self::Fatal => "fatal".to_owned(),
        }
    }
}

/// A row: what is said, why that is, what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureRow {
    /// Any of these in the text, in lower case. `…` in one stands for anything between its parts.
    pub says: &'static [&'static str],
    /// Why it failed.
    pub cause: FailureCause,
    /// What to do.
    pub mend: Mend,
}

impl FailureRow {
    /// The failure that `detail` tells of.
    pub fn failure(&self, now: Timestamp, until: Option<Timestamp>, detail: &str) -> Failure {
        Failure::new(self.mend.remedy(now, until), self.cause, detail)
    }

    fn matches(&self, lower: &str) -> bool {
        self.says.iter().any(|pattern| {
            let mut rest = Some(lower);
            for part in pattern.split('…').map(str::trim) {
                rest = rest.and_then(|rest| rest.split_once(part)).map(|(_, after)| after);
            }
            rest.is_some()
        })
    }
}

/// The first row that `text` matches, in any case of letters.
pub fn find<'r>(rows: &'r [FailureRow], text: &str) -> Option<&'r FailureRow> {
    let lower = text.to_lowercase();
    rows.iter().find(|row| row.matches(&lower))
}

/// The rows as a table of Markdown, as the docs have it.
pub fn table(rows: &[FailureRow]) -> String {
    let mut table = "| it says | cause | what is done |\n|---|---|---|\n".to_owned();
    for row in rows {
        let says: Vec<String> = row.says.iter().map(|words| format!("`{words}`")).collect();
        let cause = serde_json::to_value(row.cause).unwrap_or_default();
        // Writing to a String can't fail.
        let _ = writeln!(
            table,
            "| {} | `{}` | {} |",
            says.join(", "),
            cause.as_str().unwrap_or_default(),
            row.mend.words()
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [FailureRow; 2] = [
        FailureRow {
            says: &["usage limit", "limit … again"],
            cause: FailureCause::UsageLimit,
            mend: Mend::Park(Duration::from_secs(1800)),
        },
        FailureRow { says: &["limit"], cause: FailureCause::RateLimited, mend: Mend::Retry },
    ];

    #[test]
    fn the_first_row_that_matches_counts_whatever_the_case() {
        let cause = |text| find(&ROWS, text).map(|row| row.cause);
        assert_eq!(cause("Your Usage Limit is reached"), Some(FailureCause::UsageLimit));
        assert_eq!(cause("limit: try it again"), Some(FailureCause::UsageLimit));
        assert_eq!(cause("again: the limit"), Some(FailureCause::RateLimited));
        assert_eq!(cause("all is well"), None);
    }

    #[test]
    fn one_is_parked_until_the_time_named_else_for_the_row_s_own() {
        let now = Timestamp::from_unix_millis(1_000);
        let until = Timestamp::from_unix_millis(9_000);
        assert_eq!(ROWS[0].failure(now, Some(until), "x").remedy, Remedy::ParkUntil { until });
        let usual = Timestamp::from_unix_millis(1_801_000);
        assert_eq!(ROWS[0].failure(now, None, "x").remedy, Remedy::ParkUntil { until: usual });
        assert_eq!(ROWS[1].failure(now, Some(until), "x").remedy, Remedy::Retry);
    }

    #[test]
    fn the_table_has_a_line_for_each_row() {
        let expected = "| it says | cause | what is done |\n|---|---|---|\n\
            | `usage limit`, `limit … again` | `usage_limit` | park until the time it names, else 30 min |\n\
            | `limit` | `rate_limited` | retry |\n";
        assert_eq!(table(&ROWS), expected);
    }
}
