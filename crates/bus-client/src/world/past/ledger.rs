//! A map from ids to short byte strings that takes little more room than these.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};

use super::bytes::{Reader, push_bytes};
use super::key::key;

/// The length of a block, in bytes: some tens of entries, which a lookup walks through.
const BLOCK: usize = 2048;

/// Entries in the order of their keys, packed into blocks: keys and values one after the other, with no pointers between. Each
/// lookup and change costs O(log n) and a walk through one block. Blocks but the last are at least half full where nothing is
/// removed, and nearly full where ids come about in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    /// Each under a key that is not above its first one; the first under the empty one.
    blocks: BTreeMap<Box<[u8]>, Vec<u8>>,
}

/// Where the entry of an id is, or would go.
struct Place<'a> {
    range: Range<usize>,
    value: Option<&'a [u8]>,
}

impl Ledger {
    pub(super) fn get(&self, id: &str) -> Option<&[u8]> {
        let key = key(id);
        let (_, block) = self.blocks.range::<[u8], _>(up_to(&key)).next_back()?;
        find(block, &key).value
    }

    /// Puts `value` under `id`, in place of the one before.
    pub(super) fn put(&mut self, id: &str, value: &[u8]) {
        let key = key(id);
        self.cut(&key);
        let mut entry = Vec::new();
        push_bytes(&mut entry, &key);
        push_bytes(&mut entry, value);
        if self.blocks.is_empty() {
            self.blocks.insert(Box::default(), Vec::with_capacity(BLOCK));
        }
        self.make_room(&key, entry.len());
        if let Some(block) = self.block(&key) {
            let at = find(block, &key).range.start;
            block.splice(at..at, entry);
        }
    }

    /// Removes what is under `id`.
    pub(super) fn remove(&mut self, id: &str) {
        self.cut(&key(id));
    }

    fn cut(&mut self, key: &[u8]) {
        let Some(block) = self.block(key) else { return };
        let Place { range, value } = find(block, key);
        if value.is_some() {
            block.drain(range);
        }
    }

    /// Splits the block where `key` would go until an entry of this length fits in, or it has but one entry left.
    fn make_room(&mut self, key: &[u8], length: usize) {
        while self.block(key).is_some_and(|block| block.len().saturating_add(length) > BLOCK) && self.split(key) {}
    }

    /// Splits the block where `key` would go in halves, but the last one where the entry goes, as who comes in order goes to its
    /// end, and would leave half of each block empty. False where there is nothing to split.
    fn split(&mut self, key: &[u8]) -> bool {
        let is_last = self.blocks.keys().next_back().is_some_and(|first| first.as_ref() <= key);
        let Some(block) = self.block(key) else { return false };
        let place = find(block, key).range.start;
        let at = if is_last && place >= BLOCK / 2 { Some(place) } else { middle(block) };
        let Some(entries) = at.and_then(|at| block.get(at..)) else { return false };
        let first = if at == Some(place) { Some(key) } else { Reader(entries).bytes() };
        let Some(first) = first.map(Box::from) else { return false };
        // A block has its room from the start, so that all are of one size and none grows by doubling.
        let mut upper = Vec::with_capacity(BLOCK);
        upper.extend_from_slice(entries);
        block.truncate(block.len().saturating_sub(upper.len()));
        self.blocks.insert(first, upper);
        true
    }

    /// The block where `key` is, or would go.
    fn block(&mut self, key: &[u8]) -> Option<&mut Vec<u8>> {
        self.blocks.range_mut::<[u8], _>(up_to(key)).next_back().map(|(_, block)| block)
    }

    /// The room that blocks take, in bytes.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        let each = size_of::<(Box<[u8]>, Vec<u8>)>();
        self.blocks.iter().map(|(first, block)| first.len() + each + block.capacity()).sum()
    }

    /// All keys and values in order.
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

fn up_to(key: &[u8]) -> (Bound<&[u8]>, Bound<&[u8]>) {
    (Bound::Unbounded, Bound::Included(key))
}

fn entry<'a>(reader: &mut Reader<'a>) -> Option<(&'a [u8], &'a [u8])> {
    Some((reader.bytes()?, reader.bytes()?))
}

fn find<'a>(block: &'a [u8], key: &[u8]) -> Place<'a> {
    let mut reader = Reader(block);
    loop {
        let start = block.len().saturating_sub(reader.0.len());
        match entry(&mut reader) {
            Some((other, _)) if other < key => {}
            Some((other, value)) if other == key => {
                return Place { range: start..block.len().saturating_sub(reader.0.len()), value: Some(value) };
            }
            _ => return Place { range: start..start, value: None },
        }
    }
}

/// Where the upper half of `block` begins. `None` where there is but one entry.
fn middle(block: &[u8]) -> Option<usize> {
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
    (!reader.0.is_empty()).then(|| block.len().saturating_sub(reader.0.len()))
}

#[cfg(test)]
mod tests;
