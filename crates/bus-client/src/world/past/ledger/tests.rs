//! The ledger is a map, whatever comes in whatever order, and a small one.

use std::collections::BTreeMap;

use proptest::prelude::{prop, proptest};

use super::{BLOCK, Ledger, middle};

proptest! {
    #[test]
    fn it_is_a_map(steps in prop::collection::vec(("[a-c]{1,3}", prop::option::of(0..600_usize)), 0..200)) {
        let (mut ledger, mut map) = (Ledger::default(), BTreeMap::new());
        for (id, length) in steps {
            match length {
                Some(length) => {
                    ledger.put(&id, &vec![7; length]);
                    map.insert(id, vec![7; length]);
                }
                None => {
                    ledger.remove(&id);
                    map.remove(&id);
                }
            }
        }
        assert!(map.iter().all(|(id, value)| ledger.get(id) == Some(value.as_slice())));
        let pairs = map.iter().map(|(id, value)| (id.as_bytes(), value.as_slice()));
        assert!(ledger.iter().eq(pairs));
        assert!(ledger.blocks.values().all(|block| block.len() <= BLOCK));
    }
}

#[test]
fn long_entries_among_short_ones_keep_to_their_blocks() {
    let mut ledger = Ledger::default();
    // A half of this block is still too full for one more of the long ones.
    for (id, length) in [("a", 500), ("b", 500), ("c", 590), ("e", 440), ("bb", 599)] {
        ledger.put(id, &vec![7; length]);
    }
    assert!(ledger.blocks.values().all(|block| block.len() <= BLOCK), "{:?}", ledger.blocks.values().map(Vec::len));
}

#[test]
fn how_entries_came_makes_no_difference() {
    let (mut up, mut down) = (Ledger::default(), Ledger::default());
    (0..1000).for_each(|n| up.put(&format!("T-{n:04}"), b"x"));
    (0..1000).rev().for_each(|n| down.put(&format!("T-{n:04}"), b"x"));
    assert_eq!(up, down);
    down.put("T-0500", b"y");
    assert_ne!(up, down);
}

#[test]
fn blocks_are_half_full_at_least() {
    for ids in [(0..5000).collect::<Vec<_>>(), (0..5000).rev().collect(), (0..5000).map(|n| n * 7919 % 5000).collect()]
    {
        let mut ledger = Ledger::default();
        ids.iter().for_each(|n| ledger.put(&format!("T-{n}"), &[0; 20]));
        let full: usize = ledger.blocks.values().map(Vec::len).sum();
        assert!(
            full * 2 >= (ledger.blocks.len() - 1) * (BLOCK - 64),
            "{} blocks for {full} bytes",
            ledger.blocks.len()
        );
        assert!(ledger.blocks.values().all(|block| block.capacity() == BLOCK));
    }
}

#[test]
fn an_entry_longer_than_a_block_has_one_of_its_own() {
    let mut ledger = Ledger::default();
    for id in ["b", "a", "c"] {
        ledger.put(id, &[1; 2 * BLOCK]);
    }
    assert_eq!(ledger.iter().map(|(id, _)| id).collect::<Vec<_>>(), [b"a", b"b", b"c"]);
    assert_eq!(middle(&[]), None);
}

#[test]
fn who_comes_about_in_order_leaves_no_half_empty_blocks() {
    let mut ledger = Ledger::default();
    for n in 0..5000_usize {
        // Each few of them in the reverse order.
        ledger.put(&format!("T-{:04}", n / 20 * 20 + 19 - n % 20), &[0; 20]);
    }
    let full: usize = ledger.blocks.values().map(Vec::len).sum();
    assert!(full * 10 >= ledger.blocks.len() * BLOCK * 8, "{} blocks for {full} bytes", ledger.blocks.len());
}
