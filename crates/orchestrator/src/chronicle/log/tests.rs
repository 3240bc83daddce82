//! The log's file, with everything that can happen to it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;
use crate::samples::closed_sprint;

fn entries(ids: &[&str]) -> Vec<Entry> {
    ids.iter().map(|id| Entry::of(&closed_sprint(id, "All done.")).unwrap()).collect()
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("11_EXECUTION_LOG.md");
    (folder, path)
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_completed() {
    let (_folder, path) = place();
    std::fs::write(&path, "# Part 11\n\nBy hand, and no newline at the end").unwrap();
    let before = std::fs::read(&path).unwrap().len();
    record(&path, &entries(&["S-1", "S-2"])).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for cut in before..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        record(&path, &entries(&["S-1", "S-2"])).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), whole, "cut off at {cut}");
    }
}

#[test]
fn however_many_write_at_once_there_is_one_entry_each() {
    let (_folder, path) = place();
    let ids: Vec<String> = (1..=40).map(|n| format!("S-{n}")).collect();
    let start = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (path, ids, start) = (&path, &ids, &start);
            scope.spawn(move || {
                for last in 1..=ids.len() {
                    let ids: Vec<_> = ids.iter().take(last).map(String::as_str).collect();
                    start.wait();
                    while let Err(error) = record(path, &entries(&ids)) {
                        assert!(matches!(error, Unwritten::Held { .. }), "{error}");
                        std::thread::yield_now();
                    }
                }
            });
        }
    });
    let log = std::fs::read_to_string(&path).unwrap();
    let headings: Vec<_> = log.lines().filter(|line| line.starts_with("## ")).collect();
    let expected: Vec<_> = ids.iter().map(|id| format!("## 2026-03-21 · Sprint {id}")).collect();
    assert_eq!(headings, expected);
}

#[test]
fn a_file_that_is_exchanged_before_it_is_locked_is_left_alone() {
    let (folder, path) = place();
    std::fs::write(&path, "Old.\n").unwrap();
    std::fs::hard_link(&path, folder.path().join("old")).unwrap();
    std::fs::write(folder.path().join("new"), "New.\n").unwrap();
    let mut times = 0;
    record_watched(&path, &entries(&["S-1"]), || {
        times += 1;
        // The second time there is none left to put in its place.
        let _ = std::fs::rename(folder.path().join("new"), &path);
    })
    .unwrap();
    assert_eq!((times, std::fs::read_to_string(folder.path().join("old")).unwrap().as_str()), (2, "Old.\n"));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("New.\n\n<!-- sprint S-1 "));
}

#[test]
fn whoever_holds_the_lock_is_named_and_not_waited_for() {
    let (_folder, path) = place();
    record(&path, &entries(&["S-1"])).unwrap();
    let held = File::open(&path).unwrap();
    held.lock().unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = record(&path, &entries(&["S-1", "S-2"])).unwrap_err();
    assert_eq!(error.to_string(), format!("another process holds the lock of {}", path.display()));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_lies_behind_a_link_is_written_and_keeps_its_mode() {
    let (folder, path) = place();
    std::fs::write(folder.path().join("real.md"), "Mine.\n").unwrap();
    std::fs::set_permissions(folder.path().join("real.md"), std::fs::Permissions::from_mode(0o664)).unwrap();
    std::os::unix::fs::symlink("real.md", &path).unwrap();
    record(&path, &entries(&["S-1"])).unwrap();
    let real = folder.path().join("real.md");
    assert!(std::fs::read_to_string(&real).unwrap().starts_with("Mine.\n\n<!-- sprint S-1 "));
    assert_eq!(std::fs::metadata(real).unwrap().permissions().mode() & 0o777, 0o664);
    assert!(std::fs::symlink_metadata(path).unwrap().is_symlink());
}

#[test]
fn a_file_that_is_no_longer_at_its_path_is_told_apart() {
    let (folder, path) = place();
    std::fs::write(&path, "old").unwrap();
    let open = File::open(&path).unwrap();
    assert!(is_at(&path, &open).unwrap());
    std::fs::write(folder.path().join("new"), "new").unwrap();
    std::fs::rename(folder.path().join("new"), &path).unwrap();
    assert!(!is_at(&path, &open).unwrap());
    std::fs::remove_file(&path).unwrap();
    assert!(!is_at(&path, &open).unwrap());
}

#[test]
fn an_editor_that_saves_all_the_time_loses_no_text_of_its_own_and_no_entry() {
    let (folder, path) = place();
    std::fs::write(&path, "").unwrap();
    std::thread::scope(|scope| {
        let editor = scope.spawn(|| {
            for n in 0..200 {
                let text = std::fs::read_to_string(&path).unwrap() + &format!("note {n}\n");
                let new = folder.path().join("new");
                std::fs::write(&new, text).unwrap();
                std::fs::rename(&new, &path).unwrap();
            }
        });
        while !editor.is_finished() {
            // It may be exchanged each time; then the next try finds out.
            let _ = record(&path, &entries(&["S-1"]));
        }
        editor.join().unwrap();
    });
    record(&path, &entries(&["S-1"])).unwrap();
    let log = std::fs::read_to_string(&path).unwrap();
    assert_eq!(log.matches("\n<!-- end of sprint S-1").count(), 1, "{log}");
    assert_eq!(log.lines().last().map(|line| line.starts_with("note 199") || line.starts_with("<!-- end")), Some(true));
}

#[test]
fn what_is_no_log_says_so() {
    let (folder, path) = place();
    let missing = record(&folder.path().join("none/log.md"), &entries(&["S-1"])).unwrap_err();
    assert!(missing.to_string().starts_with("can't create "), "{missing}");
    assert!(!folder.path().join("none").exists(), "a folder of others was made");
    let folder_itself = record(folder.path(), &entries(&["S-1"])).unwrap_err();
    assert!(folder_itself.to_string().starts_with("can't open "), "{folder_itself}");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let pipe = record(&path, &entries(&["S-1"])).unwrap_err();
    assert!(pipe.to_string().ends_with("is no regular file"), "{pipe}");
}
