//! A disk that is full, through the real binary: a small file system of the Bus's own, in a namespace where that needs no root.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::place::{Place, Running, code, err, out, until};

/// A Bus whose data lie on a disk of 3 MiB; none, said aloud, where the system lets nobody mount one.
fn on_a_small_disk(place: &Place) -> Option<Running> {
    fs::create_dir(place.path().join("disk")).unwrap();
    let script = "mount -t tmpfs -o size=3m disk disk && touch mounted && exec \"$@\"";
    let line = format!("if ! unshare -rm sh -c '{script}' sh \"$@\"; then echo no namespace; fi");
    let mut bus = place.start_by(&line, &["bus", "serve", "--listen", "127.0.0.1:0", "--data", "disk/data"]);
    let first = bus.line("");
    if first.contains("the Bus listens at") {
        return Some(bus);
    }
    assert!(!place.path().join("mounted").exists(), "the disk is there, and the Bus does not start");
    eprintln!("SKIPPED: no file system can be mounted here (unshare -rm is refused), so no disk can be full");
    None
}

/// The folder of the data as the Bus sees it.
fn data(place: &Place) -> PathBuf {
    let is_bus = |pid: &u32| {
        fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == Path::new(env!("CARGO_BIN_EXE_go")))
            && fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == place.path())
    };
    let numbers = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let pid = numbers.into_iter().find(is_bus).unwrap();
    PathBuf::from(format!("/proc/{pid}/root{}/disk/data", place.path().display()))
}

fn fill(data: &Path) -> PathBuf {
    let path = data.join("filler");
    let mut file = File::create(&path).unwrap();
    let block = [0; 4096];
    while file.write_all(&block).is_ok() {}
    path
}

#[test]
fn a_full_disk_refuses_writes_lets_reads_go_on_and_loses_nothing() {
    let place = Place::new();
    let Some(bus) = on_a_small_disk(&place) else { return };
    let url = bus
        .said("the Bus listens at")
        .split(' ')
        .find(|word| word.starts_with("http"))
        .unwrap()
        .trim_end_matches(',')
        .to_owned();
    let data = data(&place);
    let token = fs::read_to_string(data.join("operator.token")).unwrap();
    fs::create_dir(place.path().join("token")).unwrap();
    fs::write(place.path().join("token/operator.token"), token).unwrap();
    let go = |arguments: &[&str]| place.go(&[arguments, &["--bus-url", &url, "--data", "token"]].concat());
    let say = |text: &str| -> Output { go(&["message", "c0", text]) };
    assert_eq!(code(&say("first")), 0);
    let filler = fill(&data);
    let long = "x".repeat(8_000);
    let (mut taken, mut refused) = (1, None);
    until("a write is refused", || {
        let said = say(&long);
        if code(&said) == 0 {
            taken += 1
        } else {
            refused = Some(said)
        }
        refused.as_ref().map(|_| ())
    });
    let refused = refused.unwrap();
    assert_eq!(code(&refused), 4, "{}", err(&refused));
    assert!(err(&refused).contains("full") && !err(&refused).contains("read-only"), "{}", err(&refused));
    let events = || out(&go(&["events", "--json"])).lines().filter(|line| line.contains("message.sent")).count();
    assert_eq!(events(), taken, "a read shows what was acknowledged, and no more");
    fs::remove_file(&filler).unwrap();
    assert_eq!(code(&say("after")), 0, "there is space again, and it needs no restart");
    assert_eq!(events(), taken + 1);
}

#[test]
fn a_read_only_disk_is_told_apart_with_what_to_do_and_nothing_is_changed() {
    let place = Place::new();
    fs::create_dir(place.path().join("disk")).unwrap();
    // The second run finds what a killed first one left, on a disk that has become read-only.
    let script = r#"mount -t tmpfs -o size=9m disk disk && touch mounted &&
        { "$@" & until [ -f disk/data/operator.token ]; do :; done; kill -9 $!; wait; } >/dev/null 2>&1;
        sum() { cat disk/data/bus.db disk/data/bus.db-wal | cksum; }; before=$(sum); mount -o remount,ro disk;
        "$@"; echo "exit $?"; [ "$before" = "$(sum)" ] && echo unchanged"#;
    let line = format!("unshare -rm sh -c '{script}' sh \"$@\" 2>&1; echo over");
    let mut bus = place.start_by(&line, &["bus", "serve", "--listen", "127.0.0.1:0", "--data", "disk/data"]);
    bus.line("over");
    if !place.path().join("mounted").exists() {
        return eprintln!("SKIPPED: no file system can be mounted here (unshare -rm is refused)");
    }
    let said = bus.said("Read-only file system");
    assert!(said.contains("can't open") && said.contains("disk/data/lock"), "{said}");
    bus.said("--data DIR takes another folder");
    bus.said("exit 1");
    bus.said("unchanged");
}
