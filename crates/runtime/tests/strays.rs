//! What a dead keeper left is found by the agent's id and by its group, and ended.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs::File;
use std::time::Duration;

use go_bus_api::AgentId;
use go_clock::{Clock, SystemClock};
use go_runtime::{
    AGENT_ID_VARIABLE, AgentRuntime, CommandSpec, Environment, ProcessId, ProcessRuntime, end_strays, is_alive, start,
};

fn sh(command: &str, agent: Option<&str>) -> ProcessId {
    let mut spec = CommandSpec::shell(command, "/");
    if let Some(agent) = agent {
        spec = spec.with(AGENT_ID_VARIABLE, agent);
    }
    start(&spec, &Environment::inherited(&[]), File::options().write(true).open("/dev/null").unwrap()).unwrap()
}

/// Reads the process number that a command wrote into a file, once it has.
fn pid_in(path: &std::path::Path) -> u32 {
    let clock = SystemClock;
    let end = clock.boottime() + Duration::from_secs(20);
    loop {
        if let Ok(pid) = std::fs::read_to_string(path).unwrap_or_default().trim().parse() {
            return pid;
        }
        assert!(clock.boottime() < end, "{} has no process number yet", path.display());
        std::thread::yield_now();
    }
}

fn is_there(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

#[test]
fn strays_are_ended_with_their_group_and_others_are_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (cleared, away) = (folder.path().join("cleared"), folder.path().join("away"));
    let bystander = sh("exec sleep 1000", Some("a-strays-12"));
    // In its group without the id in its environment; out of its group with it, and deaf.
    let command = format!(
        "env -i sh -c 'echo $$ > {}; exec sleep 1000' & setsid sh -c 'trap \"\" INT TERM; echo $$ > {}; while :; do sleep 1000; done' & exec sleep 1000",
        cleared.display(),
        away.display()
    );
    let leader = sh(&command, Some("a-strays-1"));
    let (cleared, away) = (pid_in(&cleared), pid_in(&away));
    let ended = end_strays(&AgentId::new("a-strays-1").unwrap(), Duration::from_millis(100)).unwrap();
    assert!(ended >= 3, "only {ended} were found");
    assert!(!is_alive(leader) && !is_there(cleared) && !is_there(away));
    assert!(is_alive(bystander), "an agent whose id merely begins so was ended");
    assert_eq!(end_strays(&AgentId::new("a-strays-12").unwrap(), Duration::from_secs(20)).unwrap(), 1);
    assert_eq!(end_strays(&AgentId::new("a-strays-1").unwrap(), Duration::ZERO).unwrap(), 0);
}

#[tokio::test]
async fn the_end_of_a_process_is_seen_without_asking_again_and_one_that_ended_before_is_seen_too() {
    let runtime = ProcessRuntime::new("/bin/true", &[]).unwrap();
    let id = sh("exec sleep 1000", None);
    let waiting = runtime.clone();
    let ended = tokio::spawn(async move { waiting.ended(id).await });
    runtime.stop(id).unwrap();
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("its end was not seen").unwrap().unwrap();
    assert!(!is_there(id.pid), "it was not reaped");
    runtime.ended(id).await.unwrap();
    runtime.stop(id).unwrap();
}

#[test]
fn what_can_t_be_started_says_why() {
    let log = || File::options().write(true).open("/dev/null").unwrap();
    let clean = Environment::inherited(&[]);
    let no_program = CommandSpec { argv: vec!["no-such-program".into()], ..CommandSpec::shell("", "/") };
    let no_folder = CommandSpec::shell("true", "/no/such/folder");
    let no_arguments = CommandSpec { argv: Vec::new(), ..CommandSpec::shell("", "/") };
    for spec in [no_program, no_folder, no_arguments] {
        let error = start(&spec, &clean, log()).unwrap_err();
        assert!(error.is_not_startable(), "{error:?}");
    }
}
