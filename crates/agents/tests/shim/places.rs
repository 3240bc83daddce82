//! Working folders: made before the agent, saved beside it and after it. What `go repo` does is played by a script.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use go_bus_api::{ExitReport, FailureCause, Millis, TaskId, Text};
use go_clock::{Clock, SystemClock};
use go_runtime::{AgentRuntime, AgentSpec, HostLeaseFile, Stage, WorkplaceRecord, WorkplaceSpec};

use crate::bench::{Bench, commands, is_there, pid_in, until};

/// `make` makes the folder, anew where there is a file `fresh`, `save` tells whether there is a file `changed` in it. Each call is noted; where there is a file
/// `fail-<verb>` the call fails, and a save hangs while there is one `hang`.
const REPO: &str = r#"#!/bin/sh
here=$(dirname "$0"); verb=$2; shift 2; echo "$verb $*" >> "$here/calls"
while test $# -gt 0; do case $1 in --folder) folder=$2;; --to) to=$2;; esac; shift; done
test -e "$here/fail-$verb" && { echo "no $verb today"; exit 1; }
case $verb in
make) mkdir -p "$folder"; fresh=false; test -e "$here/fresh" && fresh=true
  echo "{\"base\": \"b\", \"resumed\": $fresh, \"fresh\": $fresh}" > "$to";;
save)
  test -e "$here/hang" && { echo $$ > "$here/saving.new"; mv "$here/saving.new" "$here/saving"; exec sleep 1000; }
  changed=false; test -e "$folder/changed" && changed=true
  echo "{\"base\": \"b\", \"commit\": \"c\", \"changed\": $changed}" > "$to";;
esac
"#;

const DONE: &str = r#"echo '{"type":"result","ok":true,"summary":"done"}'"#;

/// An agent with a working folder of its own, not there yet.
fn placed(bench: &Bench, command: &str) -> AgentSpec {
    let exe = bench.file("repo.sh");
    std::fs::write(&exe, REPO).unwrap();
    std::fs::set_permissions(&exe, std::fs::Permissions::from_mode(0o755)).unwrap();
    let place = WorkplaceSpec {
        exe,
        repo: bench.temp.path().to_path_buf(),
        folder: bench.file("work/T-1"),
        task: TaskId::new("T-1").unwrap(),
        onto: None,
        at: None,
        copy: Vec::new(),
        setup: commands(&["echo $OF_THE_PROJECT >> ../../set-up"]),
        env: BTreeMap::from([(Text::clipped("OF_THE_PROJECT"), Text::clipped("yes"))]),
        teardown: Vec::new(),
        prove: false,
        catch_up: false,
        save_ms: Millis(3_600_000),
    };
    let mut spec = bench.talker(command);
    spec.command.folder = place.folder.clone();
    spec.workplace = Some(place);
    spec
}

fn calls(bench: &Bench) -> Vec<String> {
    let text = std::fs::read_to_string(bench.file("calls")).unwrap_or_default();
    text.lines().map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
}

fn cause(report: &ExitReport) -> Option<FailureCause> {
    report.failure.as_ref().map(|failure| failure.cause)
}

#[tokio::test]
async fn it_is_made_set_up_worked_in_saved_and_then_verified() {
    let bench = Bench::new("a-places-1").await;
    bench.takes_exit(1).await;
    let mut spec = placed(&bench, &format!("pwd > ../../where; touch changed; {DONE}"));
    spec.verify = commands(&["test \"$OF_THE_PROJECT\" = yes && test -e changed"]);
    let report = bench.run(&spec).await;
    assert!(report.succeeded() && report.verify.len() == 1, "{report:?}");
    let work = report.work.unwrap();
    assert!(work.changed && !work.vacuous && work.commit.as_str() == "c");
    assert!(std::fs::read_to_string(bench.file("where")).unwrap().trim_end().ends_with("work/T-1"));
    assert_eq!(std::fs::read_to_string(bench.file("set-up")).unwrap(), "yes\n");
    assert_eq!(calls(&bench), ["make", "save"]);
}

#[tokio::test]
async fn a_ticket_whose_checks_pass_before_any_work_is_flagged() {
    for (agent, check, vacuous) in [("a-places-2", "true", true), ("a-places-3", "test -e changed", false)] {
        let bench = Bench::new(agent).await;
        bench.takes_exit(1).await;
        let mut spec = placed(&bench, &format!("touch changed; {DONE}"));
        spec.verify = commands(&["true", check]);
        spec.workplace.as_mut().unwrap().prove = true;
        let report = bench.run(&spec).await;
        assert_eq!(report.work.as_ref().map(|work| work.vacuous), Some(vacuous), "{report:?}");
        assert!(report.succeeded() && report.verify.len() == 2);
    }
}

#[tokio::test]
async fn a_claim_without_a_change_is_a_failed_attempt() {
    let bench = Bench::new("a-places-4").await;
    bench.takes_exit(1).await;
    let mut spec = placed(&bench, DONE);
    spec.verify = commands(&["touch ../../verified"]);
    let report = bench.run(&spec).await;
    assert_eq!((cause(&report), report.succeeded()), (Some(FailureCause::NoChange), false));
    assert!(!bench.file("verified").exists() && report.work.is_some());
}

#[tokio::test]
async fn without_its_folder_the_agent_is_not_started_and_the_end_says_why() {
    for (agent, broken) in [("a-places-5", "fail-make"), ("a-places-6", "set-up/no-file")] {
        let bench = Bench::new(agent).await;
        bench.takes_exit(1).await;
        let spec = placed(&bench, "touch ../../ran");
        std::fs::create_dir_all(bench.file(broken).parent().unwrap()).unwrap();
        std::fs::write(bench.file(broken), "").unwrap();
        let report = bench.run(&spec).await;
        assert_eq!(cause(&report), Some(FailureCause::Folder), "{report:?}");
        assert!(report.bears_result() && !report.tail.is_blank() && !bench.file("ran").exists());
    }
}

#[tokio::test]
async fn the_next_attempt_goes_on_in_the_folder_as_it_is() {
    let bench = Bench::new("a-places-7").await;
    bench.takes_exit(1).await;
    let spec = placed(&bench, &format!("test -e before && touch changed; {DONE}"));
    let place = spec.workplace.clone().unwrap();
    std::fs::create_dir_all(&place.folder).unwrap();
    std::fs::write(place.folder.join("before"), "").unwrap();
    WorkplaceRecord { workplace: place, ready: true, vacuous: true }.write().unwrap();
    let report = bench.run(&spec).await;
    assert!(report.succeeded() && report.work.unwrap().vacuous, "what was proven of the ticket is still known");
    assert!(!bench.file("set-up").exists(), "it was set up once");
}

#[tokio::test]
async fn a_folder_that_was_made_anew_for_the_next_attempt_is_set_up_again() {
    let bench = Bench::new("a-places-13").await;
    bench.takes_exit(1).await;
    let spec = placed(&bench, &format!("touch changed; {DONE}"));
    let place = spec.workplace.clone().unwrap();
    std::fs::create_dir_all(&place.folder).unwrap();
    std::fs::write(bench.file("fresh"), "").unwrap();
    WorkplaceRecord { workplace: place, ready: true, vacuous: true }.write().unwrap();
    assert!(bench.run(&spec).await.work.unwrap().vacuous, "what was proven of the ticket is still known");
    assert_eq!(std::fs::read_to_string(bench.file("set-up")).unwrap(), "yes\n");
}

#[tokio::test]
async fn its_content_is_saved_while_the_agent_is_at_work() {
    let bench = Bench::new("a-places-8").await;
    bench.takes_exit(1).await;
    let mut spec = placed(&bench, &format!("touch changed; until test -e ../../go; do :; done; {DONE}"));
    spec.workplace.as_mut().unwrap().save_ms = Millis(20);
    let shim = bench.start(&spec).await;
    until("three saves", || calls(&bench).len() > 3).await;
    std::fs::write(bench.file("go"), "").unwrap();
    bench.ended(shim).await;
    assert!(bench.folder.exit().unwrap().succeeded());
    let text = std::fs::read_to_string(bench.file("calls")).unwrap();
    assert!(text.lines().skip(1).all(|line| line.starts_with("save ") && line.ends_with("--push")), "{text}");
}

#[tokio::test]
async fn a_save_that_hangs_does_not_hold_up_the_end_nor_does_the_end_of_the_agent_end_the_shim() {
    let bench = Bench::new("a-places-9").await;
    bench.takes_exit(1).await;
    std::fs::write(bench.file("hang"), "").unwrap();
    let steps = "touch changed; until test -e ../../saving; do :; done; rm ../../hang;";
    let mut spec = placed(&bench, &format!("{steps} sleep 1000 & echo $! > ../../left; {DONE}"));
    spec.workplace.as_mut().unwrap().save_ms = Millis(20);
    let report = bench.run(&spec).await;
    assert!(report.succeeded() && report.work.is_some_and(|work| work.changed));
    let (hung, left) = (pid_in(&bench.file("saving")).await, pid_in(&bench.file("left")).await);
    assert!(!is_there(hung) && !is_there(left));
}

#[tokio::test]
async fn who_has_ended_is_not_silent_while_its_folder_is_still_being_saved() {
    let bench = Bench::new("a-places-39").await;
    bench.takes_exit(1).await;
    std::fs::write(bench.file("hang"), "").unwrap();
    let steps = "touch changed; until test -e ../../saving; do :; done; rm ../../hang;";
    let mut spec = placed(&bench, &format!("{steps} {DONE}"));
    spec.workplace.as_mut().unwrap().save_ms = Millis(20);
    spec.talk.as_mut().unwrap().allowance.idle_ms = Some(Millis(10_000));
    let report = bench.run(&spec).await;
    assert!(report.succeeded() && report.limit.is_none(), "{report:?}");
}

#[tokio::test]
async fn whoever_is_stopped_has_its_work_saved_before_that_is_reported() {
    let bench = Bench::new("a-places-10").await;
    bench.takes_exit(1).await;
    let spec = placed(&bench, "touch changed; echo $$ > ../../leader; exec sleep 1000");
    let shim = bench.start(&spec).await;
    pid_in(&bench.file("leader")).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert!(report.stopped && report.work.is_some_and(|work| work.changed));
    let text = std::fs::read_to_string(bench.file("calls")).unwrap();
    assert!(!text.contains("--push"), "there is no time for a remote: {text}");
}

#[tokio::test]
async fn what_can_t_be_saved_is_no_success_and_a_remote_that_is_away_does_no_harm() {
    let bench = Bench::new("a-places-11").await;
    bench.takes_exit(1).await;
    let spec = placed(&bench, &format!("touch changed ../../fail-save; {DONE}"));
    let report = bench.run(&spec).await;
    assert_eq!((cause(&report), report.work), (Some(FailureCause::Folder), None));
    assert_eq!(calls(&bench), ["make", "save", "save"], "once more without the remote");
}

#[tokio::test]
async fn a_reviewer_looks_and_is_asked_for_no_change() {
    let bench = Bench::new("a-places-12").await;
    bench.takes_exit(1).await;
    let mut spec = placed(&bench, DONE);
    spec.workplace.as_mut().unwrap().at = Some(Text::clipped("c0ffee"));
    let report = bench.run(&spec).await;
    assert!(report.succeeded() && report.work.is_none());
    assert_eq!(calls(&bench), ["make"]);
    assert_eq!(WorkplaceRecord::read(&bench.file("work/T-1")), None, "it goes with its agent's folder");
}

#[tokio::test]
async fn an_earlier_save_does_not_vouch_for_what_came_after_it() {
    let bench = Bench::new("a-places-33").await;
    bench.takes_exit(1).await;
    let saved = bench.folder.saved_path();
    let steps = format!("touch changed; until grep -q true '{}'; do :; done; touch ../../fail-save;", saved.display());
    let mut spec = placed(&bench, &format!("{steps} {DONE}"));
    spec.workplace.as_mut().unwrap().save_ms = Millis(20);
    spec.verify = commands(&["touch ../../verified"]);
    let report = bench.run(&spec).await;
    assert_eq!(cause(&report), Some(FailureCause::Folder), "what is saved is not all that it did: {report:?}");
    assert!(report.work.is_some_and(|work| work.changed) && !bench.file("verified").exists());
}

#[tokio::test]
async fn a_stop_during_the_last_save_is_a_stop_and_hurries_it() {
    let bench = Bench::new("a-places-34").await;
    bench.takes_exit(1).await;
    let mut spec = placed(&bench, &format!("touch changed ../../hang; {DONE}"));
    spec.verify = commands(&["touch ../../verified"]);
    let shim = bench.start(&spec).await;
    let hung = pid_in(&bench.file("saving")).await;
    bench.runtime.stop(shim).unwrap();
    bench.ended(shim).await;
    let report = bench.folder.exit().unwrap();
    assert!(report.stopped && !report.bears_result(), "{report:?}");
    assert!(!is_there(hung) && !bench.file("verified").exists());
}

#[tokio::test]
async fn the_last_save_does_not_outlast_the_host_s_lease() {
    let bench = Bench::new("a-places-35").await;
    bench.takes_exit(1).await;
    let lease = HostLeaseFile::at(bench.file("lease"));
    lease.renew(SystemClock.boottime() + Duration::from_secs(2)).unwrap();
    let mut spec = placed(&bench, &format!("touch changed ../../hang; {DONE}"));
    spec.host_lease = Some(lease.path().to_path_buf());
    spec.verify = commands(&["touch ../../verified"]);
    let report = bench.run(&spec).await;
    assert_eq!(report.limit.as_ref().map(Text::as_str), Some("the end of the host's lease"), "{report:?}");
    assert!(report.stopped && !bench.file("verified").exists());
    assert!(!is_there(pid_in(&bench.file("saving")).await));
}

#[tokio::test]
async fn what_saves_when_the_shim_dies_is_ended_with_the_agent() {
    let bench = Bench::new("a-places-36").await;
    bench.takes_exit(1).await;
    std::fs::write(bench.file("hang"), "").unwrap();
    let mut spec = placed(&bench, "touch changed; exec sleep 1000");
    spec.workplace.as_mut().unwrap().save_ms = Millis(20);
    let shim = bench.start(&spec).await;
    let hung = pid_in(&bench.file("saving")).await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(shim.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    bench.ended(shim).await;
    let next = bench.runtime.start(&bench.folder).await.unwrap();
    bench.ended(next).await;
    assert!(!is_there(hung), "it could push what is old over what the next attempt saves");
    assert_eq!(bench.folder.stage(), Stage::Reported);
}

#[tokio::test]
async fn a_stop_while_its_folder_is_set_up_or_its_checks_are_proven_starts_no_agent() {
    let waits = commands(&["echo $$ > ../../waiting; exec sleep 1000"]);
    for (agent, proves) in [("a-places-37", false), ("a-places-38", true)] {
        let bench = Bench::new(agent).await;
        bench.takes_exit(1).await;
        let mut spec = placed(&bench, "touch ../../ran");
        let place = spec.workplace.as_mut().unwrap();
        place.prove = proves;
        *(if proves { &mut spec.verify } else { &mut place.setup }) = waits.clone();
        let shim = bench.start(&spec).await;
        let waiting = pid_in(&bench.file("waiting")).await;
        bench.runtime.stop(shim).unwrap();
        bench.ended(shim).await;
        let report = bench.folder.exit().unwrap();
        assert!(report.stopped && !report.bears_result() && !is_there(waiting), "{report:?}");
        let record = WorkplaceRecord::read(&bench.file("work/T-1")).unwrap();
        assert!(!record.ready && !bench.file("ran").exists(), "the next attempt sets it up anew");
    }
}
