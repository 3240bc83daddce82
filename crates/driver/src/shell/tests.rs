//! What the shell driver runs, and how it reads an end.

use std::path::Path;

use super::*;
use go_bus_api::{Agent, AgentId, Project, TaskId};
use serde_json::json;

fn agent(role: &str) -> Agent {
    serde_json::from_value(json!({
        "id": "a-1", "role": role, "state": "requested", "driver": "shell", "spawned_at": "2026-03-21T08:15:30.250Z",
        "revision": 1
    }))
    .unwrap()
}

fn task(id: &str, more: serde_json::Value) -> Task {
    let mut task = json!({
        "id": id, "project": "site", "title": "t", "kind": "ticket", "priority": "p2", "state": "in_progress",
        "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
    });
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(task).unwrap()
}

fn project(repo: Option<&str>) -> Project {
    serde_json::from_value(json!({
        "id": "site", "name": "site", "state": "active", "priority": "p2", "weight": 1, "repo": repo,
        "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap()
}

fn assignment(agent: &Agent) -> Assignment<'_> {
    let prompt_file = Path::new("/p");
    Assignment {
        agent,
        task: None,
        reviewed: None,
        project: None,
        prompt_file,
        workplace: None,
        resume: None,
        bridge: &[],
        bridge_file: None,
    }
}

fn launch(role: &str, task: Option<&Task>, reviewed: Option<&Task>, repo: Option<&str>) -> Result<Launch, DriverError> {
    let (agent, project) = (agent(role), project(repo));
    ShellDriver.launch(&Assignment { task, reviewed, project: Some(&project), ..assignment(&agent) })
}

#[test]
fn a_builder_runs_the_ticket_s_command_in_the_project_s_folder_and_its_verifications_follow() {
    let ticket = task("T-1", json!({"run": "make index", "verify": ["test -s x"]}));
    let launch = launch("worker", Some(&ticket), None, Some("/srv/site")).unwrap();
    assert_eq!(launch.argv, ["/bin/sh", "-c", "make index"]);
    assert_eq!((launch.folder.as_path(), launch.posts_verdict), (Path::new("/srv/site"), false));
    assert_eq!(launch.verify, ticket.verify);
}

#[test]
fn a_delegation_is_about_its_host_and_begins_in_the_agent_s_own_folder() {
    let bootstrap = task("skill-1", json!({ "kind": "delegation", "run": "true" }));
    let launch = launch("worker", Some(&bootstrap), None, None).unwrap();
    assert_eq!(launch.folder, Path::new("/"), "where its prompt lies");
}

#[test]
fn a_reviewer_runs_the_delivered_ticket_s_review_and_posts_a_verdict() {
    let review = task("R-1", json!({"kind": "review", "review_of": "T-1"}));
    let ticket = task("T-1", json!({"review": "make lint", "verify": ["false"]}));
    let launch = launch("reviewer", Some(&review), Some(&ticket), Some("/srv/site")).unwrap();
    assert_eq!(launch.argv, ["/bin/sh", "-c", "make lint"]);
    assert!(launch.posts_verdict && launch.verify.is_empty());
}

#[test]
fn without_a_review_command_each_verification_runs_again_whatever_its_quotes() {
    let review = task("R-1", json!({"kind": "review", "review_of": "T-1"}));
    let ticket = task("T-1", json!({"verify": ["test \"a b\" = 'a b'", "exit 4", "exit 5"]}));
    let launch = launch("reviewer", Some(&review), Some(&ticket), Some("/")).unwrap();
    assert_eq!(launch.argv[2..], [EACH_IN_TURN, "review", "test \"a b\" = 'a b'", "exit 4", "exit 5"]);
    #[expect(clippy::disallowed_methods, reason = "the script is what is tested")]
    let status = std::process::Command::new(&launch.argv[0]).args(&launch.argv[1..]).status().unwrap();
    assert_eq!(status.code(), Some(4));
}

/// Runs a command line in `folder` and answers its code and all its output.
#[expect(clippy::disallowed_methods, reason = "the script is what is tested")]
fn output(argv: &[String], folder: &Path) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(&argv[0]);
    command.args(&argv[1..]).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().unwrap();
    (output.status.code(), [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat())
}

fn git(folder: &Path, line: &str) -> String {
    let script = format!("git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main {line}");
    let (code, said) = output(&sh(&script), folder);
    assert_eq!(code, Some(0), "{script}: {said}");
    said.trim().to_owned()
}

fn push_in(folder: &Path) -> (Option<i32>, String) {
    let push = task("push-S-1-site", json!({"kind": "push"}));
    let launch = launch("worker", Some(&push), None, folder.to_str()).unwrap();
    assert_eq!(launch.folder, folder);
    output(&launch.argv, &launch.folder)
}

#[test]
fn a_push_goes_to_the_upstream_and_a_second_one_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path().canonicalize().unwrap();
    let clone = place.join("clone");
    git(&place, "init --quiet --bare origin");
    git(&place, "clone --quiet origin clone");
    git(&clone, "commit --quiet --allow-empty -m one");
    git(&clone, "push --quiet -u origin main");
    git(&clone, "checkout --quiet -b side");
    assert_eq!(push_in(&clone), (Some(0), "nothing to push: side has no upstream\n".to_owned()));
    git(&clone, "checkout --quiet main");
    git(&clone, "commit --quiet --allow-empty -m two");
    for _ in 0..2 {
        let (code, said) = push_in(&clone);
        assert!(code == Some(0) && said.contains("pushed main to origin"), "{code:?}: {said}");
        assert_eq!(git(&place.join("origin"), "rev-parse main"), git(&clone, "rev-parse main"));
    }
}

#[test]
fn what_is_rejected_is_a_failure_with_its_output_and_nothing_is_forced() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path().canonicalize().unwrap();
    let clone = place.join("clone");
    git(&place, "init --quiet --bare origin");
    git(&place, "clone --quiet origin clone");
    git(&clone, "commit --quiet --allow-empty -m one");
    git(&clone, "push --quiet -u origin main");
    git(&place, "clone --quiet origin other");
    git(&place.join("other"), "commit --quiet --allow-empty -m theirs");
    git(&place.join("other"), "push --quiet");
    git(&clone, "commit --quiet --allow-empty -m ours");
    git(&clone, "config remote.origin.push +refs/heads/main:refs/heads/main");
    let (code, said) = push_in(&clone);
    assert!(code.is_some_and(|code| code != 0) && said.contains("rejected"), "{code:?}: {said}");
    assert_eq!(git(&place.join("origin"), "rev-parse main"), git(&place.join("other"), "rev-parse main"));
}

#[test]
fn where_there_is_nothing_to_push_it_says_so_and_is_done() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path().canonicalize().unwrap();
    let (code, said) = push_in(&place);
    assert!(code == Some(0) && said.contains("is no clone"), "{code:?}: {said}");
    git(&place, "init --quiet");
    std::fs::create_dir(place.join("part")).unwrap();
    let (code, said) = push_in(&place.join("part"));
    assert!(code == Some(0) && said.contains("is a part of"), "{code:?}: {said}");
}

#[test]
fn a_push_that_brings_its_own_command_runs_that() {
    let push = task("push-1", json!({"kind": "push", "run": "make publish"}));
    assert_eq!(launch("worker", Some(&push), None, Some("/")).unwrap().argv[2], "make publish");
}

#[test]
fn with_nothing_to_check_a_review_says_so() {
    let launch = launch("reviewer", Some(&task("T-1", json!({}))), None, Some("/")).unwrap();
    assert!(launch.argv[2].contains("nothing to check"));
}

#[test]
fn what_can_t_be_run_says_what_is_missing() {
    let (ticket, empty) = (task("T-1", json!({"run": "true"})), task("T-2", json!({"run": "  "})));
    let review = task("R-1", json!({"kind": "review", "review_of": "T-9"}));
    let id = |text| TaskId::new(text).unwrap();
    assert_eq!(launch("worker", None, None, Some("/")), Err(DriverError::NoTask(AgentId::new("a-1").unwrap())));
    assert_eq!(launch("worker", Some(&empty), None, Some("/")), Err(DriverError::NoCommand(id("T-2"))));
    assert_eq!(launch("worker", Some(&ticket), None, None), Err(DriverError::NoFolder(ticket.project.clone())));
    let unrelated = launch("reviewer", Some(&review), Some(&ticket), Some("/"));
    assert_eq!(unrelated, Err(DriverError::NothingToReview(id("R-1"))));
    assert_eq!(launch("ho", Some(&ticket), None, Some("/")), Err(DriverError::Role(Role::Ho)));
}

#[test]
fn it_conforms() {
    let (worker, reviewer, project) = (agent("worker"), agent("reviewer"), project(Some("/srv/site")));
    let ticket = task("T-1", json!({"run": "true", "verify": ["true"]}));
    let review = task("R-1", json!({"kind": "review", "review_of": "T-1"}));
    let builds = Assignment { task: Some(&ticket), project: Some(&project), ..assignment(&worker) };
    let reviews = Assignment { agent: &reviewer, task: Some(&review), reviewed: Some(&ticket), ..builds };
    assert_eq!(crate::conformance::run(&ShellDriver, &[builds, reviews]), Vec::<String>::new());
}

#[test]
fn the_conformance_suite_sees_what_is_wrong() {
    #[derive(Debug)]
    struct Careless;
    impl AgentDriver for Careless {
        fn kind(&self) -> DriverKind {
            DriverKind::Command
        }
        fn launch(&self, _: &Assignment<'_>) -> Result<Launch, DriverError> {
            Ok(Launch {
                argv: vec![String::new()],
                folder: "here".into(),
                env: BTreeMap::from([("XIO_TOKEN_FILE".to_owned(), "/x".to_owned())]),
                stdin: Stdin::Messages,
                verify: Vec::new(),
                beats: Beats::Agent,
                posts_verdict: false,
                note: String::new(),
            })
        }
        fn reader(&self, _: bool, _: &str) -> Box<dyn StreamReader> {
            Box::new(Self)
        }
    }
    impl StreamReader for Careless {
        fn say(&mut self, _: &str) -> Option<String> {
            None
        }
        fn line(&mut self, _: &str, _: Timestamp) -> Vec<Sign> {
            Vec::new()
        }
        fn end(&mut self, _: &CommandEnd, _: Timestamp) -> ExitReport {
            let verdict = Some(Review { verdict: Verdict::Approve, notes: Text::default() });
            ExitReport { code: Some(0), verdict, ..ExitReport::default() }
        }
    }
    let agent = agent("worker");
    let broken = crate::conformance::run(&Careless, &[assignment(&agent)]).join("; ");
    for what in [
        "no program",
        "not absolute",
        "XIO_TOKEN_FILE",
        "read as a success",
        "approves",
        "none is asked for",
        "told nothing",
    ] {
        assert!(broken.contains(what), "{what} was not seen in: {broken}");
    }
}

#[test]
fn a_reviewer_s_code_is_its_verdict_and_its_last_words_are_the_notes() {
    let end = |code| CommandEnd { code: Some(code), signal: None, tail: "said".to_owned() };
    let read = |posts, code| ShellDriver.reader(posts, "").end(&end(code), Timestamp::from_unix_millis(0)).verdict;
    let verdict = |verdict| Some(Review { verdict, notes: Text::clipped("said") });
    assert_eq!(read(true, 0), verdict(Verdict::Approve));
    assert_eq!(read(true, 1), verdict(Verdict::RequestChanges));
    assert_eq!(read(false, 0), None);
}
