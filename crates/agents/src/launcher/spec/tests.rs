//! What shims are told.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use go_bus_api::{AgentId, HostId, Resource};
use go_runtime::MemoryRuntime;
use serde_json::{Value, json};

const WHEN: &str = "2026-03-21T08:15:30.250Z";

fn config() -> LauncherConfig {
    LauncherConfig {
        host: HostId::new("h1").unwrap(),
        data: "/data".into(),
        bus_url: "http://bus".to_owned(),
        exe: "/bin/go".into(),
        orchestrator_args: vec!["--set".to_owned(), "agents.heartbeat=5s".to_owned()],
        seat_settings: vec!["agents.po=claude".to_owned()],
        runtime: Arc::new(MemoryRuntime::default()),
        drivers: crate::Drivers::default(),
        keep_env: Vec::new(),
        accounts: Default::default(),
        stop_grace: Duration::from_millis(1500),
        heartbeat: Duration::from_secs(30),
        timeout: Duration::from_secs(7200),
        allowance: LauncherConfig::allowance(),
        costs_every: Duration::from_secs(10),
        save_every: Duration::from_secs(60),
        host_ttl: Duration::from_secs(60),
        files: crate::launcher::FileWork::default(),
        host_beat: Duration::from_secs(15),
    }
}

fn resource(kind: &str, value: Value) -> Resource {
    serde_json::from_value(json!({"type": kind, "resource": value})).unwrap()
}

fn task(id: &str, more: Value) -> Resource {
    let mut task = json!({
        "id": id, "project": "site", "title": "t", "kind": "ticket", "priority": "p2", "state": "in_progress", "attempt": 2,
        "max_attempts": 3, "failures": 0, "losses": 0, "created_at": WHEN, "revision": 1
    });
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    resource("task", task)
}

/// The spec of an agent in a World of one project and two tasks, `T-1` and its review `R-1`.
fn spec(role: &str, project: Option<&str>, task_id: Option<&str>, driver: &str) -> Result<AgentSpec, NotRunnable> {
    spec_by(&config(), role, project, task_id, driver)
}

/// The same by these settings.
fn spec_by(
    config: &LauncherConfig,
    role: &str,
    project: Option<&str>,
    task_id: Option<&str>,
    driver: &str,
) -> Result<AgentSpec, NotRunnable> {
    let world: World = [
        resource(
            "project",
            json!({
                "id": "site", "name": "s", "state": "active", "priority": "p2", "weight": 1, "repo": "/srv/site",
                "created_at": WHEN, "revision": 1
            }),
        ),
        task("T-1", json!({"run": "make", "verify": ["make test"], "review": "make lint", "deadline_ms": 60_000})),
        task("T-2", json!({"run": "make"})),
        task("R-1", json!({"kind": "review", "review_of": "T-1"})),
        resource(
            "agent",
            json!({
                "id": "a-1", "role": role, "host": "h1", "project": project, "task": task_id, "state": "requested",
                "driver": driver, "spawned_at": WHEN, "revision": 1
            }),
        ),
    ]
    .into_iter()
    .collect();
    let agent = world.agent(&AgentId::new("a-1").unwrap()).unwrap();
    Order::of(agent, &world).spec(config, &config.folder(), &BootId::new("boot").unwrap())
}

#[test]
fn a_builder_gets_its_ticket_s_command_limit_and_verifications_and_the_shim_beats_for_it() {
    let spec = spec("worker", Some("site"), Some("T-1"), "shell").unwrap();
    assert_eq!(spec.command.argv, ["/bin/sh", "-c", "make"]);
    assert_eq!((spec.deadline_ms, spec.heartbeat_ms), (Some(Millis(60_000)), Some(Millis(30_000))));
    assert_eq!((spec.verify.len(), spec.reviews), (1, None));
    assert_eq!(spec.command.folder, Path::new("/srv/site"));
    let env: Vec<_> = spec.command.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let own = [
        "XIO_AGENT_ID=a-1",
        "XIO_BUS_URL=http://bus",
        "XIO_EXE=/bin/go",
        "XIO_HOST=h1",
        "XIO_PROJECT=site",
        "XIO_PROMPT_FILE=/data/hosts/h1/agents/a-1/prompt.md",
        "XIO_ROLE=worker",
        "XIO_TASK=T-1",
        "XIO_TOKEN_FILE=/data/hosts/h1/agents/a-1/token",
    ];
    assert_eq!(env, own);
}

#[test]
fn a_task_without_a_limit_has_the_setting_s() {
    assert_eq!(spec("worker", None, Some("T-2"), "shell").unwrap().deadline_ms, Some(Millis(7_200_000)));
}

#[test]
fn a_reviewer_s_shim_posts_its_verdict_to_the_delivered_task() {
    for task in ["R-1", "T-1"] {
        let spec = spec("reviewer", Some("site"), Some(task), "shell").unwrap();
        assert_eq!(spec.command.argv[2], "make lint");
        assert_eq!(spec.reviews, Some(TaskId::new("T-1").unwrap()));
        assert!(spec.verify.is_empty());
    }
}

#[test]
fn an_orchestrator_runs_this_binary_without_a_limit_and_beats_for_itself() {
    let spec = spec("po", Some("site"), None, "shell").unwrap();
    assert_eq!(spec.command.argv, ["/bin/go", "agent", "po", "--set", "agents.heartbeat=5s"]);
    assert_eq!((spec.deadline_ms, spec.heartbeat_ms), (None, None));
    assert_eq!(spec.command.env["XIO_TASK"], "");
}

#[test]
fn what_can_t_be_run_says_why() {
    let why = |role, task, driver| spec(role, Some("site"), task, driver).unwrap_err().to_string();
    assert!(why("worker", None, "shell").contains("has no task"));
    assert!(why("worker", Some("T-1"), "command").contains("drivers.command.run"));
    assert_eq!(why("go", None, "shell"), "a launcher runs no go");
}

#[test]
fn what_is_typed_in_a_window_goes_where_its_program_takes_it() {
    let command = |run: &str, protocol| {
        let run = run.parse().ok();
        crate::Drivers::default().with(go_driver::CommandDriver { run, protocol, ..Default::default() })
    };
    let typing = |drivers: crate::Drivers, role: &str, driver: &str| {
        let config = LauncherConfig { runtime: Arc::new(MemoryRuntime::with_windows()), drivers, ..config() };
        let task = (role == "worker").then_some("T-1");
        let window = spec_by(&config, role, Some("site"), task, driver).unwrap().window.unwrap();
        assert_eq!(window.exe, Path::new("/bin/go"));
        window.typing
    };
    let usual = crate::Drivers::default;
    assert_eq!(typing(usual(), "worker", "shell"), Typing::Terminal);
    assert_eq!(typing(usual(), "worker", "claude"), Typing::Messages);
    assert_eq!(typing(usual(), "worker", "codex"), Typing::Nothing);
    assert_eq!(typing(usual(), "po", "shell"), Typing::Nothing, "the reference PO reads nothing");
    assert_eq!(typing(command("a", go_driver::Protocol::Lines), "worker", "command"), Typing::Messages);
    let plain = |run| typing(command(run, go_driver::Protocol::Plain), "worker", "command");
    assert_eq!((plain("a {prompt_file}"), plain("a")), (Typing::Terminal, Typing::Nothing));
    assert_eq!(spec("worker", Some("site"), Some("T-1"), "shell").unwrap().window, None);
}

#[test]
fn an_orchestrator_that_thinks_has_its_turns_in_its_seat_s_folder_and_each_is_limited_as_an_attempt_is() {
    let thinking = spec("po", Some("site"), None, "claude").unwrap();
    let seat = thinking.seat.unwrap();
    assert_eq!(
        (seat.bridge, seat.settings),
        (vec!["/bin/go".to_owned(), "mcp".to_owned()], vec!["agents.po=claude".to_owned()])
    );
    assert_eq!(thinking.command.folder, Path::new("/data/hosts/h1/seats/po-site"));
    assert!(thinking.serves_tools, "its shim serves the Bus's tools to all of its turns");
    assert_eq!((thinking.deadline_ms, thinking.heartbeat_ms), (None, Some(Millis(30_000))), "its shim beats for it");
    let allowance = thinking.talk.unwrap().allowance;
    assert_eq!((allowance.turns, allowance.usd), (Some(MOST_STEPS), LauncherConfig::allowance().usd));
    assert!(spec("po", Some("site"), None, "shell").unwrap().seat.is_none());
    assert!(spec("worker", Some("site"), Some("T-1"), "claude").unwrap().seat.is_none());
}

#[test]
fn a_shim_serves_the_bus_s_tools_to_whoever_reads_where_they_are() {
    let of =
        |config: &LauncherConfig, driver: &str| spec_by(config, "worker", Some("site"), Some("T-1"), driver).unwrap();
    let claude = of(&config(), "claude");
    let file = "--mcp-config=/data/hosts/h1/agents/a-1/mcp.json".to_owned();
    assert!(claude.serves_tools && claude.command.argv.contains(&file), "{:?}", claude.command.argv);
    for other in ["codex", "shell"] {
        assert!(!of(&config(), other).serves_tools, "{other} starts a process or has none");
    }
    let command = |run: &str| {
        let driver = go_driver::CommandDriver { run: run.parse().ok(), ..Default::default() };
        of(&LauncherConfig { drivers: crate::Drivers::default().with(driver), ..config() }, "command")
    };
    assert!(command("agent {bridge_file}").serves_tools);
    assert!(!command("agent {bridge}").serves_tools);
}
