//! A hand: works for its time and exits, while its keeper says that it lives.

use std::time::Duration;

use go_bus_api::{AgentId, ExitReport, Heartbeat};
use go_bus_client::{BusClient, RetryPolicy};
use go_clock::Clock;
use go_driver::{AgentDriver, CommandEnd, ShellDriver};
use go_runtime::AgentSpec;

use super::deliver;
use super::keeper::{AbortOnDrop, Keeper};
use super::run::{Bounds, ended};
use super::script::Script;

/// Runs a hand to its end.
pub(super) async fn run(keeper: &Keeper, spec: &AgentSpec, bounds: &mut Bounds) -> ExitReport {
    let clock = keeper.ground.clock(keeper.node());
    let script = script(keeper, spec);
    let _pulse = script.beats.then(|| pulse(keeper, spec)).flatten();
    let cause = tokio::select! {
        biased;
        cause = bounds.reached() => Some(cause),
        () = clock.sleep(script.works) => None,
    };
    let Some(cause) = cause else {
        let tail = format!("worked for {:?}", script.works);
        let end = CommandEnd { code: Some(script.code), signal: None, tail };
        return ShellDriver.reader(spec.reviews.is_some(), &spec.driver_note).end(&end, clock.wall());
    };
    clock.sleep(script.lingering(spec.stop_grace_ms.duration())).await;
    ended(ExitReport { signal: Some(2), ..ExitReport::default() }, cause)
}

fn script(keeper: &Keeper, spec: &AgentSpec) -> Script {
    let ground = &keeper.ground;
    let work = ground.work_of(&spec.agent);
    let script = Script::of(ground.seed, work.as_ref(), spec.role, ground.settings.troubled_per_mille);
    if ground.hub(keeper.host).is_rate_limited() { Script::turned_away(script.lingers) } else { script }
}

/// The heartbeat of a hand; it ends with what is answered.
fn pulse(keeper: &Keeper, spec: &AgentSpec) -> Option<AbortOnDrop> {
    let every = spec.heartbeat_ms?.duration();
    let client = deliver::client(keeper).ok()?.with_retry(RetryPolicy::Never);
    let clock = keeper.ground.clock(keeper.node());
    Some(AbortOnDrop(tokio::spawn(beat(client, spec.agent.clone(), every, clock))))
}

async fn beat(client: BusClient, agent: AgentId, every: Duration, clock: impl Clock) {
    loop {
        clock.sleep(every).await;
        if let Err(error) = client.heartbeat(&agent, &Heartbeat::default()).await {
            tracing::debug!(%agent, %error, "a heartbeat failed");
        }
    }
}
