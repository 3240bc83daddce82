//! Agents that talk: what they say is kept, read and judged while they run.

use go_bus_api::{FailureCause, Millis, Problem, ProblemKind, Remedy, Usd};
use go_runtime::{AgentRuntime, AgentSpec, Allowance, Input, Stage};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::bench::{Bench, commands, is_there, pid_in, until};

const CONVERSATION: &str = r#"echo '{"type":"conversation","id":"c-1"}';"#;
const DONE: &str = r#"printf '{"type":"result","ok":true,"summary":"all done"}';"#;

fn spent(usd: &str) -> String {
    format!(r#"echo '{{"type":"spent","model":"m","input_tokens":7,"usd":"{usd}"}}';"#)
}

/// As an amount: how many posts it came in leaves zeros at its end.
fn usd(amount: &str) -> Usd {
    amount.parse().unwrap()
}

fn call(count: u32) -> String {
    format!(r#"for n in $(seq {count}); do echo '{{"type":"call","tool":"read","arguments":"x"}}'; done;"#)
}

fn limited(spec: AgentSpec, allowance: Allowance) -> AgentSpec {
    AgentSpec { talk: spec.talk.clone().map(|talk| go_runtime::TalkSpec { allowance, ..talk }), ..spec }
}

#[tokio::test]
async fn it_is_told_its_prompt_read_to_its_last_byte_and_its_input_ends_with_its_turn() {
    let bench = Bench::new("a-talks-1").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    // It ends only once its input has, and its last line has no end.
    let first = format!("read line; echo \"$line\" > got; echo complaint >&2; {CONVERSATION} {}", spent("0.1"));
    let mut spec = bench.talker(&format!("{first} {DONE} echo; cat > /dev/null; {DONE}"));
    spec.verify = commands(&["test -s got"]);
    let report = bench.run(&spec).await;
    assert!(report.succeeded() && report.tail.as_str() == "all done", "{report:?}");
    assert_eq!(report.conversation.map(|id| id.0.to_string()).as_deref(), Some("c-1"));
    assert_eq!((report.usage.len(), report.verify.len()), (1, 1));
    let got = std::fs::read_to_string(bench.file("got")).unwrap();
    assert_eq!(got, "{\"type\":\"message\",\"text\":\"prompt\"}\n");
    let log = std::fs::read_to_string(bench.folder.agent_log()).unwrap();
    assert!(log.contains("complaint\n") && log.ends_with("\"all done\"}"), "{log}");
}

#[tokio::test]
async fn one_that_reads_its_prompt_gets_all_of_it_and_then_the_end() {
    let bench = Bench::new("a-talks-2").await;
    bench.takes_exit(1).await;
    let mut spec = bench.talker(&format!("cat > got; {DONE}"));
    spec.talk.as_mut().unwrap().input = Input::Prompt;
    assert!(bench.run(&spec).await.succeeded());
    assert_eq!(std::fs::read_to_string(bench.file("got")).unwrap(), "prompt");
}

#[tokio::test]
async fn a_huge_line_goes_to_the_log_whole_and_what_follows_is_understood() {
    let bench = Bench::new("a-talks-3").await;
    bench.takes_exit(1).await;
    let spec = bench.talker(&format!("head -c 5000000 /dev/zero | tr '\\0' x; echo; {CONVERSATION} {DONE}"));
    let report = bench.run(&spec).await;
    assert!(report.succeeded() && report.conversation.is_some(), "{report:?}");
    assert!(std::fs::metadata(bench.folder.agent_log()).unwrap().len() > 5_000_000);
}

#[tokio::test]
async fn a_good_code_without_a_result_is_a_failure_and_nothing_is_verified() {
    let bench = Bench::new("a-talks-4").await;
    bench.takes_exit(1).await;
    let mut spec = bench.talker(&format!("{CONVERSATION} exit 0"));
    spec.verify = commands(&["touch verified"]);
    let report = bench.run(&spec).await;
    assert_eq!(report.failure.map(|failure| failure.cause), Some(FailureCause::NoResult));
    assert!(report.verify.is_empty() && !bench.file("verified").exists());
}

#[tokio::test]
async fn what_codex_was_refused_is_known_however_much_it_said_after_that() {
    let bench = Bench::new("a-talks-refused").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    let refused =
        "2026-11-23T12:04:28Z ERROR codex_core::tools::router: error=patch rejected: writing outside of the project";
    let said = r#"{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"It is written."}}"#;
    let ended = r#"{"type":"turn.completed","usage":{"input_tokens":9,"output_tokens":1}}"#;
    let talk =
        format!("cat > /dev/null; echo '{refused}' >&2; for n in $(seq 200); do echo '{said}'; done; echo '{ended}'");
    let mut spec = bench.talker(&talk);
    (spec.driver, spec.driver_note) = (go_bus_api::DriverKind::Codex, "{}".to_owned());
    spec.talk.as_mut().unwrap().input = Input::Prompt;
    let report = bench.run(&spec).await;
    assert_eq!(
        report.failure.as_ref().map(|failure| failure.cause),
        Some(FailureCause::PermissionDenied),
        "{report:?}"
    );
    assert_eq!(report.tail.as_str(), "It is written.");
}

#[tokio::test]
async fn who_is_ended_leaves_words_for_people_and_no_lines_of_its_protocol() {
    let bench = Bench::new("a-talks-words").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    let talk = format!("echo 'it lacks a key' >&2; {} exec sleep 60", spent("2"));
    let allowance = Allowance { usd: Some(usd("1")), ..Allowance::default() };
    let report = bench.run(&limited(bench.talker(&talk), allowance)).await;
    assert_eq!(report.failure.map(|failure| failure.cause), Some(FailureCause::MoneySpent));
    assert_eq!(report.tail.as_str(), "it lacks a key");
}

#[tokio::test]
async fn one_that_is_killed_in_the_middle_of_a_line_leaves_what_it_had_told() {
    let bench = Bench::new("a-talks-5").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    let report = bench.run(&bench.talker(&format!("{CONVERSATION} {} printf '{{\"ty'; kill -9 $$", spent("2")))).await;
    assert_eq!((report.signal, report.usage.len(), report.succeeded()), (Some(9), 1, false));
    assert!(report.conversation.is_some());
    assert_eq!(bench.costs().await.1, usd("2"));
}

#[tokio::test]
async fn the_bus_is_told_differences_whose_sum_is_exact_also_where_it_was_away() {
    let bench = Bench::new("a-talks-6").await;
    let problem = serde_json::to_vec(&Problem::new(ProblemKind::StorageUnavailable, "no")).unwrap();
    let away = ResponseTemplate::new(503).set_body_raw(problem, "application/problem+json");
    Mock::given(method("POST")).and(path("/costs")).respond_with(away).up_to_n_times(2).mount(&bench.bus).await;
    bench.takes_costs().await;
    bench.takes_exit(1).await;
    let steps =
        [spent("0.1"), "until test -e go; do :; done;".to_owned(), spent("0.3003"), spent("0.4"), DONE.to_owned()];
    let shim = bench.start(&bench.talker(&steps.concat())).await;
    while bench.costs().await.0 == 0 {
        tokio::task::yield_now().await;
    }
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(shim).await;
    let (_, sum) = bench.costs_taken(2).await;
    assert_eq!((sum, bench.folder.stage()), (usd("0.4"), Stage::Reported));
    let paths: Vec<_> = bench.bus.received_requests().await.unwrap().iter().map(|r| r.url.path().to_owned()).collect();
    assert!(paths.last().unwrap().ends_with("/exit"), "the exit voids the token: {paths:?}");
    let tally = bench.folder.tally().unwrap();
    assert_eq!((tally.posted, tally.pending), (tally.spent, None));
}

#[tokio::test]
async fn one_whose_money_is_spent_is_stopped_in_the_middle_of_its_run() {
    let bench = Bench::new("a-talks-7").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    let most = Allowance { usd: "1.5".parse().ok(), ..Allowance::default() };
    let command = format!("{} {} echo $$ > leader; exec sleep 1000", spent("1.4999"), spent("1.6"));
    let mut spec = limited(bench.talker(&command), most);
    spec.verify = commands(&["touch verified"]);
    let report = bench.run(&spec).await;
    let failure = report.failure.clone().unwrap();
    assert_eq!((failure.cause, failure.remedy), (FailureCause::MoneySpent, Remedy::Retry));
    assert!(report.limit.is_some() && report.bears_result() && !bench.file("verified").exists());
    assert_eq!(bench.costs().await.1, usd("1.6"));
}

#[tokio::test]
async fn a_loop_a_silence_and_a_full_context_are_told_apart() {
    let full = r#"echo '{"type":"context","used":0.97}';"#;
    let cases = [
        ("a-talks-8", call(8), Allowance::default(), FailureCause::Loop, Remedy::Retry),
        (
            "a-talks-9",
            call(7),
            Allowance { idle_ms: Some(Millis(300)), ..Allowance::default() },
            FailureCause::Silent,
            Remedy::Retry,
        ),
        (
            "a-talks-10",
            full.to_owned(),
            Allowance { context: go_bus_api::Ratio::new(0.9).ok(), ..Allowance::default() },
            FailureCause::ContextFull,
            Remedy::Rotate,
        ),
        (
            "a-talks-11",
            call(3),
            Allowance { turns: Some(3), ..Allowance::default() },
            FailureCause::TurnsSpent,
            Remedy::Retry,
        ),
        (
            "a-talks-12",
            spent("0"),
            Allowance { tokens: Some(7), ..Allowance::default() },
            FailureCause::TokensSpent,
            Remedy::Retry,
        ),
    ];
    for (agent, says, allowance, cause, remedy) in cases {
        let bench = Bench::new(agent).await;
        bench.takes_exit(1).await;
        bench.takes_costs().await;
        let command = format!("{CONVERSATION} {says} sleep 1000 & echo $! > ../child; wait");
        let mut spec = limited(bench.talker(&command), allowance);
        // What changes in the folder that it works in tells that it gets somewhere; the shim's own files are not there.
        spec.command.folder = bench.file("site");
        std::fs::create_dir(&spec.command.folder).unwrap();
        let report = bench.run(&spec).await;
        let failure = report.failure.clone().unwrap();
        assert_eq!((failure.cause, failure.remedy), (cause, remedy), "{agent}");
        assert!(report.conversation.is_some() && report.limit.is_some(), "{report:?}");
        // It may have been ended before it could note its child.
        let noted = std::fs::read_to_string(bench.file("child")).unwrap_or_default();
        assert!(!noted.trim().parse().is_ok_and(is_there), "{agent}");
    }
}

#[tokio::test]
async fn a_stop_ends_what_ignores_it_and_what_holds_its_output_open_and_keeps_the_conversation() {
    let bench = Bench::new("a-talks-13").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    // It exits well at the interrupt and leaves an orphan in another session, deaf and with its output in hand.
    let orphan = "setsid sh -c 'trap \"\" INT TERM; echo $$ > orphan; while :; do sleep 1000; done' &";
    let command = format!(
        "trap 'exit 0' INT; {orphan} until test -s orphan; do :; done; {CONVERSATION} {} echo $$ > leader; while :; do :; done",
        spent("0.25")
    );
    let shim = bench.start(&bench.talker(&command)).await;
    pid_in(&bench.file("leader")).await;
    until("the conversation", || bench.folder.tally().is_ok_and(|tally| tally.conversation.is_some())).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert!(report.stopped && !report.bears_result() && report.failure.is_none(), "{report:?}");
    assert!(report.conversation.is_some() && report.usage.len() == 1);
    assert!(!is_there(pid_in(&bench.file("orphan")).await), "the orphan lives on");
    assert_eq!(bench.costs().await.1, usd("0.25"));
}

#[tokio::test]
async fn what_a_run_had_told_outlives_its_shim() {
    let bench = Bench::new("a-talks-14").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    let command = format!("{CONVERSATION} {} echo $$ > leader; exec sleep 1000", spent("0.5"));
    let shim = bench.start(&bench.talker(&command)).await;
    pid_in(&bench.file("leader")).await;
    until("the costs", || bench.folder.tally().is_ok_and(|tally| !tally.posted.is_empty())).await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(shim.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    bench.ended(shim).await;
    let next = bench.runtime.start(&bench.folder).await.unwrap();
    bench.ended(next).await;
    let report = bench.folder.exit().unwrap();
    assert!(!report.bears_result() && report.conversation.is_some() && report.usage.len() == 1, "{report:?}");
    assert_eq!(bench.costs().await.1, usd("0.5"));
    assert_eq!(bench.folder.stage(), Stage::Reported);
}

#[tokio::test]
async fn what_it_has_spent_since_the_bus_was_told_last_outlives_its_shim_too() {
    let bench = Bench::new("a-talks-36").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    let steps = [spent("0.5"), "until test -e go; do :; done;".to_owned(), spent("0.7"), "exec sleep 1000".to_owned()];
    let mut spec = bench.talker(&steps.concat());
    spec.talk.as_mut().unwrap().costs_ms = Millis(3_600_000);
    let shim = bench.start(&spec).await;
    until("the first costs", || bench.folder.tally().is_ok_and(|tally| !tally.posted.is_empty())).await;
    std::fs::write(bench.file("go"), "").unwrap();
    let known =
        || bench.folder.tally().is_ok_and(|tally| tally.spent.first().is_some_and(|line| line.usd == usd("0.7")));
    until("what was spent since", known).await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(shim.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    bench.ended(shim).await;
    let next = bench.runtime.start(&bench.folder).await.unwrap();
    bench.ended(next).await;
    assert_eq!(bench.costs().await.1, usd("0.7"));
}

#[tokio::test]
async fn a_folder_that_takes_nothing_more_keeps_no_exit_and_no_costs_from_the_bus() {
    let bench = Bench::new("a-talks-37").await;
    bench.takes_exit(1).await;
    bench.takes_costs().await;
    // Neither can be replaced by a file, as on a full disk.
    let own = bench.folder.path().display().to_string();
    let full = format!("mkdir -p '{own}/tally.json/x' '{own}/exit.json/x';");
    let shim = bench.start(&bench.talker(&format!("{full} {CONVERSATION} {} {DONE}", spent("0.5")))).await;
    bench.ended(shim).await;
    let told = bench.posted("/agents/a-talks-37/exit").await;
    assert_eq!(
        (told.len(), &told[0]["code"], &told[0]["conversation"]),
        (1, &json!(0), &json!("c-1")),
        "{}",
        bench.log()
    );
    assert_eq!(bench.costs().await.1, usd("0.5"));
}

#[tokio::test]
async fn a_heartbeat_tells_how_full_the_context_is() {
    let bench = Bench::new("a-talks-15").await;
    let mut alive = bench.ended_agent();
    alive["state"] = json!("ready");
    let beats = Mock::given(method("POST")).and(path("/agents/a-talks-15/heartbeat"));
    beats.respond_with(ResponseTemplate::new(200).set_body_json(alive)).mount(&bench.bus).await;
    bench.takes_exit(1).await;
    let command = format!(r#"echo '{{"type":"context","used":0.25}}'; until test -e go; do :; done; {DONE}"#);
    let mut spec = bench.talker(&command);
    spec.heartbeat_ms = Some(Millis(20));
    let shim = bench.start(&spec).await;
    while !bench.posted("/agents/a-talks-15/heartbeat").await.iter().any(|beat| beat["context_used"] == json!(0.25)) {
        tokio::task::yield_now().await;
    }
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(shim).await;
}
