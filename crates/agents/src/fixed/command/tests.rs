//! One ticket's commands, each a real process; one at a time in this process, so it is one test.

use go_clock::SystemClock;
use serde_json::json;

use super::*;

fn task(run: &str, verify: &[&str], deadline: Option<u64>) -> Task {
    serde_json::from_value(json!({
        "id": "T-1", "project": "p", "title": "t", "kind": "ticket", "priority": "p1", "run": run, "verify": verify,
        "deadline_ms": deadline, "state": "in_progress", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
        "created_at": "2026-01-01T00:00:00.000Z", "revision": 1,
    }))
    .unwrap()
}

async fn run(task: Task, folder: &Path, stop: watch::Receiver<bool>) -> ExitReport {
    let grace = Duration::from_millis(50);
    let place = Place { folder: folder.to_path_buf(), log: folder.join("log"), grace };
    carry_out(task, place, Arc::new(SystemClock), stop).await
}

#[tokio::test]
async fn a_ticket_is_carried_out_verified_and_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (_stop, stays) = watch::channel(false);
    let of = |task| run(task, folder.path(), stays.clone());
    let good = of(task("echo made; touch made", &["test -f made", "exit 3", "echo checked"], None)).await;
    assert_eq!((good.code, good.tail.as_str(), good.succeeded()), (Some(0), "made\n", false));
    let codes: Vec<_> = good.verify.iter().map(|result| result.code).collect();
    assert_eq!((codes, good.verify[2].tail.as_str()), (vec![0, 3, 0], "checked\n"));
    let bad = of(task("exit 7", &["touch never"], None)).await;
    assert_eq!((bad.code, bad.verify.len(), folder.path().join("never").exists()), (Some(7), 0, false));
    let killed = of(task("kill -9 $$", &[], None)).await;
    assert_eq!((killed.code, killed.signal), (None, Some(9)));
    let late = of(task("trap '' INT; while :; do sleep 0.05; done", &["true"], Some(100))).await;
    assert_eq!(
        (late.limit.map(|limit| limit.to_string()), late.verify.len()),
        (Some("the wall limit of 0.1 s".into()), 0)
    );
    let slow_check = of(task("true", &["sleep 60", "true"], Some(100))).await;
    assert_eq!((slow_check.limit.is_some(), slow_check.verify.len(), slow_check.succeeded()), (true, 1, false));
    let nowhere = run(task("true", &[], None), &folder.path().join("nowhere"), stays.clone()).await;
    assert_eq!(nowhere.code, Some(127), "{nowhere:?}");
    let (stop, stopped) = watch::channel(false);
    let begun = folder.path().join("begun");
    let running = run(task("touch begun; exec sleep 60", &[], None), folder.path(), stopped);
    let order = async {
        while !begun.exists() {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
        std::future::pending::<()>().await;
    };
    let ended = tokio::select! { ended = running => ended, () = order => return };
    assert!(ended.stopped && !ended.succeeded(), "{ended:?}");
}
