//! A subreaper's tree: what forked away from its group is found, ended and reaped. One test, as it reaps every child of its
//! process.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use go_runtime::{
    CommandSpec, End, Environment, become_subreaper, each_end, has_children, is_alive, kill_tree, signal_group,
    signal_tree, start,
};

fn sh(command: &str, log: &std::path::Path) -> go_runtime::ProcessId {
    let log = File::options().append(true).create(true).open(log).unwrap();
    start(&CommandSpec::shell(command, "/"), &Environment::inherited(&[]), log).unwrap()
}

/// Everything that ends until no child is left.
fn ends() -> mpsc::Receiver<(u32, End)> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || each_end(|pid, end| tell.send((pid, end)).unwrap()));
    told
}

fn all(told: &mpsc::Receiver<(u32, End)>) -> BTreeMap<u32, End> {
    let mut all = BTreeMap::new();
    loop {
        match told.recv_timeout(Duration::from_secs(20)) {
            Ok((pid, end)) => all.insert(pid, end),
            Err(mpsc::RecvTimeoutError::Disconnected) => return all,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("still alive after 20 s; ended so far: {all:?}"),
        };
    }
}

#[test]
fn nothing_escapes_a_subreaper() {
    // Whoever runs this may have been started deaf to Ctrl-C; what a process listens to is at its default in what it starts.
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::default()).unwrap();
    become_subreaper().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    assert!(!has_children(None));

    // An ordinary end, with its code, and one by a signal.
    let leader = sh("exit 7", &log);
    assert!(has_children(None));
    assert_eq!(all(&ends()), BTreeMap::from([(leader.pid, End::Exited(7))]));
    let leader = sh("kill -9 $$", &log);
    assert_eq!(all(&ends()), BTreeMap::from([(leader.pid, End::Signalled(9))]));
    assert_eq!(End::Signalled(9).code(), 137);

    // A Ctrl-C to the group ends what is in the foreground.
    let leader = sh("exec sleep 1000", &log);
    let told = ends();
    while !sleeps() {
        std::thread::yield_now();
    }
    signal_group(leader).unwrap();
    assert_eq!(all(&told).get(&leader.pid), Some(&End::Signalled(2)));
    assert!(!is_alive(leader));

    // A double fork into a session of its own, deaf to SIGINT, outlives its leader; SIGTERM to the tree ends it.
    let leader = sh("(setsid sleep 1000 &) ; exit 0", &log);
    let told = ends();
    assert_eq!(told.recv_timeout(Duration::from_secs(20)).unwrap(), (leader.pid, End::Exited(0)));
    while !sleeps() {
        std::thread::yield_now();
    }
    signal_group(leader).unwrap();
    signal_tree(None).unwrap();
    assert_eq!(all(&told).into_values().filter(|end| *end == End::Signalled(15)).count(), 1);

    // One that ignores everything is killed.
    let leader = sh(
        "trap '' INT TERM; (trap '' INT TERM; setsid sh -c 'while :; do sleep 1000; done' &); echo up; exit 0",
        &log,
    );
    let told = ends();
    assert_eq!(told.recv_timeout(Duration::from_secs(20)).unwrap().0, leader.pid);
    while has_children(None) {
        kill_tree(None).unwrap();
    }
    all(&told);
    assert!(!has_children(None));
}

/// Whether a child of ours sleeps already: before its exec it still has the shell's signal handling, which may swallow a signal.
fn sleeps() -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else { return false };
    processes.filter_map(Result::ok).any(|p| {
        let stat = std::fs::read_to_string(p.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        parent == Some(std::process::id()) && stat.contains("(sleep)")
    })
}
