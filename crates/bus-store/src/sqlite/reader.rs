//! The readers' connections: as many as there are readers at once, kept for the next. A read runs on its caller's thread.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::schema;
use crate::StoreError;

/// How many idle connections are kept.
const KEPT: usize = 8;

/// The pool. Nobody waits for it: where none is free, one more is opened.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    free: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, free: Mutex::new(Vec::new()) }
    }

    /// Lets `read` have a connection.
    pub(super) fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => schema::open_reader(&self.path)?,
        };
        let answer = read(&connection);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.is_autocommit() && free.len() < KEPT {
            free.push(connection);
        }
        answer
    }
}
