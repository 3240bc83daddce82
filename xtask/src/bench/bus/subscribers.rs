//! A thousand subscribers of the event stream, a hundred events a second: how late an event reaches them, and what each costs.

use std::path::Path;

use super::server::Server;
use super::stream::{Crowd, Heard};
use crate::bench::table::Row;
use crate::bench::{BenchError, median};

/// How many subscribe.
const SUBSCRIBERS: usize = 1000;

/// Events posted in a run, at [`EVENTS_A_SECOND`].
const EVENTS: usize = 500;

/// How many are posted a second.
const EVENTS_A_SECOND: u32 = 100;

/// Measures `runs` times, each on a Bus of its own.
pub(super) fn measure(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let (mut late, mut memory, mut cpu, mut wrong) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for run in 1..=runs {
        let server = Server::start(binary)?;
        let before = server.resident_kib();
        let mut crowd = Crowd::subscribe(server.target(), SUBSCRIBERS)?;
        let used = server.cpu_seconds();
        let Heard { p99_ms, missed } = crowd.listen(EVENTS, EVENTS_A_SECOND)?;
        let each = (server.resident_kib() - before) / SUBSCRIBERS as f64;
        eprintln!("subscribers {run}/{runs}: {p99_ms:.1} ms, {each:.1} KiB each");
        let heard = (SUBSCRIBERS * EVENTS).saturating_sub(missed).max(1);
        cpu.push((server.cpu_seconds() - used) * 1e6 / heard as f64);
        late.push(p99_ms);
        memory.push(each);
        wrong += missed;
    }
    Ok(vec![
        Row::bound("1,000 subscribers, 100 events/s, POST to client p99", median(&late), 25.0, "ms"),
        Row::bound("  memory of a subscriber", median(&memory), 40.0, "KiB"),
        Row::plain("  CPU time of the Bus for an event sent", median(&cpu), "µs"),
        Row::bound("  events missed, out of order or twice", wrong as f64, 0.0, ""),
    ])
}
