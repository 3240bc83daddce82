//! Between SQLite's values and ours.

use go_bus_api::Timestamp;
use rusqlite::ErrorCode;

use crate::StoreError;

/// SQLite's integers are signed; ours never come near the border.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn time(millis: i64) -> Timestamp {
    Timestamp::from_unix_millis(millis)
}

/// A word or an id that does not read.
pub(super) fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(error.to_string()),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(error.to_string()),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Self::Unwritable(error.to_string()),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Engine(error.to_string()),
        }
    }
}
