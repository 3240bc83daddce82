//! What the Bus counts about itself, and the page that tells it (`/metrics`).
//!
//! Counters begin at zero with the process. What the storage knows is read when somebody asks.

mod page;
mod process;

use std::time::Duration;

use go_bus_api::EventKind;
use http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

pub(crate) use page::{CONTENT_TYPE, render};

/// A request's outcome: the class of its status, `2xx`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Class {
    class: &'static str,
}

/// A kind of event; those that clients invent are one, so that they can't make series without end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: String,
}

/// The counters of this process.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Class, Counter>,
    events: Family<Kind, Counter>,
    commit_seconds: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("bus");
        let requests = Family::default();
        registry.register("requests", "Requests answered, by class of status", requests.clone());
        let events = Family::default();
        registry.register("events", "Events seen in the log since this process began, by kind", events.clone());
        let commit_seconds = Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let help = "From handing a command to the storage until it was durable, in seconds";
        registry.register("commit_seconds", help, commit_seconds.clone());
        Self { registry, requests, events, commit_seconds }
    }
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = match status.as_u16() {
            0..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&Class { class }).inc();
    }

    /// An event was seen in the log.
    pub(crate) fn event(&self, kind: &EventKind) {
        let kind = if matches!(kind, EventKind::Custom(_)) { "custom" } else { kind.as_str() };
        self.events.get_or_create(&Kind { kind: kind.to_owned() }).inc();
    }

    /// A command took this long.
    pub(crate) fn committed(&self, took: Duration) {
        self.commit_seconds.observe(took.as_secs_f64());
    }
}
