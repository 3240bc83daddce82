//! Who descends from whom in the process table.

use std::collections::{BTreeMap, BTreeSet};

use crate::ProcessId;

/// One line of the process table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Which process.
    pub(crate) id: ProcessId,
    /// Its parent's number.
    pub(crate) parent: u32,
    /// Its group's number.
    pub(crate) group: u32,
    /// Whether it has ended and waits to be reaped.
    pub(crate) zombie: bool,
}

/// All living processes below `root`, children before their own children, `root` not among them.
pub(crate) fn descendants(table: &[Entry], root: u32) -> Vec<ProcessId> {
    let mut children: BTreeMap<u32, Vec<&Entry>> = BTreeMap::new();
    for entry in table {
        children.entry(entry.parent).or_default().push(entry);
    }
    let (mut found, mut seen, mut next) = (Vec::new(), BTreeSet::from([root]), vec![root]);
    while let Some(parent) = next.pop() {
        for child in children.get(&parent).into_iter().flatten() {
            if seen.insert(child.id.pid) {
                next.push(child.id.pid);
                if !child.zombie {
                    found.push(child.id);
                }
            }
        }
    }
    found
}

/// `marked` and all living processes that share a group with one of them, or descend from one of them.
pub(crate) fn related(table: &[Entry], marked: &[ProcessId]) -> Vec<ProcessId> {
    let marks: BTreeSet<_> = marked.iter().copied().collect();
    let groups: BTreeSet<u32> = table.iter().filter(|e| marks.contains(&e.id)).map(|e| e.group).collect();
    let mut all: BTreeSet<_> = table.iter().filter(|e| !e.zombie && groups.contains(&e.group)).map(|e| e.id).collect();
    let below: Vec<_> = all.iter().flat_map(|id| descendants(table, id.pid)).collect();
    all.extend(below);
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(pid: u32, parent: u32, group: u32) -> Entry {
        Entry { id: ProcessId { pid, started: u64::from(pid) }, parent, group, zombie: false }
    }

    fn pids(found: &[ProcessId]) -> Vec<u32> {
        let mut pids: Vec<_> = found.iter().map(|id| id.pid).collect();
        pids.sort_unstable();
        pids
    }

    #[test]
    fn descendants_are_found_at_any_depth_and_zombies_are_looked_through() {
        let mut table = vec![entry(2, 1, 2), entry(3, 2, 2), entry(4, 3, 4), entry(9, 1, 9), entry(5, 4, 4)];
        table[1].zombie = true;
        assert_eq!(pids(&descendants(&table, 2)), [4, 5]);
        assert_eq!(pids(&descendants(&table, 9)), [0_u32; 0]);
    }

    #[test]
    fn a_loop_in_the_table_ends() {
        let table = [entry(2, 3, 2), entry(3, 2, 2)];
        assert_eq!(pids(&descendants(&table, 2)), [3]);
    }

    #[test]
    fn whoever_shares_a_group_with_a_marked_process_is_related_though_it_cleared_its_environment() {
        let table = [entry(10, 1, 10), entry(11, 10, 10), entry(12, 1, 10), entry(13, 12, 13), entry(20, 1, 20)];
        assert_eq!(pids(&related(&table, &[table[0].id])), [10, 11, 12, 13]);
        assert!(related(&table, &[]).is_empty());
    }
}
