//! Working folders of tasks that are over. What `go repo remove` does is played by a script.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use go_agents::launcher::Shutdown;
use go_bus_api::TaskId;
use go_runtime::WorkplaceRecord;
use serde_json::json;

use crate::bench::{Bench, until};
use crate::bus::{WHEN, agent, host};

/// Notes each call, and refuses while there is a file `unsaved`: what the folder holds is neither landed nor saved.
const REPO: &str = r#"#!/bin/sh
here=$(dirname "$0"); echo "$2" >> "$here/calls"
while test $# -gt 0; do case $1 in --folder) folder=$2;; esac; shift; done
test -e "$here/unsaved" && { echo "its content is nowhere else"; exit 1; }
rm -rf "$folder"
"#;

/// The folder of the task T-1, which is in this state.
fn folder(bench: &Bench, state: &str) -> PathBuf {
    bench.bus.has("host", host());
    bench.bus.has(
        "task",
        json!({
            "id": "T-1", "project": "site", "title": "t", "kind": "ticket", "priority": "p2", "state": state,
            "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": WHEN, "revision": 1
        }),
    );
    let (exe, folder) = (bench.file("repo.sh"), bench.host().workplace(&TaskId::new("T-1").unwrap()));
    std::fs::write(&exe, REPO).unwrap();
    std::fs::set_permissions(&exe, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let teardown = format!("touch {}", bench.file("torn-down").display());
    let workplace = json!({
        "exe": exe, "repo": bench.temp.path(), "folder": folder, "task": "T-1", "teardown": [teardown], "save_ms": 1000
    });
    let workplace = serde_json::from_value(workplace).unwrap();
    WorkplaceRecord { workplace, ready: true, vacuous: false }.write().unwrap();
    folder
}

#[tokio::test]
async fn one_whose_content_is_nowhere_else_stays_and_goes_once_it_is_saved() {
    let bench = Bench::new().await;
    let folder = folder(&bench, "done");
    std::fs::write(bench.file("unsaved"), "").unwrap();
    let launcher = bench.launch();
    until("a try", || bench.read("calls").contains("remove")).await;
    launcher.end(Shutdown::LeaveRunning).await;
    assert!(folder.is_dir() && bench.file("torn-down").exists());
    assert!(WorkplaceRecord::read(&folder).is_some(), "nobody knows how to remove it any more");
    std::fs::remove_file(bench.file("unsaved")).unwrap();
    let launcher = bench.launch();
    until("its removal", || !folder.exists() && WorkplaceRecord::read(&folder).is_none()).await;
    launcher.end(Shutdown::LeaveRunning).await;
    assert_eq!(bench.host().workplaces(), []);
}

#[tokio::test]
async fn one_that_is_gone_already_is_forgotten_by_its_repo_too() {
    let bench = Bench::new().await;
    let folder = folder(&bench, "done");
    std::fs::remove_dir_all(&folder).unwrap();
    let launcher = bench.launch();
    until("the end of its record", || WorkplaceRecord::read(&folder).is_none()).await;
    launcher.end(Shutdown::LeaveRunning).await;
    assert_eq!((bench.read("calls").as_str(), bench.file("torn-down").exists()), ("remove\n", false));
}

#[tokio::test]
async fn one_whose_task_is_not_over_or_whose_builder_is_in_it_stays() {
    for (state, builder) in [("in_progress", None), ("done", Some("busy"))] {
        let bench = Bench::new().await;
        let folder = folder(&bench, state);
        if let Some(state) = builder {
            // On another host, as far as this launcher is concerned: nothing is to be done about it here.
            let mut elsewhere = agent("a-elsewhere", "worker", state, 4);
            elsewhere["host"] = json!("h2");
            bench.bus.has("agent", elsewhere);
        }
        let launcher = bench.launch();
        bench.asked("/hosts/h1/heartbeat", 1).await;
        // Whatever was begun is over with the launcher.
        launcher.end(Shutdown::StopAgents).await;
        assert!(folder.is_dir() && bench.read("calls").is_empty(), "{state}");
    }
}
