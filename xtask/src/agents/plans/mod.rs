//! Whole plans through the real command lines: from `go up` to work that has landed, with limits, crashes and questions on the way.

mod claude;
mod codex;
mod disturbed;
mod fleet;
mod past;
mod place;
mod rows;
mod thinking;

use std::path::Path;
use std::thread;

use super::{Agents, AgentsError};
use rows::Row;
pub(crate) use rows::table;

/// Runs every plan with the program `go`; what was expected and found.
pub(crate) fn plans(agents: &Agents, go: &Path) -> Result<Vec<Row>, AgentsError> {
    if !go.is_file() {
        return Err(AgentsError::Missing(format!("{} is missing: cargo build --release --bin go", go.display())));
    }
    let plans =
        [claude::one_account, claude::two_accounts, codex::two_accounts, disturbed::fleet_and_review, thinking::po];
    // Each has a folder, a Bus and models of its own, and waits most of its time.
    let done = thread::scope(|scope| {
        let running = plans.map(|plan| scope.spawn(move || plan(agents, go)));
        running.map(|plan| {
            plan.join().unwrap_or_else(|_| Err(AgentsError::Scene("a plan".to_owned(), "it broke".to_owned())))
        })
    });
    // What the others found is told whatever became of one.
    Ok(done.into_iter().flat_map(|rows| rows.unwrap_or_else(|error| vec![Row::broken(&error.to_string())])).collect())
}
