//! A map from ids to short byte strings that takes little more room than these.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};

use super::bytes::{Reader, push_bytes};

/// The length of a block, in bytes: some tens of entries, which a lookup walks through.
const BLOCK: usize = 2048;

/// Entries in the order of their ids, packed into blocks: ids and values one after the other, with no pointers between. Each
/// lookup and change costs O(log n) and a walk through one block. Blocks are at least half full where nothing is removed.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    /// Each under an id that is not above its first one; the first under the empty text.
    blocks: BTreeMap<Box<str>, Vec<u8>>,
}

/// Where the entry of an id is, or would go.
struct Place<'a> {
    range: Range<usize>,
    value: Option<&'a [u8]>,
}

impl Ledger {
    pub(super) fn get(&self, id: &str) -> Option<&[u8]> {
        let (_, block) = self.blocks.range::<str, _>(up_to(id)).next_back()?;
        find(block, id).value
    }

    /// Puts `value` under `id`, in place of the one before.
    pub(super) fn put(&mut self, id: &str, value: &[u8]) {
        self.remove(id);
        let mut entry = Vec::new();
        push_bytes(&mut entry, id.as_bytes());
        push_bytes(&mut entry, value);
        if self.blocks.is_empty() {
            self.blocks.insert(Box::default(), Vec::with_capacity(BLOCK));
        }
        let is_too_long = |block: &&mut Vec<u8>| block.len().saturating_add(entry.len()) > BLOCK;
        if let Some((first, upper)) = self.block(id).filter(is_too_long).and_then(split) {
            self.blocks.insert(first, upper);
        }
        if let Some(block) = self.block(id) {
            let at = find(block, id).range.start;
            block.splice(at..at, entry);
        }
    }

    /// Removes what is under `id`.
    pub(super) fn remove(&mut self, id: &str) {
        let Some(block) = self.block(id) else { return };
        let Place { range, value } = find(block, id);
        if value.is_some() {
            block.drain(range);
        }
    }

    /// The block where `id` is, or would go.
    fn block(&mut self, id: &str) -> Option<&mut Vec<u8>> {
        self.blocks.range_mut::<str, _>(up_to(id)).next_back().map(|(_, block)| block)
    }

    /// The room that blocks take, in bytes.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        let each = size_of::<(Box<str>, Vec<u8>)>();
        self.blocks.iter().map(|(first, block)| first.len() + each + block.capacity()).sum()
    }

    /// All ids and values in order.
    fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.blocks.values().flat_map(|block| {
            let mut reader = Reader(block);
            std::iter::from_fn(move || entry(&mut reader))
        })
    }
}

/// How the entries lie in blocks depends on how they came; what counts is the entries.
impl PartialEq for Ledger {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

fn up_to(id: &str) -> (Bound<&str>, Bound<&str>) {
    (Bound::Unbounded, Bound::Included(id))
}

fn entry<'a>(reader: &mut Reader<'a>) -> Option<(&'a [u8], &'a [u8])> {
    Some((reader.bytes()?, reader.bytes()?))
}

fn find<'a>(block: &'a [u8], id: &str) -> Place<'a> {
    let mut reader = Reader(block);
    loop {
        let start = block.len().saturating_sub(reader.0.len());
        match entry(&mut reader) {
            Some((other, _)) if other < id.as_bytes() => {}
            Some((other, value)) if other == id.as_bytes() => {
                return Place { range: start..block.len().saturating_sub(reader.0.len()), value: Some(value) };
            }
            _ => return Place { range: start..start, value: None },
        }
    }
}

/// Takes the upper half out of `block`: its first id, and its entries. `None` where there is but one.
fn split(block: &mut Vec<u8>) -> Option<(Box<str>, Vec<u8>)> {
    let mut reader = Reader(block);
    entry(&mut reader)?;
    while reader.0.len() > BLOCK / 2 {
        let mut next = reader;
        entry(&mut next)?;
        if next.0.is_empty() {
            break;
        }
        reader = next;
    }
    let first = Box::from(Reader(reader.0).text()?);
    let at = block.len().saturating_sub(reader.0.len());
    // A block has its room from the start, so that all are of one size and none grows by doubling.
    let mut upper = Vec::with_capacity(BLOCK);
    upper.extend_from_slice(block.get(at..)?);
    block.truncate(at);
    Some((first, upper))
}

#[cfg(test)]
mod tests;
