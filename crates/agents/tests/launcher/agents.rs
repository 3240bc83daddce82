//! Agents from their request to their folder's removal.

use go_agents::launcher::Shutdown;
use go_runtime::Stage;
use serde_json::json;

use crate::bench::{Bench, until};
use crate::bus::{WHEN, agent};

#[tokio::test]
async fn a_requested_agent_is_started_announced_reported_and_removed_but_for_its_log() {
    let bench = Bench::new().await;
    bench.has_work("a-l1", "cat $XIO_PROMPT_FILE $XIO_TOKEN_FILE > seen; echo $XIO_TASK; exit 3");
    let launcher = bench.launch();
    let exits = bench.asked("/agents/a-l1/exit", 1).await;
    assert_eq!(
        (exits[0].1.as_str(), &exits[0].2["code"], &exits[0].2["tail"]),
        ("a-l1-shim", &json!(3), &json!("T-1\n"))
    );
    until("the folder's removal", || !bench.folder("a-l1").path().exists()).await;
    assert_eq!(bench.read("seen"), "do ita-l1-agent");
    let log = bench.host().log(&"a-l1".parse().unwrap()).unwrap();
    assert_eq!(std::fs::read_to_string(log.path).unwrap(), "T-1\n");
    let announced = bench.asked("/agents/a-l1", 1).await;
    assert_eq!((announced[0].0.as_str(), &announced[0].2), ("PATCH", &json!({"state": "ready"})));
    launcher.end(Shutdown::LeaveRunning).await;
    assert_eq!(bench.bus.asked("/agents/a-l1/exit").await.len(), 1);
}

#[tokio::test]
async fn an_agent_that_can_t_be_run_ends_with_127_and_the_reason() {
    let bench = Bench::new().await;
    bench.has_work("a-l2", "  ");
    let launcher = bench.launch();
    let exits = bench.asked("/agents/a-l2/exit", 1).await;
    assert_eq!((exits[0].1.as_str(), &exits[0].2["code"]), ("launcher-token", &json!(127)));
    assert!(exits[0].2["tail"].as_str().unwrap().contains("no `run` command"));
    launcher.end(Shutdown::LeaveRunning).await;
}

#[tokio::test]
async fn a_draining_agent_is_stopped() {
    let bench = Bench::new().await;
    bench.has_work("a-l3", "echo $$ > up; exec sleep 1000");
    let launcher = bench.launch();
    until("the agent", || !bench.read("up").is_empty()).await;
    bench.bus.event("agent.draining", "agents/a-l3", agent("a-l3", "worker", "draining", 9));
    let exits = bench.asked("/agents/a-l3/exit", 1).await;
    assert_eq!(exits[0].2["stopped"], json!(true));
    launcher.end(Shutdown::LeaveRunning).await;
}

#[tokio::test]
async fn an_agent_that_was_told_to_end_before_its_start_is_reported_and_never_started() {
    let bench = Bench::new().await;
    bench.has_work("a-l4", "touch ran");
    bench.bus.has("agent", agent("a-l4", "worker", "draining", 2));
    let launcher = bench.launch();
    let exits = bench.asked("/agents/a-l4/exit", 1).await;
    assert_eq!((&exits[0].2["code"], &exits[0].2["signal"]), (&json!(null), &json!(null)));
    launcher.end(Shutdown::LeaveRunning).await;
    assert!(!bench.file("ran").exists());
}

#[tokio::test]
async fn a_shutdown_that_stops_agents_ends_when_each_is_reported() {
    let bench = Bench::new().await;
    bench.has_work("a-l5", "echo $$ > up; sleep 1000 & wait");
    let launcher = bench.launch();
    until("the agent", || !bench.read("up").is_empty()).await;
    launcher.end(Shutdown::StopAgents).await;
    let exits = bench.bus.asked("/agents/a-l5/exit").await;
    assert_eq!((exits.len(), &exits[0].2["stopped"]), (1, &json!(true)));
    assert!(!std::path::Path::new(&format!("/proc/{}", bench.read("up").trim())).exists());
}

#[tokio::test]
async fn a_rotation_replaces_the_token_in_place_and_is_acknowledged() {
    let bench = Bench::new().await;
    bench.has_work("a-l6", "echo $$ > up; exec sleep 1000");
    let launcher = bench.launch();
    until("the agent", || !bench.read("up").is_empty()).await;
    std::fs::write(bench.folder("a-l6").token_path(), "old").unwrap();
    let message = json!({"id": "m-1", "to": "l-1", "subject": "a-l6", "body": "", "kind": "rotation", "sent_at": WHEN});
    bench.bus.event("message.sent", "messages/m-1", message);
    bench.asked("/messages/m-1/ack", 1).await;
    assert_eq!(std::fs::read_to_string(bench.folder("a-l6").token_path()).unwrap(), "a-l6-agent");
    assert_eq!(bench.folder("a-l6").stage(), Stage::Started);
    launcher.end(Shutdown::StopAgents).await;
}
