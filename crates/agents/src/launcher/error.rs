//! What ends a launcher other than an order.

use go_bus_api::HostId;
use go_bus_client::{BusError, FeedError, TokenError};
use go_runtime::RuntimeError;

/// What ends a launcher other than an order. Its agents work on; the next launcher adopts them.
#[derive(Debug, thiserror::Error)]
pub enum LauncherError {
    /// The host's folder, or this machine's processes.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// A path that means nothing here.
    #[error("can't make {} absolute", path.display())]
    Path {
        /// Which.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Another launcher works in the host's folder: two would end each other's agents.
    #[error("process {pid} is the launcher of host {host} already, in the same data folder")]
    Taken {
        /// The host.
        host: HostId,
        /// The other's process.
        pid: u32,
    },
    /// The Bus's events ended for good.
    #[error("the launcher can't follow the Bus")]
    Feed(#[from] FeedError),
    /// The Bus does not take this launcher.
    #[error("the Bus does not register the launcher")]
    Register(#[source] BusError),
    /// The token it was given can't be used.
    #[error("the launcher's token is damaged")]
    Token(#[from] TokenError),
}
