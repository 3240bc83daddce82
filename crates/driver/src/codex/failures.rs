//! What Codex says where a turn fails, and what to do about it.

use std::time::Duration;

use go_bus_api::{Failure, FailureCause as Cause, Timestamp};

use super::resets;
use crate::failures::{FailureRow, Mend, find, table as rows_table};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

const fn row(says: &'static [&'static str], cause: Cause, mend: Mend) -> FailureRow {
    FailureRow { says, cause, mend }
}

/// The rows, of which the first that matches counts.
const ROWS: [FailureRow; 12] = [
    row(&["hit your usage limit", "usage limit has been reached"], Cause::UsageLimit, Mend::Park(HOUR)),
    row(
        &[
            "out of credits",
            "spend cap",
            "quota exceeded",
            "exceeded your current quota",
            "upgrade to plus",
            "status 402",
            "status: 402",
        ],
        Cause::ExtraUsage,
        Mend::Escalate,
    ),
    row(&["context window", "context_length_exceeded", "maximum context length"], Cause::ContextFull, Mend::Rotate),
    row(&["no rollout found", "no thread with id"], Cause::Misuse, Mend::Rotate),
    row(
        &[
            "status 401",
            "status: 401",
            "status 403",
            "status: 403",
            "incorrect api key",
            "missing environment variable",
            "sign in again",
            "not logged in",
        ],
        Cause::Unauthenticated,
        Mend::Escalate,
    ),
    row(&["model…does not exist", "model_not_found", "model…is not supported"], Cause::Refused, Mend::Fatal),
    row(&["status 429", "status: 429", "rate limit"], Cause::RateLimited, Mend::Park(MINUTE)),
    row(&["at capacity", "high demand", "overloaded", "status 503", "status: 503"], Cause::Overloaded, Mend::Retry),
    row(
        &[
            "stream disconnected",
            "connection failed",
            "error sending request",
            "reading the server response",
            "timed out",
            "required mcp servers failed",
        ],
        Cause::Network,
        Mend::Retry,
    ),
    row(&["status 5", "status: 5", "internal server error", "internal error"], Cause::ApiError, Mend::Retry),
    row(
        &["error loading config", "unexpected argument", "invalid value", "a value is required"],
        Cause::Misuse,
        Mend::Fatal,
    ),
    row(&["status 400", "status 404", "status: 400", "status: 404"], Cause::Refused, Mend::Fatal),
];

/// What counts where no row matches.
const ELSE: FailureRow = row(&["anything else"], Cause::ApiError, Mend::Retry);

/// What these words mean. Nobody is told to come back within a minute: Codex has tried that itself before it gave up.
pub(super) fn read(words: &str, now: Timestamp) -> Failure {
    let until = resets::named(words, now).map(|until| until.max(now.after(MINUTE)));
    find(&ROWS, words).unwrap_or(&ELSE).failure(now, until, words)
}

/// Why Codex waits, in its words about that.
pub(super) fn cause(words: &str) -> Cause {
    find(&ROWS, words).map_or(Cause::Network, |row| row.cause)
}

pub(super) fn table() -> String {
    rows_table(&[ROWS.as_slice(), &[ELSE]].concat())
}
