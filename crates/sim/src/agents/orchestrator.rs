//! HO, PO and IO: the real ones, over a simulated client.

use std::sync::Arc;

use go_agents::orchestrators::{HandConfig, OrchestratorConfig, Order, run_under};
use go_bus_api::{DriverKind, ExitReport, Role, Text};
use go_bus_client::TokenSource;
use go_clock::Clock;
use go_review::SeedPolicy;
use go_runtime::AgentSpec;
use go_spawn::Handbook;
use tokio::sync::{mpsc, watch};

use super::hub::Told;
use super::impertinence;
use super::keeper::Keeper;
use super::run::{Bounds, ended};
use crate::processes::client;

/// Runs an orchestrator to its end.
pub(super) async fn run(keeper: &Keeper, spec: &AgentSpec, bounds: &mut Bounds) -> ExitReport {
    let clock = keeper.ground.clock(keeper.node());
    let Ok(tokens) = TokenSource::file(keeper.folder.token_path()) else {
        return exited(1, "its token can't be read");
    };
    let (tell, orders) = mpsc::channel(4);
    let config = OrchestratorConfig {
        agent: spec.agent.clone(),
        heartbeat: keeper.ground.settings.agent_heartbeat,
        hands: HandConfig {
            handbook: Handbook::default(),
            review: Arc::new(SeedPolicy),
            driver: DriverKind::default(),
        },
    };
    let client = client(&keeper.ground, keeper.node(), tokens);
    let _impertinence = (spec.role == Role::Po).then(|| impertinence::begin(keeper, spec, client.clone()));
    let mut working = std::pin::pin!(run_under(config, client, Arc::new(clock.clone()), orders));
    let mut waking = std::pin::pin!(wake(keeper.told.clone(), tell.clone()));
    let cause = tokio::select! {
        biased;
        cause = bounds.reached() => cause,
        done = &mut working => return match done {
            Ok(()) => exited(0, "told to end"),
            Err(error) => exited(1, &error.to_string()),
        },
        () = &mut waking => return exited(1, "nobody tells it anything any more"),
    };
    // It ends by itself, or is killed after its grace.
    let _ = tell.try_send(Order::End);
    tokio::select! {
        biased;
        _ = working => {}
        () = clock.sleep(spec.stop_grace_ms.duration()) => {}
    }
    ended(ExitReport { signal: Some(15), ..ExitReport::default() }, cause)
}

/// Passes on that the Bus is back.
async fn wake(mut told: watch::Receiver<Told>, tell: mpsc::Sender<Order>) {
    let mut wakes = told.borrow_and_update().wakes;
    while told.changed().await.is_ok() {
        let now = told.borrow_and_update().wakes;
        if std::mem::replace(&mut wakes, now) != now {
            // One that waits already says the same.
            let _ = tell.try_send(Order::Wake);
        }
    }
}

fn exited(code: i32, words: &str) -> ExitReport {
    ExitReport { code: Some(code), tail: Text::clipped(words), ..ExitReport::default() }
}
