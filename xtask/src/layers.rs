//! The layers of the house, as data: which crate stands where, and what the decision crates must not stand on.

/// A storey. A crate may depend only on crates of a lower one, so never sideways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    /// The contract as types.
    Contract,
    /// What everyone shares: pure rules, clocks.
    Shared,
    /// The typed client over a port.
    Client,
    /// One concern each: decisions, and the adapters to storage, processes and drivers.
    Concern,
    /// Stands on one of those adapters: a program beside us that is run through `runtime`.
    Adapter,
    /// Wires concerns together.
    Assembly,
    /// The program.
    Binary,
    /// Stands in for the outside world in tests and tools; nothing that ships stands on it.
    Stage,
    /// For developers only.
    Tool,
}

/// Every package of the workspace by its folder. A new crate gets its place here first.
pub(crate) const LAYERS: &[(&str, Layer)] = &[
    ("crates/bus-api", Layer::Contract),
    ("crates/rules", Layer::Shared),
    ("crates/clock", Layer::Shared),
    ("crates/bus-client", Layer::Client),
    ("crates/lease", Layer::Concern),
    ("crates/plan", Layer::Concern),
    ("crates/spawn", Layer::Concern),
    ("crates/review", Layer::Concern),
    ("crates/sprint", Layer::Concern),
    ("crates/steward", Layer::Concern),
    ("crates/bus-store", Layer::Concern),
    ("crates/runtime", Layer::Concern),
    ("crates/driver", Layer::Concern),
    ("crates/governor", Layer::Concern),
    ("crates/repo", Layer::Adapter),
    ("crates/orchestrator", Layer::Assembly),
    ("crates/bus-server", Layer::Assembly),
    ("crates/agents", Layer::Assembly),
    ("bin/go", Layer::Binary),
    ("crates/scripted-models", Layer::Stage),
    ("crates/sim", Layer::Tool),
    ("xtask", Layer::Tool),
];

/// Packages whose normal dependencies hold no IO, however deep.
pub(crate) const PURE: &[&str] = &[
    "go-bus-api",
    "go-rules",
    "go-lease",
    "go-plan",
    "go-spawn",
    "go-review",
    "go-sprint",
    "go-governor",
    "go-steward",
];

/// What does IO: HTTP, SQL, processes. The `http` crate is only vocabulary and may be used.
pub(crate) const IO_CRATES: &[&str] = &[
    "axum",
    "deadpool-postgres",
    "eventsource-stream",
    "go-agents",
    "go-bus-server",
    "go-bus-store",
    "go-driver",
    "go-repo",
    "go-runtime",
    "h2",
    "hyper",
    "hyper-util",
    "libsqlite3-sys",
    "nix",
    "reqwest",
    "rusqlite",
    "signal-hook",
    "sqlx",
    "tokio-postgres",
    "tower-http",
    "ureq",
];

/// Outside crates that are one package's business; its ports hide them from everyone else.
pub(crate) const KNOWN_ONLY_TO: &[(&str, &str)] = &[
    ("axum", "go-bus-server"),
    ("eventsource-stream", "go-bus-client"),
    ("reqwest", "go-bus-client"),
    ("rusqlite", "go-bus-store"),
    ("tower-http", "go-bus-server"),
    ("ureq", "go-bus-client"),
];

/// The layer of the package in this folder.
pub(crate) fn layer_of(folder: &str) -> Option<Layer> {
    LAYERS.iter().find(|(known, _)| *known == folder).map(|(_, layer)| *layer)
}
