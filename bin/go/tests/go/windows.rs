//! Agents in windows of a real tmux: attached to, typed into, followed, adopted, ended.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use rustix::process::Signal;

use crate::place::{Place, code, err, out, until};

const ASKS: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
    - {id: A, title: a, kind: chore, run: 'echo asks; read word; echo \"got $word on $(stty size)\" | tee -a trace'}\n";

/// A place whose agents have windows.
struct Windows {
    place: Place,
}

impl Windows {
    /// `None`, said loudly, where this machine has no tmux; in CI that is a failure.
    fn with_plan(plan: &str) -> Option<Self> {
        let has_tmux = std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|p| p.join("tmux").is_file());
        if !has_tmux {
            assert!(std::env::var_os("CI").is_none(), "tmux is not installed, and CI has to have it");
            eprintln!("SKIPPED: tmux is not installed (apt-get install tmux)");
            return None;
        }
        let place = Place::with_plan(plan);
        std::fs::write(place.path().join("go.yaml"), "agents: {runtime: tmux}\n").unwrap();
        Some(Self { place })
    }

    /// Its agents run this command, on the repo that it makes of the place.
    #[expect(clippy::disallowed_methods, reason = "a repo is made as a person makes it")]
    fn runs(&self, command: &str) {
        let settings = format!("agents: {{runtime: tmux}}\ndrivers: {{command: {{{command}}}}}\n");
        std::fs::write(self.place.path().join("go.yaml"), settings).unwrap();
        let script = "git init -q -b main . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one";
        let made = Command::new("/bin/sh").args(["-c", script]).current_dir(self.place.path()).status().unwrap();
        assert!(made.success());
    }

    fn host(&self) -> PathBuf {
        self.place.path().join(".go/hosts/localhost")
    }

    /// The agent whose log has `words` in it.
    fn agent(&self, words: &str) -> String {
        until(&format!("an agent says {words:?}"), || {
            let folders = std::fs::read_dir(self.host().join("agents")).ok()?;
            let mut folders = folders.filter_map(|entry| Some(entry.ok()?.path()));
            let found = folders
                .find(|path| std::fs::read_to_string(path.join("agent.log")).is_ok_and(|log| log.contains(words)))?;
            Some(found.file_name()?.to_str()?.to_owned())
        })
    }

    /// Calls the tmux of this place's host.
    #[expect(clippy::disallowed_methods, reason = "tmux is called as a person calls it")]
    fn tmux(&self, words: &[&str]) -> Output {
        let mut command = Command::new("tmux");
        command.args(["-S", "tmux", "-f", "/dev/null"]).args(words).current_dir(self.host().join("windows"));
        command.stdin(Stdio::null()).env_clear().env("PATH", std::env::var_os("PATH").unwrap()).output().unwrap()
    }

    /// The windows that there are, by their agents.
    fn windows(&self) -> Vec<String> {
        let listed = self.tmux(&["list-sessions", "-F", "#{session_name}"]);
        if listed.status.success() { out(&listed).lines().map(str::to_owned).collect() } else { Vec::new() }
    }

    /// What the window of an agent shows.
    fn sees(&self, agent: &str, words: &str) {
        until(&format!("the window shows {words:?}"), || {
            out(&self.tmux(&["capture-pane", "-p", "-S", "-", "-t", &format!("={agent}:")]))
                .contains(words)
                .then_some(())
        });
    }

    fn types(&self, agent: &str, keys: &[&str]) {
        let typed = self.tmux(&[&["send-keys", "-t", &format!("={agent}:")], keys].concat());
        assert!(typed.status.success(), "{}", err(&typed));
    }

    fn is_gone(&self) {
        assert_eq!(self.place.processes(), Vec::<String>::new());
        assert!(!self.tmux(&["list-sessions"]).status.success());
    }
}

#[test]
fn a_command_in_a_window_is_seen_and_typed_into_and_all_of_it_is_in_its_log() {
    let Some(here) = Windows::with_plan(ASKS) else { return };
    let up = here.place.up(&["--exit-when-done"]);
    let agent = here.agent("asks");
    here.sees(&agent, "asks");
    here.types(&agent, &["blue", "Enter"]);
    assert_eq!(up.end().0.code(), Some(0));
    assert_eq!(here.place.lines("trace"), ["got blue on 50 200"]);
    assert_eq!(out(&here.place.go(&["logs", &agent])).replace("\r\n", "\n"), "asks\nblue\ngot blue on 50 200\n");
    here.is_gone();
}

#[test]
fn neither_the_end_of_a_client_nor_that_of_the_server_nor_that_of_the_launcher_ends_an_agent() {
    let Some(here) = Windows::with_plan(ASKS) else { return };
    let mut first = here.place.up(&["--exit-when-done"]);
    first.url();
    let agent = here.agent("asks");
    here.sees(&agent, "asks");
    first.signal(Signal::KILL);
    first.end();
    assert!(here.windows().contains(&agent), "{:?}", here.windows());
    let mut client = here.attach(&agent);
    client.line("asks");
    drop(client);
    assert!(here.tmux(&["kill-server"]).status.success());
    until("the server's end", || here.windows().is_empty().then_some(()));
    let mut second = here.place.up(&["--exit-when-done"]);
    second.url();
    // Its window is opened anew, and it is typed into through a terminal.
    let mut client = here.attach(&agent);
    client.line("asks");
    here.types(&agent, &["red", "Enter"]);
    client.line("[exited]");
    assert_eq!(second.end().0.code(), Some(0));
    // As large as the client's, but for tmux's own line.
    assert_eq!(here.place.lines("trace"), ["got red on 39 120"]);
    here.is_gone();
}

impl Windows {
    /// Attaches a terminal of its own, made by script(1).
    fn attach(&self, agent: &str) -> crate::place::Running {
        let line =
            "unset TMUX; TERM=xterm script -qfc \"stty rows 40 cols 120; \\\"$1\\\" agents attach $2\" /dev/null";
        self.place.start_by(&line.replace("$2", agent), &[])
    }
}

#[test]
fn a_fleet_that_is_told_to_end_leaves_no_process_and_no_server() {
    let Some(here) = Windows::with_plan(ASKS) else { return };
    let up = here.place.up(&[]);
    let agent = here.agent("asks");
    here.sees(&agent, "asks");
    // A window that somebody opened beside those of the agents.
    assert!(here.tmux(&["new-session", "-d", "sleep", "1000"]).status.success());
    assert_eq!(code(&here.place.go(&["down"])), 0);
    assert_eq!(up.end().0.code(), Some(130));
    here.is_gone();
}

/// A ticket for an agent of one's own.
const TALKS: &str = "version: 1\nprojects:\n  - id: p\n    deliver: none\n    driver: command\n    \
    tickets: [{id: A, title: a, kind: chore}]\n";

/// It says what it is told, until that is the end.
const ECHO: &str = r#"
say() { printf '{"type":"said","text":"%s"}\n' "$1"; }
say asks
while read -r line; do
  case $line in
    *enough*) say bye; printf '{"type":"call","tool":"sum","about":"all of it"}\n{"type":"spent","model":"m","usd":"0.5"}\n{"type":"result","ok":true,"summary":"x"}\n';
      until test -e $HERE/go-on; do sleep 0.02; done; touch made; exit 0 ;;
    *text*) say "it was told something" ;;
  esac
done
"#;

#[test]
fn a_message_that_is_typed_reaches_an_agent_that_talks_and_its_stream_is_shown_in_words() {
    let Some(here) = Windows::with_plan(TALKS) else { return };
    std::fs::write(here.place.path().join("echo.sh"), format!("HERE={}\n{ECHO}", here.place.path().display())).unwrap();
    here.runs(&format!("run: sh {}/echo.sh", here.place.path().display()));
    let up = here.place.up(&["--exit-when-done"]);
    let agent = here.agent("asks");
    let mut follower = here.place.start(&["logs", &agent, "-f"]);
    here.sees(&agent, "asks");
    here.types(&agent, &["it is enough", "Enter"]);
    here.sees(&agent, "> sum: all of it");
    here.sees(&agent, "[its turn has ended: 0.5 USD");
    here.types(&agent, &["and more", "Enter"]);
    here.sees(&agent, "it was not told, as its turn has ended: and more");
    std::fs::write(here.place.path().join("go-on"), "").unwrap();
    follower.line("you: it is enough");
    assert!(follower.end().0.success());
    assert_eq!(up.end().0.code(), Some(0));
    let words = out(&here.place.go(&["logs", &agent]));
    let order = [
        "asks\n",
        "it was told something\n",
        "you: it is enough\n",
        "> sum: all of it\n",
        "[its turn has ended: 0.5 USD",
    ];
    order.iter().for_each(|part| assert!(words.contains(part), "{part:?} is not in {words}"));
    let raw = out(&here.place.go(&["logs", &agent, "--raw"]));
    assert!(raw.starts_with(r#"{"type":"said","text":"asks"}"#), "{raw}");
    here.is_gone();
}

#[test]
fn one_that_reads_its_prompt_alone_refuses_what_is_typed_and_every_agent_has_its_window() {
    let Some(here) = Windows::with_plan(TALKS) else { return };
    let go_on = here.place.path().join("go-on");
    let run = format!("cat > /dev/null; echo asks; until test -e {}; do sleep 0.02; done; touch made", go_on.display());
    here.runs(&format!("protocol: plain, run: \"sh -c '{run}'\""));
    let up = here.place.up(&["--exit-when-done"]);
    let agent = here.agent("asks");
    here.sees(&agent, "asks");
    here.types(&agent, &["hello", "Enter"]);
    here.sees(&agent, "[not told: it takes no messages]");
    let agents = std::fs::read_dir(here.host().join("agents")).unwrap().count();
    assert_eq!(here.windows().len(), agents, "{:?}", here.windows());
    std::fs::write(here.place.path().join("go-on"), "").unwrap();
    assert_eq!(up.end().0.code(), Some(0));
    here.is_gone();
}

#[test]
fn no_secret_reaches_the_server_or_a_command_line_and_the_socket_is_its_owner_s() {
    let Some(here) = Windows::with_plan(ASKS) else { return };
    let up = here.place.start_by("HUSH=secret-of-mine exec \"$@\" up --listen 127.0.0.1:0 --exit-when-done", &[]);
    let agent = here.agent("asks");
    here.sees(&agent, "asks");
    let shown = out(&here.tmux(&["show-environment", "-g"])) + &out(&here.tmux(&["show-environment", "-t", &agent]));
    let server = out(&here.tmux(&["display-message", "-p", "#{pid}"]));
    let environ = std::fs::read(format!("/proc/{}/environ", server.trim())).unwrap();
    let seen = shown + &String::from_utf8_lossy(&environ) + &here.place.processes().join("\n");
    assert!(!seen.contains("secret-of-mine") && !seen.contains("HUSH") && !seen.contains("XIO_"), "{seen}");
    let mode = std::fs::metadata(here.host().join("windows")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    here.types(&agent, &["x", "Enter"]);
    assert_eq!(up.end().0.code(), Some(0));
}

#[test]
fn attaching_is_refused_with_what_to_do_instead() {
    let place =
        Place::with_plan(&ASKS.replace("read word", "read word < gate").replace("echo asks", "mkfifo gate; echo asks"));
    let mut up = place.up(&["--exit-when-done"]);
    let url = up.url();
    let here = Windows { place };
    let agent = here.agent("asks");
    // In the data folder of another machine.
    std::fs::create_dir(here.place.path().join("other")).unwrap();
    std::fs::copy(here.place.path().join(".go/operator.token"), here.place.path().join("other/operator.token"))
        .unwrap();
    let elsewhere = |id: &str| here.place.go(&["--data", "other", "--bus-url", &url, "agents", "attach", id]);
    let away = elsewhere(&agent);
    assert!(code(&away) == 1 && err(&away).contains(&format!("{agent} is on host localhost")), "{}", err(&away));
    let nobody = elsewhere("a-nobody");
    assert!(code(&nobody) == 1 && err(&nobody).contains("there is no agent a-nobody"), "{}", err(&nobody));
    let refused = here.place.go(&["agents", "attach", &agent]);
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains(&format!("`go logs {agent} -f`")), "{}", err(&refused));
    std::fs::write(here.place.path().join("gate"), "go\n").unwrap();
    assert_eq!(up.end().0.code(), Some(0));
    let ended = here.place.go(&["agents", "attach", &agent]);
    assert!(code(&ended) == 1 && err(&ended).contains(&format!("{agent} has ended")), "{}", err(&ended));
    assert!(err(&ended).contains(&format!("`go logs {agent}`")), "{}", err(&ended));
}

#[test]
fn without_tmux_the_fleet_does_not_start_and_says_what_to_install() {
    let place = Place::with_plan(ASKS);
    std::fs::write(place.path().join("go.yaml"), "agents: {runtime: tmux}\n").unwrap();
    let mut up = place.start_by("PATH=/nowhere exec \"$@\" up --listen 127.0.0.1:0 2>&1", &[]);
    up.line("tmux is not installed");
    up.line("apt-get install tmux");
    assert_eq!(up.end().0.code(), Some(2));
}
