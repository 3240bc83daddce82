//! A host: its launcher, and what keeps its agents.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use go_agents::launcher::{self, FileWork, LauncherConfig};

use super::operator_client;
use crate::agents::SimRuntime;
use crate::ground::Ground;
use crate::{HostNo, Node};

/// Runs a host's launcher until it can't go on; answers why.
pub(super) async fn launcher(ground: Arc<Ground>, host: HostNo) -> String {
    let node = Node::Launcher(host);
    let process = ground.machine(node.machine()).start_process();
    let operator = operator_client(&ground, node).await;
    let config = match config(&ground, host, process.id) {
        Ok(config) => config,
        Err(error) => return error.to_string(),
    };
    match launcher::run(config, operator, Arc::new(ground.clock(node)), std::future::pending()).await {
        Ok(()) => "it ended".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn config(
    ground: &Arc<Ground>,
    host: HostNo,
    process: go_runtime::ProcessId,
) -> Result<LauncherConfig, Box<dyn std::error::Error>> {
    let settings = &ground.settings;
    let data = ground.folder(Node::Launcher(host));
    Ok(LauncherConfig {
        host: go_bus_api::HostId::new(host.to_string())?,
        data,
        bus_url: "http://bus:8088".to_owned(),
        exe: PathBuf::from("/usr/bin/go"),
        orchestrator_args: Vec::new(),
        seat_settings: Vec::new(),
        runtime: Arc::new(SimRuntime::new(Arc::clone(ground), host, process)),
        drivers: go_agents::Drivers::default(),
        accounts: Default::default(),
        keep_env: Vec::new(),
        stop_grace: settings.stop_grace,
        heartbeat: settings.agent_heartbeat,
        timeout: Duration::from_secs(20),
        allowance: LauncherConfig::allowance(),
        costs_every: Duration::from_secs(10),
        save_every: Duration::from_secs(60),
        host_ttl: settings.host_ttl,
        host_beat: settings.host_beat,
        files: FileWork::Inline,
    })
}

/// Keeps the agents that the launcher hands over.
pub(super) async fn agents(ground: Arc<Ground>, host: HostNo) -> String {
    let hub = Arc::clone(ground.hub(host));
    hub.serve(&ground, host).await;
    "it ended".to_owned()
}
