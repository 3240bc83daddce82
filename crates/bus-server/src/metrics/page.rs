//! The page: the process's counters, and what the storage, the timers and the system know at this moment.

use go_bus_api::{AgentState, TaskState};
use go_bus_store::{BATCH_SIZES, Batches, Census, Lease, Query, QueryAnswer};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::process;
use crate::bus::{Bus, wrong_answer};
use crate::problems::Refusal;

/// The text format that Prometheus reads (OpenMetrics 1.0).
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How many there are in a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// A size of batches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Size {
    commands_up_to: u64,
}

/// The whole page.
pub(crate) async fn render(bus: &Bus) -> Result<String, Refusal> {
    let QueryAnswer::Census(census) = bus.store.read(Query::Census).await? else { return Err(wrong_answer().into()) };
    let lease = bus.lease().await?;
    let mut present = Registry::with_prefix("bus");
    counts(&mut present, &census);
    batches(&mut present, &bus.store.batches());
    tenure(&mut present, bus, &lease);
    subscribers(&mut present, bus);
    let mut of_process = Registry::with_prefix("process");
    if let Some(bytes) = process::resident_bytes() {
        let help = "Memory that is resident";
        of_process.register_with_unit("resident_memory", help, Unit::Bytes, gauge(bytes));
    }
    let mut text = String::new();
    for registry in [&bus.metrics.registry, &present, &of_process] {
        encode_registry(&mut text, registry).map_err(unprintable)?;
    }
    encode_eof(&mut text).map_err(unprintable)?;
    Ok(text)
}

/// Every state has its line, so that none vanishes when its last one moves on.
fn counts(registry: &mut Registry, census: &Census) {
    let tasks = Family::<State, Gauge>::default();
    for state in TaskState::ALL {
        tasks.get_or_create(&State { state: state.as_str() }).set(count_of(&census.tasks, state));
    }
    registry.register("tasks", "Tasks of every kind, by state", tasks);
    let agents = Family::<State, Gauge>::default();
    for state in AgentState::ALL {
        agents.get_or_create(&State { state: state.as_str() }).set(count_of(&census.agents, state));
    }
    registry.register("agents", "Agents, by state", agents);
}

fn count_of<S: PartialEq>(counts: &[(S, u64)], state: S) -> i64 {
    counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| int(*count))
}

fn batches(registry: &mut Registry, batches: &Batches) {
    let commands = Counter::<u64>::default();
    commands.inc_by(batches.commands);
    registry.register("commands_committed", "Commands in transactions that were committed", commands);
    let sizes = Family::<Size, Counter>::default();
    for (size, count) in BATCH_SIZES.iter().zip(batches.by_size) {
        let size = Size { commands_up_to: u64::try_from(*size).unwrap_or(u64::MAX) };
        sizes.get_or_create(&size).inc_by(count);
    }
    let help = "Transactions that were committed, by how many commands they had at most";
    registry.register("commit_batches", help, sizes);
}

fn tenure(registry: &mut Registry, bus: &Bus, lease: &Lease) {
    registry.register("lease_epoch", "The last epoch granted", gauge(lease.epoch.0));
    registry.register("lease_held", "Whether somebody is GO", gauge(u64::from(lease.holder.is_some())));
    let remaining = bus.liveness.lease_remaining(lease, bus.now());
    let seconds = Gauge::<f64, std::sync::atomic::AtomicU64>::default();
    seconds.set(remaining.duration().as_secs_f64());
    let help = "How long the lease lives without a renewal; 0 where it is free";
    registry.register_with_unit("lease_remaining", help, Unit::Seconds, seconds);
}

/// The places that event streams have taken.
fn subscribers(registry: &mut Registry, bus: &Bus) {
    let open = bus.config.limits.streams.saturating_sub(bus.streams.available_permits());
    let open = gauge(u64::try_from(open).unwrap_or(u64::MAX));
    registry.register("event_stream_subscribers", "Event streams that are open", open);
}

fn gauge(value: u64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(int(value));
    gauge
}

fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unprintable(error: std::fmt::Error) -> Refusal {
    tracing::error!(%error, "the metrics can't be written");
    Refusal::new(go_bus_api::ProblemKind::Internal, "the metrics can't be written")
}
