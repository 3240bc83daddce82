//! Agents with a window: a command on a terminal, and messages to one that talks, both by what is typed.

use std::fs::File;
use std::io::Write;

use go_bus_api::Millis;
use go_runtime::{AgentRuntime, AgentSpec, Input, Typing, WindowSpec};

use crate::bench::{Bench, commands, is_there, pid_in, until};

fn shown(spec: AgentSpec, typing: Typing) -> AgentSpec {
    AgentSpec { window: Some(WindowSpec { exe: env!("CARGO_BIN_EXE_shim-fixture").into(), typing }), ..spec }
}

fn log(bench: &Bench) -> String {
    std::fs::read_to_string(bench.folder.agent_log()).unwrap_or_default()
}

/// What a window types through. It holds the pipe, so that nothing is lost that is typed before the shim listens.
fn keys(bench: &Bench) -> File {
    bench.folder.create().unwrap();
    bench.folder.make_input().unwrap();
    bench.folder.open_input().unwrap()
}

#[tokio::test]
async fn a_command_has_a_terminal_whose_keys_are_typed_and_all_that_it_says_is_kept() {
    let bench = Bench::new("a-window-1").await;
    let mut keys = keys(&bench);
    bench.takes_exit(1).await;
    let command = "tty; stty size; echo \"on $TERM\"; read word < /dev/tty; echo \"got $word\"; seq 20000; exit 7";
    let mut spec = shown(bench.spec(command), Typing::Terminal);
    spec.verify = commands(&["echo verified; tty"]);
    let shim = bench.start(&spec).await;
    until("it asks", || log(&bench).contains("on screen")).await;
    let terminal = std::fs::read_link(bench.folder.terminal_path()).unwrap();
    assert!(log(&bench).contains(&format!("{}\r\n50 200\r\n", terminal.display())), "{}", log(&bench));
    keys.write_all("hello\r".as_bytes()).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert_eq!(report.code, Some(7), "{report:?}");
    let log = log(&bench);
    assert!(log.contains("hello\r\ngot hello\r\n1\r\n") && log.contains("\n20000\r\nverified\nnot a tty\n"), "{log}");
    assert!(
        report.tail.as_str().ends_with("19999\n20000\n"),
        "the terminal's line ends are no words: {:?}",
        report.tail
    );
    assert!(!bench.folder.terminal_path().exists());
}

#[tokio::test]
async fn a_ctrl_c_that_is_typed_interrupts_the_command_alone() {
    let bench = Bench::new("a-window-2").await;
    let mut keys = keys(&bench);
    bench.takes_exit(1).await;
    let command = "trap 'echo interrupted; exit 3' INT; echo $$ > leader; while :; do sleep 0.01; done";
    let mut spec = shown(bench.spec(command), Typing::Terminal);
    spec.verify = commands(&["true"]);
    let shim = bench.start(&spec).await;
    pid_in(&bench.file("leader")).await;
    keys.write_all("\u{3}".as_bytes()).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert_eq!((report.code, report.stopped, report.verify.len()), (Some(3), false, 1), "{report:?}");
    assert!(log(&bench).contains("interrupted"));
}

#[tokio::test]
async fn a_stop_ends_everything_on_the_terminal_and_beside_it() {
    let bench = Bench::new("a-window-3").await;
    bench.takes_exit(1).await;
    let orphan = "setsid sh -c 'trap \"\" INT TERM HUP; echo $$ > orphan; while :; do sleep 1000; done' &";
    let command =
        format!("trap '' INT; {orphan} until test -s orphan; do :; done; echo $$ > leader; while :; do :; done");
    let shim = bench.start(&shown(bench.spec(&command), Typing::Terminal)).await;
    let leader = pid_in(&bench.file("leader")).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert!(report.stopped && !report.bears_result(), "{report:?}");
    assert!(!is_there(leader) && !is_there(pid_in(&bench.file("orphan")).await));
}

#[tokio::test]
async fn the_wall_limit_and_a_program_that_is_not_there_are_as_without_a_window() {
    let bench = Bench::new("a-window-4").await;
    bench.takes_exit(1).await;
    let mut spec = shown(bench.spec("exec sleep 1000"), Typing::Terminal);
    spec.deadline_ms = Some(Millis(200));
    let report = bench.run(&spec).await;
    assert!(report.limit.is_some() && !report.stopped, "{report:?}");
    let bench = Bench::new("a-window-5").await;
    bench.takes_exit(1).await;
    let mut spec = shown(bench.spec(""), Typing::Terminal);
    spec.command.argv = vec!["no-such-program".to_owned()];
    let report = bench.run(&spec).await;
    assert_eq!(report.code, Some(127));
    assert!(report.tail.as_str().contains("no-such-program"), "{report:?}");
}

#[tokio::test]
async fn one_that_talks_in_plain_words_is_read_from_its_terminal() {
    let bench = Bench::new("a-window-6").await;
    let mut keys = keys(&bench);
    bench.takes_exit(1).await;
    let mut spec = shown(bench.talker("test -t 0 && test -t 1 && read word && echo \"$word it is\""), Typing::Terminal);
    spec.driver_note = "plain".to_owned();
    spec.talk.as_mut().unwrap().input = Input::Nothing;
    let shim = bench.start(&spec).await;
    keys.write_all("blue\r".as_bytes()).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert!(report.succeeded() && report.tail.as_str().contains("blue it is"), "{report:?}");
}

#[tokio::test]
async fn each_line_that_is_typed_is_a_message_until_the_turn_has_ended() {
    let bench = Bench::new("a-window-7").await;
    let mut keys = keys(&bench);
    bench.takes_exit(1).await;
    let done = r#"echo '{"type":"result","ok":true,"summary":"done"}'"#;
    let told = r#"read prompt; read more; echo "$more" > more"#;
    let command = format!("{told}; {done}; cat > rest; touch closed; until test -e go; do :; done");
    let shim = bench.start(&shown(bench.talker(&command), Typing::Messages)).await;
    keys.write_all("\nuse tabs\n".as_bytes()).unwrap();
    until("its input has ended", || bench.file("closed").exists()).await;
    keys.write_all("and no spaces\n".as_bytes()).unwrap();
    let refusal = "it was not told, as its turn has ended: and no spaces\n";
    until("it was refused", || log(&bench).contains(refusal)).await;
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(shim).await;
    assert!(bench.folder.exit().unwrap().succeeded());
    assert!(log(&bench).starts_with("you: use tabs\n"), "{}", log(&bench));
    let told = std::fs::read_to_string(bench.file("more")).unwrap();
    assert_eq!(told, "{\"type\":\"message\",\"text\":\"use tabs\"}\n");
    assert_eq!(std::fs::read_to_string(bench.file("rest")).unwrap(), "");
}
