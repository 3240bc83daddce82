//! The next attempt takes up the conversation of the last.

use go_agents::Drivers;
use go_agents::launcher::{LauncherConfig, Shutdown};
use go_driver::CommandDriver;
use serde_json::{Value, json};

use crate::bench::{Bench, until};
use crate::bus::{WHEN, agent};

/// What an agent of this conversation ended with, and the arguments of the attempt after it.
async fn next_of(builder: &str, exit: Value) -> String {
    let bench = Bench::new().await;
    bench.has_work(builder, "true");
    let of_driver = |id: &str, state: &str, attempt: u32| {
        let mut agent = agent(id, "worker", state, 3);
        (agent["driver"], agent["attempt"]) = (json!("command"), json!(attempt));
        agent
    };
    bench.bus.has("agent", of_driver(builder, "requested", 2));
    let mut before = of_driver("a-before", "terminated", 1);
    before["exit"] = exit;
    before["exit"]["at"] = json!(WHEN);
    bench.bus.lists(before);
    let script = "echo \"with $*\" > arguments; echo '{\"type\":\"result\",\"ok\":true,\"summary\":\"done\"}'";
    std::fs::write(bench.file("agent.sh"), script).unwrap();
    let run = "/bin/sh agent.sh {task} [--resume {conversation}]".parse().ok();
    let drivers = Drivers::default().with(CommandDriver { run, ..CommandDriver::default() });
    let launcher = bench.launch_with(LauncherConfig { drivers, ..bench.config() });
    until("the agent's arguments", || bench.read("arguments").ends_with('\n')).await;
    bench.asked(&format!("/agents/{builder}/exit"), 1).await;
    launcher.end(Shutdown::LeaveRunning).await;
    bench.read("arguments")
}

#[tokio::test]
async fn an_attempt_goes_on_with_the_conversation_of_the_one_before_it() {
    let failed = json!({"code": 1, "conversation": "c-1"});
    assert_eq!(next_of("a-resume-1", failed).await, "with T-1 --resume c-1\n");
}

#[tokio::test]
async fn a_conversation_that_went_in_circles_is_left() {
    let failure = json!({"remedy": "retry", "cause": "loop", "detail": "again and again"});
    let looped = json!({"code": null, "signal": 2, "conversation": "c-1", "failure": failure});
    assert_eq!(next_of("a-resume-2", looped).await, "with T-1\n");
}
