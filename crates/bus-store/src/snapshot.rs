//! Every resource, as it was at one instant, a page at a time.

use go_bus_api::Seq;
use tokio::sync::mpsc;

use crate::{Document, StoreError};

/// The length that ends a page, in bytes of JSON.
pub const SNAPSHOT_PAGE: usize = 64 * 1024;

/// Every resource in the order of [`go_bus_api::ResourceKind::ALL`], as the engine reads it. Dropping it ends the reading. An
/// engine may hold on to the instant until the last page is taken, so whoever takes them should not linger.
#[derive(Debug)]
pub struct Snapshot {
    seq: Seq,
    pages: mpsc::Receiver<Result<Vec<Document>, StoreError>>,
}

impl Snapshot {
    /// A snapshot right after the event `seq`, whose pages come from `pages`.
    pub fn new(seq: Seq, pages: mpsc::Receiver<Result<Vec<Document>, StoreError>>) -> Self {
        Self { seq, pages }
    }

    /// The last event that it has in it.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The next page; `None` after the last. Nothing is to be made of the pages before an error.
    pub async fn next(&mut self) -> Option<Result<Vec<Document>, StoreError>> {
        self.pages.recv().await
    }

    /// All that is left of it.
    pub async fn rest(mut self) -> Result<Vec<Document>, StoreError> {
        let mut documents = Vec::new();
        while let Some(page) = self.next().await {
            documents.extend(page?);
        }
        Ok(documents)
    }
}
