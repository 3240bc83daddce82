//! Windows of a real tmux: what is left where its server is killed.

#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use go_bus_api::{AgentId, HostId};
use go_clock::{Clock, SystemClock};
use go_runtime::tmux::TmuxError;
use go_runtime::{AgentFolder, AgentRuntime, HostFolder, ProcessRuntime, WindowRuntime, others};
use serde_json::json;

/// The folder of an agent that has a window; keeper and window both are `exe`.
fn prepared(host: &HostFolder, exe: &Path) -> AgentFolder {
    let folder = host.agent(&AgentId::new("a-windows-1").unwrap());
    let spec = json!({
        "agent": "a-windows-1", "role": "worker", "host": "h-1", "boot": "b", "bus_url": "http://127.0.0.1:1",
        "driver": "shell", "stop_grace_ms": 1000, "command": {"argv": ["true"], "folder": "/", "env": {}},
        "window": {"exe": exe, "typing": "nothing"},
    });
    folder.prepare(&serde_json::from_value(spec).unwrap(), "", "t-1", "t-2").unwrap();
    folder
}

/// The children of `parent`, ended ones that nobody reaped among them, with their names.
fn children(parent: u32) -> Vec<(u32, String)> {
    let pids = std::fs::read_dir("/proc").unwrap().filter_map(|item| item.ok()?.file_name().to_str()?.parse().ok());
    let child = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
        (rest.split_whitespace().nth(1)?.parse() == Ok(parent)).then(|| (pid, name.to_owned()))
    };
    pids.filter_map(child).collect()
}

async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = SystemClock.boottime() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(SystemClock.boottime() < end, "{what} did not come about; there is {:?}", children(std::process::id()));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_that_is_killed_leaves_nothing_behind() {
    let temp = tempfile::tempdir().unwrap();
    let exe = temp.path().join("exe");
    std::fs::write(&exe, "#!/bin/sh\nexec sleep 1000\n").unwrap();
    std::fs::set_permissions(&exe, std::fs::Permissions::from_mode(0o755)).unwrap();
    let host = HostFolder::of(temp.path(), &HostId::new("h-1").unwrap());
    host.create().unwrap();
    let runtime = match WindowRuntime::new(ProcessRuntime::new(&exe, &[]).unwrap(), &host) {
        Err(TmuxError::Missing) if std::env::var_os("CI").is_none() => {
            eprintln!("SKIPPED: tmux is not installed (apt-get install tmux)");
            return;
        }
        made => made.unwrap(),
    };
    let me = std::process::id();
    let keeper = runtime.start(&prepared(&host, &exe)).await.unwrap();
    let server = until("a server", || children(me).into_iter().find(|(_, name)| name.starts_with("tmux"))).await.0;
    let shown = until("a window", || children(server).into_iter().find(|(_, name)| name == "sleep")).await.0;
    others::kill(others::find(server).unwrap()).unwrap();
    until("the end of both", || (!Path::new(&format!("/proc/{server}")).exists()).then_some(())).await;
    until("the end of both", || (!Path::new(&format!("/proc/{shown}")).exists()).then_some(())).await;
    runtime.stop(keeper).unwrap();
    runtime.ended(keeper).await.unwrap();
    assert_eq!(children(me), []);
}
