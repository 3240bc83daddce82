//! How updates get into a file that a person may save at any moment, without either being lost: the edit is made on what was read,
//! and put in place only if that is still there; else it is made again on what the person saved.

use std::path::Path;

use go_bus_api::ProjectId;

use super::{FileError, Updated};
use crate::edit::{Edited, InsertError, TicketUpdate, insert_ticket, write_back};
use crate::{Plan, Ticket};

/// How often a person may save under one update. They type; we take microseconds.
const TRIES: usize = 16;

/// A file whose content can be compared and exchanged.
pub(super) trait Swap {
    /// The file, for messages.
    fn path(&self) -> &Path;

    /// What is in it.
    fn read(&self) -> Result<Vec<u8>, FileError>;

    /// Puts `bytes` in place, durably, if `expected` is there, and tells whether it was. Where it was not, what was there is there
    /// again afterwards, and what was saved meanwhile even more so.
    fn replace_if(&mut self, expected: &[u8], bytes: &[u8]) -> Result<bool, FileError>;
}

/// Writes `updates` into the file.
pub(super) fn update(swap: &mut impl Swap, updates: &[TicketUpdate]) -> Result<Updated, FileError> {
    let (text, skipped, written, merged) = exchange(swap, |before| {
        let Edited { text, skipped } = write_back(before, updates)?;
        Ok((text, skipped))
    })?;
    Ok(Updated { text, written, merged, skipped })
}

/// Writes the ticket that `make` makes for the plan as it is into the file.
pub(super) fn insert(
    swap: &mut impl Swap,
    project: &ProjectId,
    make: impl Fn(&Plan) -> Ticket,
) -> Result<Ticket, FileError> {
    let (_, ticket, ..) = exchange(swap, |before| {
        let ticket = make(&Plan::parse("", before).map_err(InsertError::Unsound)?);
        Ok((insert_ticket(before, project, &ticket)?, ticket))
    })?;
    Ok(ticket)
}

/// Puts what `edit` makes of the text in place: that text, what came with it, whether it was written, how often it was made again.
fn exchange<T>(
    swap: &mut impl Swap,
    edit: impl Fn(&str) -> Result<(String, T), FileError>,
) -> Result<(String, T, bool, usize), FileError> {
    for merged in 0..TRIES {
        let bytes = swap.read()?;
        let before = std::str::from_utf8(&bytes).map_err(|_| FileError::NotText { path: swap.path().to_owned() })?;
        let (text, outcome) = edit(before)?;
        let written = text != before;
        if !written || swap.replace_if(&bytes, text.as_bytes())? {
            return Ok((text, outcome, written, merged));
        }
    }
    Err(FileError::Busy { path: swap.path().to_owned() })
}
