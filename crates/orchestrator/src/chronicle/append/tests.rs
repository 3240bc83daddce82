//! Whatever is in a log, and wherever a write was cut off: each entry once, and every byte that was there stays.

use proptest::prelude::*;

use super::*;
use crate::samples::closed_sprint;

fn entries(ids: &[&str]) -> Vec<Entry> {
    ids.iter().map(|id| Entry::of(&closed_sprint(id, "## Done\n\n- T-1 by a-7\n")).unwrap()).collect()
}

fn appended(log: &[u8], entries: &[Entry]) -> Vec<u8> {
    [log, &appends(log, entries).concat()].concat()
}

fn times(log: &[u8], part: &str) -> usize {
    log.windows(part.len()).filter(|window| *window == part.as_bytes()).count()
}

#[test]
fn a_new_log_gets_a_title_and_its_entries_in_order() {
    let log = String::from_utf8(appended(b"", &entries(&["S-1", "S-2"]))).unwrap();
    let headings: Vec<_> = log.lines().filter(|line| line.starts_with("# ") || line.starts_with("## ")).collect();
    assert_eq!(headings, ["# Part 11: Execution Log", "## 2026-03-21 · Sprint S-1", "## 2026-03-21 · Sprint S-2"]);
    assert!(log.contains("-->\n\n<!-- sprint S-2") && log.ends_with("-->\n"));
    assert!(appends(log.as_bytes(), &entries(&["S-1", "S-2"])).is_empty(), "done twice, it changes nothing");
    assert!(appends(b"", &[]).is_empty());
}

#[test]
fn one_write_for_each_entry() {
    assert_eq!(appends(b"# Log\n", &entries(&["S-1", "S-2", "S-3"])).len(), 3);
}

#[test]
fn wherever_a_write_is_cut_off_the_next_one_brings_the_same_log() {
    let entries = entries(&["S-1", "S-10", "S-2"]);
    for before in
        ["", "# Part 11: Execution Log", "By hand.", "By hand.\n", "By hand.\r\n\r\n", "<", "\n\n\n", "<!-- sprint S-9"]
    {
        let whole = appended(before.as_bytes(), &entries);
        for cut in before.len()..whole.len() {
            let torn = &whole[..cut];
            assert_eq!(appended(torn, &entries), whole, "{before:?} cut off at {cut}");
        }
    }
}

#[test]
fn the_first_of_those_that_begin_alike_is_resumed() {
    let entries = entries(&["S-1", "S-10"]);
    let log = appended(b"# Log\n\n<!-- sprint S-1", &entries);
    assert_eq!(log, appended(b"# Log\n\n", &entries));
}

#[test]
fn what_was_written_after_a_torn_entry_stays_and_the_entry_comes_after_it() {
    let entries = entries(&["S-1"]);
    let whole = appended(b"", &entries);
    let torn = [&whole[..whole.len() - 9], b"\nA note by hand."].concat();
    let log = appended(&torn, &entries);
    assert!(log.starts_with(&torn) && times(&log, &entries[0].end) == 1);
    assert!(log.ends_with(format!("by hand.\n\n{}", entries[0].text).as_bytes()));
}

#[test]
fn an_entry_that_people_have_changed_is_still_there() {
    let entries = entries(&["S-1"]);
    let log =
        String::from_utf8(appended(b"", &entries)).unwrap().replace("T-1 by a-7", "T-1 by hand").replace('\n', "\r\n");
    assert!(appends(log.as_bytes(), &entries).is_empty());
    assert_eq!(appends(log.trim_end().as_bytes(), &entries), [b"\n"], "only the newline");
}

#[test]
fn another_sprint_under_the_same_id_gets_an_entry_of_its_own() {
    let first = entries(&["S-1"]);
    let mut again = closed_sprint("S-1", "");
    again.closed_at = again.closed_at.map(|at| at.after(std::time::Duration::from_secs(1)));
    let log = appended(&appended(b"", &first), &[Entry::of(&again).unwrap()]);
    assert_eq!(times(&log, "\n## 2026-03-21 · Sprint S-1\n"), 2);
}

/// Pieces of which a log may be made by hand: what could pass for something of ours among them.
fn piece() -> impl Strategy<Value = String> {
    let ours = entries(&["S-1"]).remove(0).text;
    prop_oneof![
        Just("\n".to_owned()),
        Just("<!--".to_owned()),
        Just("\r\n".to_owned()),
        Just(TITLE.to_owned()),
        Just("<!-- sprint S-2 2026-03-21T10:15:30.250Z -->\n".to_owned()),
        Just("é ## Sprint S-3".to_owned()),
        (0..200_usize).prop_map(move |to| ours.chars().take(to).collect()),
    ]
}

proptest! {
    #[test]
    fn in_any_log_and_after_any_cut_each_entry_is_there_once(
        before in proptest::collection::vec(piece(), 0..6),
        cut in any::<prop::sample::Index>(),
        note in proptest::option::of("[a-z ]{1,8}\n?"),
    ) {
        let entries = entries(&["S-1", "S-2", "S-3"]);
        let before = before.concat();
        let whole = appended(before.as_bytes(), &entries);
        prop_assert!(whole.starts_with(before.as_bytes()));
        let torn = &whole[..before.len() + cut.index(whole.len() - before.len() + 1)];
        let noted = [torn, note.unwrap_or_default().as_bytes()].concat();
        let log = appended(&noted, &entries);
        prop_assert!(log.starts_with(&noted), "bytes that were there have changed");
        for entry in &entries {
            prop_assert_eq!(times(&log, &entry.end), 1, "{}", String::from_utf8_lossy(&log));
            prop_assert!(noted.len() > torn.len() || times(&log, &entry.text) == 1);
        }
        prop_assert!(appends(&log, &entries).is_empty(), "done twice, it changes nothing");
    }
}
