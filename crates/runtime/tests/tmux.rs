//! Sessions of a real tmux, each test with a server of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::time::Duration;

use go_clock::{Clock, SystemClock};
use go_runtime::tmux::{Pane, PaneState, SessionName, Tmux, TmuxError};
use go_runtime::{CommandSpec, others};

const LONG: Duration = Duration::from_secs(20);

/// A tmux with servers of its own, all of which end with it.
struct Bench {
    folder: tempfile::TempDir,
    tmux: Tmux,
    go: SessionName,
}

impl Bench {
    /// `None`, said loudly, where this machine has no tmux; in CI that is a failure.
    fn new() -> Option<Self> {
        let tmux = match Tmux::find() {
            Err(TmuxError::Missing) if std::env::var_os("CI").is_none() => {
                eprintln!("SKIPPED: tmux is not installed (apt-get install tmux)");
                return None;
            }
            found => found.unwrap(),
        };
        let folder = tempfile::tempdir().unwrap();
        let tmux = tmux.with_sockets_in(folder.path());
        Some(Self { folder, tmux, go: "go".parse().unwrap() })
    }

    fn start(&self, name: &SessionName, line: &str) -> Result<(), TmuxError> {
        self.tmux.start(name, "/data/of a|fleet;", &CommandSpec::shell(line, self.folder.path()))
    }

    fn pane(&self) -> Option<Pane> {
        self.tmux.pane(&self.go).unwrap()
    }

    /// The pane, once its process has ended.
    fn ended(&self) -> Pane {
        until("its process ended", || self.pane().filter(|pane| matches!(pane.state, PaneState::Ended(_))))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A server ends with its last session.
        for name in ["go", "gopher"] {
            let _ = self.tmux.end(&name.parse().unwrap());
        }
    }
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = SystemClock.boottime() + LONG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(SystemClock.boottime() < end, "waited {LONG:?} until {what}");
        std::thread::yield_now();
    }
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok().filter(|text| text.ends_with('\n'))
}

#[test]
fn a_session_is_found_by_its_whole_name_with_its_process_and_its_owner() {
    let Some(bench) = Bench::new() else { return };
    let gopher: SessionName = "gopher".parse().unwrap();
    bench.start(&gopher, "exec sleep 1000").unwrap();
    assert_eq!(bench.pane(), None, "a longer name was taken for it");
    bench.start(&bench.go, "pwd > here; exec sleep 1000").unwrap();
    let pane = bench.pane().unwrap();
    assert_eq!(pane.owner.as_deref(), Some("/data/of a|fleet;"));
    assert!(SystemClock.wall().since(pane.created) < LONG);
    let here = until("it runs in its folder", || read(&bench.folder.path().join("here")));
    assert_eq!(Path::new(here.trim()), bench.folder.path().canonicalize().unwrap());
    assert!(matches!(bench.start(&bench.go, "true"), Err(TmuxError::Refused(why)) if why.contains("duplicate")));
    bench.tmux.end(&bench.go).unwrap();
    bench.tmux.end(&bench.go).unwrap();
    assert_eq!(bench.pane(), None);
    assert!(bench.tmux.pane(&gopher).unwrap().is_some(), "the end of one ended another");
}

#[test]
fn what_ended_leaves_its_code_and_its_last_words() {
    let Some(bench) = Bench::new() else { return };
    let line = "for n in 1 2 3 4; do echo word $n; done; until test -e go-on; do sleep 0.01; done; exit 3";
    bench.start(&bench.go, line).unwrap();
    let words = || bench.tmux.last_lines(&bench.go, 100).unwrap();
    let wanted = ["word 1", "word 2", "word 3", "word 4"].map(str::to_owned);
    // tmux may miss what is written in the moment of the end.
    until("it has said all", || (words() == wanted).then_some(()));
    std::fs::write(bench.folder.path().join("go-on"), "").unwrap();
    assert_eq!(bench.ended().state, PaneState::Ended(Some(3)));
    assert!(words().starts_with(&wanted), "{:?}", words());
    assert!(bench.tmux.last_lines(&bench.go, 2).unwrap().len() <= 2);
}

#[test]
fn a_killed_process_has_no_code() {
    let Some(bench) = Bench::new() else { return };
    bench.start(&bench.go, "exec sleep 1000").unwrap();
    let Some(Pane { state: PaneState::Runs(process), .. }) = bench.pane() else { panic!("{:?}", bench.pane()) };
    assert_eq!(others::find(process.pid), Some(process));
    assert!(!others::has_ended(process, Duration::from_millis(20)).unwrap());
    others::kill(process).unwrap();
    assert!(others::has_ended(process, LONG).unwrap());
    assert_eq!(bench.ended().state, PaneState::Ended(None));
}

#[test]
fn only_what_is_allowed_or_given_reaches_the_session() {
    let Some(bench) = Bench::new() else { return };
    let mut command = CommandSpec::shell("env > env.new; mv env.new env; exec sleep 1000", bench.folder.path());
    command = command.with("XIO_LEASE__HEARTBEAT", "5s");
    bench.tmux.start(&bench.go, "x", &command).unwrap();
    let env = until("it has written its environment", || read(&bench.folder.path().join("env")));
    assert!(env.contains("XIO_LEASE__HEARTBEAT=5s\n"));
    // Cargo sets this one for every test; it stands for whatever secret the starter's environment has.
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some() && !env.contains("CARGO_PKG_NAME"), "{env}");
}
