//! Sets of ids by what they have in common.

use std::collections::{BTreeMap, BTreeSet};

/// Ids by key; a key without ids takes no room.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Index<K, I> {
    sets: BTreeMap<K, BTreeSet<I>>,
}

impl<K, I> Default for Index<K, I> {
    fn default() -> Self {
        Self { sets: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, I: Ord + Clone> Index<K, I> {
    /// Moves `id` from the keys it had to the keys it has.
    pub(super) fn shift<'a>(
        &mut self,
        id: &I,
        had: impl IntoIterator<Item = &'a K>,
        has: impl IntoIterator<Item = &'a K>,
    ) where
        K: 'a,
    {
        for key in had {
            if let Some(set) = self.sets.get_mut(key) {
                set.remove(id);
                if set.is_empty() {
                    self.sets.remove(key);
                }
            }
        }
        for key in has {
            match self.sets.get_mut(key) {
                Some(set) => {
                    set.insert(id.clone());
                }
                None => {
                    self.sets.insert(key.clone(), BTreeSet::from([id.clone()]));
                }
            }
        }
    }

    /// Forgets `key` with all that is under it.
    pub(super) fn clear(&mut self, key: &K) {
        self.sets.remove(key);
    }

    /// The ids under `key`, in order.
    pub(super) fn get<'a>(&'a self, key: &K) -> impl Iterator<Item = &'a I> + use<'a, K, I> {
        self.sets.get(key).into_iter().flatten()
    }

    /// How many ids are under `key`.
    pub(super) fn count(&self, key: &K) -> usize {
        self.sets.get(key).map_or(0, BTreeSet::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leaves_the_keys_it_had_and_empty_keys_vanish() {
        let mut index = Index::default();
        index.shift(&1, [], [&"a", &"b"]);
        index.shift(&2, [], [&"b"]);
        index.shift(&1, [&"a", &"b"], [&"c"]);
        assert_eq!(index.get(&"b").collect::<Vec<_>>(), [&2]);
        assert_eq!((index.count(&"a"), index.count(&"c")), (0, 1));
        assert!(!index.sets.contains_key("a"));
    }
}
