//! The file on a real disk, with people who save at the worst moments.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use go_bus_api::{TaskId, TaskState};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use tempfile::TempDir;

use super::merge;
use super::swap::OnDisk;
use super::{FileError, PlanFile};
use crate::edit::{SkipReason, TicketUpdate};

const PLAN: &str = "projects: # v0\n- {id: p, tickets: [{id: A, title: t}]}\n";
const DONE: &str = "projects: # v0\n- {id: p, tickets: [{id: A, title: t, status: done}]}\n";

fn done(id: &str) -> TicketUpdate {
    TicketUpdate { status: Some(TaskState::Done), ..TicketUpdate::of(TaskId::new(id).unwrap()) }
}

fn folder_with(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan.yaml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// An editor's save that replaces the file.
fn save(path: &Path, text: &str) {
    let beside = path.with_extension("swp");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

/// The file names in a folder: nothing of ours may be left.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Updates A with a person who does `acts[n]` right before the n-th rename.
fn update_under(path: &Path, acts: &[&dyn Fn()]) -> Result<super::Updated, FileError> {
    let turn = RefCell::new(acts.iter());
    let exchange = |a: &Path, b: &Path| {
        if let Some(act) = turn.borrow_mut().next() {
            act();
        }
        renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)
    };
    merge::update(&mut OnDisk::with_exchange(path.to_owned(), Box::new(exchange)), &[done("A")])
}

#[test]
fn an_update_is_written_with_the_files_mode_and_leaves_nothing_behind() {
    let (folder, path) = folder_with(PLAN);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let file = PlanFile::open(&path).unwrap();
    let updated = file.update(&[done("A"), done("B")]).unwrap();
    assert_eq!((updated.written, updated.merged, updated.text.as_str()), (true, 0, DONE));
    assert_eq!(updated.skipped.first().map(|skip| skip.reason), Some(SkipReason::Unknown));
    assert_eq!(file.read().unwrap(), DONE);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o640);
    assert!(!file.update(&[done("A")]).unwrap().written);
    assert_eq!(names(&folder), ["plan.yaml"]);
    assert_eq!(file.folder().unwrap(), folder.path().canonicalize().unwrap());
}

#[test]
fn a_symbolic_link_stays_one() {
    let (folder, path) = folder_with(PLAN);
    let link = folder.path().join("link.yaml");
    symlink("plan.yaml", &link).unwrap();
    PlanFile::open(&link).unwrap().update(&[done("A")]).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&path).unwrap(), DONE);
}

#[test]
fn a_save_before_the_exchange_is_merged() {
    let (folder, path) = folder_with(PLAN);
    let updated = update_under(&path, &[&|| save(&path, &PLAN.replace("v0", "v1"))]).unwrap();
    assert_eq!((updated.merged, fs::read_to_string(&path).unwrap()), (1, DONE.replace("v0", "v1")));
    assert_eq!(names(&folder), ["plan.yaml"]);
}

#[test]
fn a_save_over_ours_before_theirs_is_put_back_wins() {
    let (folder, path) = folder_with(PLAN);
    let to = |version: &'static str| {
        let path = path.clone();
        move || save(&path, &PLAN.replace("v0", version))
    };
    let (first, second, third) = (to("v1"), to("v2"), to("v3"));
    let updated = update_under(&path, &[&first, &second, &|| {}, &third]).unwrap();
    assert_eq!(updated.merged, 2);
    assert_eq!(fs::read_to_string(&path).unwrap(), DONE.replace("v0", "v3"));
    assert_eq!(names(&folder), ["plan.yaml"]);
}

#[test]
fn an_editor_that_still_writes_in_place_writes_into_the_plan() {
    let (_folder, path) = folder_with(PLAN);
    let open = RefCell::new(None);
    let begin = || *open.borrow_mut() = Some(fs::File::create(&path).unwrap());
    let end = || {
        std::io::Write::write_all(&mut open.borrow_mut().take().unwrap(), PLAN.replace("v0", "v1").as_bytes()).unwrap()
    };
    // Truncated before the exchange, written before the swap back: the text goes into their file wherever that is.
    update_under(&path, &[&begin, &end]).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), DONE.replace("v0", "v1"));
}

#[test]
fn a_text_that_is_no_yaml_goes_back_as_the_person_left_it() {
    let (folder, path) = folder_with(PLAN);
    let error = update_under(&path, &[&|| save(&path, "projects: [\n")]).unwrap_err();
    assert!(matches!(error, FileError::Edit(_)), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "projects: [\n");
    assert_eq!(names(&folder), ["plan.yaml"]);
}

#[test]
fn someone_who_saves_without_end_is_left_alone() {
    let (folder, path) = folder_with(PLAN);
    let count = RefCell::new(0);
    let act = || {
        *count.borrow_mut() += 1;
        save(&path, &PLAN.replace("v0", &format!("v{}", count.borrow())));
    };
    // Saved before each exchange, not before each swap back.
    let acts: Vec<&dyn Fn()> = (0..64).map(|turn| if turn % 2 == 0 { &act as &dyn Fn() } else { &|| {} }).collect();
    assert!(matches!(update_under(&path, &acts).unwrap_err(), FileError::Busy { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), PLAN.replace("v0", "v16"));
    assert_eq!(names(&folder), ["plan.yaml"]);
}

#[test]
fn a_disk_that_fails_in_the_middle_leaves_the_persons_text_beside() {
    let (folder, path) = folder_with(PLAN);
    let calls = RefCell::new(0);
    let exchange = |a: &Path, b: &Path| {
        *calls.borrow_mut() += 1;
        if *calls.borrow() > 1 {
            return Err(Errno::IO);
        }
        save(&path, "projects: # theirs\n");
        renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)
    };
    let mut disk = OnDisk::with_exchange(path.clone(), Box::new(exchange));
    let Err(FileError::Kept { kept, .. }) = merge::update(&mut disk, &[done("A")]) else { panic!("not kept") };
    assert_eq!(fs::read_to_string(kept).unwrap(), "projects: # theirs\n");
    drop(folder);
}

#[test]
fn a_file_system_that_cannot_exchange_renames() {
    let (folder, path) = folder_with(PLAN);
    let saved = RefCell::new(false);
    let exchange = |_: &Path, _: &Path| {
        if !saved.replace(true) {
            save(&path, &PLAN.replace("v0", "v1"));
        }
        Err(Errno::INVAL)
    };
    let updated = merge::update(&mut OnDisk::with_exchange(path.clone(), Box::new(exchange)), &[done("A")]).unwrap();
    assert_eq!((updated.merged, fs::read_to_string(&path).unwrap()), (1, DONE.replace("v0", "v1")));
    assert_eq!(names(&folder), ["plan.yaml"]);
}

#[test]
fn what_is_missing_or_no_text_is_said_with_its_name() {
    let (folder, path) = folder_with(PLAN);
    let missing = PlanFile::open(folder.path().join("none.yaml")).unwrap_err().to_string();
    assert!(missing.starts_with("can't read the plan ") && missing.contains("none.yaml"), "{missing}");
    fs::write(&path, b"\xff\xfe").unwrap();
    assert!(matches!(PlanFile::open(&path), Err(FileError::NotText { .. })));
}

#[test]
fn a_thousand_saves_against_a_thousand_updates_lose_neither() {
    let (folder, path) = folder_with(PLAN);
    let file = PlanFile::open(&path).unwrap();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in 1..=1000 {
                save(&path, &PLAN.replace("v0", &format!("v{version}")));
            }
            over.store(true, Ordering::SeqCst);
        });
        while !over.load(Ordering::SeqCst) {
            match file.update(&[done("A")]) {
                Ok(_) | Err(FileError::Busy { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    file.update(&[done("A")]).unwrap();
    assert_eq!(file.read().unwrap(), DONE.replace("v0", "v1000"));
    assert_eq!(names(&folder), ["plan.yaml"]);
}

/// Whether the watch wakes within the time that any machine needs.
async fn wakes(watch: &mut super::Watch) -> bool {
    tokio::time::timeout(Duration::from_secs(10), watch.changed()).await.is_ok_and(|woken| woken.is_ok())
}

#[tokio::test]
async fn every_way_of_saving_wakes() {
    let (folder, path) = folder_with(PLAN);
    let link = folder.path().join("link.yaml");
    let other = TempDir::new().unwrap();
    let far = other.path().join("far.yaml");
    fs::write(&far, PLAN).unwrap();
    symlink("plan.yaml", &link).unwrap();
    let mut watch = PlanFile::open(&link).unwrap().watch().unwrap();
    fs::write(&path, "in: place\n").unwrap();
    assert!(wakes(&mut watch).await, "written in place");
    save(&path, PLAN);
    assert!(wakes(&mut watch).await, "replaced");
    PlanFile::open(&link).unwrap().update(&[done("A")]).unwrap();
    assert!(wakes(&mut watch).await, "exchanged by us");
    symlink(&far, folder.path().join("new")).unwrap();
    fs::rename(folder.path().join("new"), &link).unwrap();
    assert!(wakes(&mut watch).await, "the link points elsewhere");
    save(&far, "somewhere: else\n");
    assert!(wakes(&mut watch).await, "replaced behind the new link");
    fs::remove_file(&link).unwrap();
    assert!(wakes(&mut watch).await, "removed");
}

#[test]
fn a_watch_outside_of_a_runtime_is_an_error() {
    let (_folder, path) = folder_with(PLAN);
    assert!(PlanFile::open(path).unwrap().watch().is_err());
}

#[tokio::test]
async fn changes_that_come_together_wake_once_and_other_files_never() {
    let (folder, path) = folder_with(PLAN);
    let mut watch = PlanFile::open(&path).unwrap().watch().unwrap();
    for version in ["v1", "v2", "v3"] {
        save(&path, version);
    }
    assert!(wakes(&mut watch).await);
    let other = folder.path().join("other.yaml");
    fs::write(&other, PLAN).unwrap();
    let mut of_other = PlanFile::open(&other).unwrap().watch().unwrap();
    fs::write(&other, "x").unwrap();
    // The kernel queues events for both watches before the write returns: where one has woken, the other would have.
    assert!(wakes(&mut of_other).await);
    let again = pin!(watch.changed()).poll(&mut Context::from_waker(Waker::noop()));
    assert!(again.is_pending(), "woken again: {again:?}");
}
