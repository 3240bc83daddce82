//! A GO.

use std::sync::Arc;

use go_lease::LeaseConfig;
use go_orchestrator::{GoConfig, Policy};

use super::operator_client;
use crate::Node;
use crate::ground::Ground;

/// Runs a GO until it can't go on; answers why.
pub(super) async fn run(ground: Arc<Ground>, node: Node) -> String {
    let operator = operator_client(&ground, node).await;
    let ended =
        go_orchestrator::run(config(&ground), operator, Arc::new(ground.clock(node)), std::future::pending()).await;
    match ended {
        Ok(finished) => format!("{finished:?}"),
        Err(error) => error.to_string(),
    }
}

fn config(ground: &Ground) -> GoConfig {
    let settings = &ground.settings;
    let mut policy = Policy::default();
    policy.limits.agents_max = Some(settings.agents_max);
    GoConfig {
        policy,
        lease: LeaseConfig { heartbeat: settings.lease_heartbeat, ..LeaseConfig::default() },
        heartbeat: settings.agent_heartbeat,
        ..GoConfig::default()
    }
}
