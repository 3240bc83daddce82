//! `GET /tasks/{id}` over `GET /ready`: what a row and its token cost beside the bare way through the server.

use std::path::Path;
use std::time::Duration;

use super::load;
use super::server::Server;
use super::writes::CONNECTIONS;
use crate::bench::table::Row;
use crate::bench::{BenchError, median};

/// How long each load lasts.
const LASTING: Duration = Duration::from_secs(2);

/// Measures `runs` times on one Bus, one load after the other.
pub(super) fn measure(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let server = Server::start(binary)?;
    let target = server.target();
    target.call("POST", "/tasks", r#"{"id":"T-1","project":"bench","title":"One to read"}"#)?;
    let rate = |path: &str| {
        let request = target.request("GET", path, "");
        load::drive(target, CONNECTIONS, LASTING, |_| request.clone()).map(|load| load.rate())
    };
    let (mut ratios, mut readies) = (Vec::new(), Vec::new());
    for run in 1..=runs {
        let (ready, task) = (rate("/ready")?, rate("/tasks/T-1")?);
        eprintln!("reads {run}/{runs}: {ready:.0}, {task:.0} a second");
        ratios.push(task / ready);
        readies.push(ready);
    }
    Ok(vec![
        Row::at_least("GET of a task, over GET /ready", median(&ratios), 0.5, "×"),
        Row::plain("  GET /ready, 64 connections", median(&readies), "/s"),
    ])
}
