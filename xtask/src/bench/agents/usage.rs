//! A simulated day of usage windows: how much of what the limits allow is worked, by the rules that the product routes by.

use std::path::Path;

use serde_json::Value;

use crate::bench::BenchError;
use crate::bench::table::Row;
use crate::command::cargo;

/// Runs the day, which is an example of the crate that routes.
pub(super) fn measure(root: &Path) -> Result<Vec<Row>, BenchError> {
    let run = cargo().args(["run", "--quiet", "-p", "go-spawn", "--example", "usage_day"]).current_dir(root).output();
    let run = run.map_err(|e| BenchError::Io("the simulated day", e))?;
    let day: Value = serde_json::from_slice(&run.stdout)
        .map_err(|_| BenchError::Failed(run.status.to_string(), String::from_utf8_lossy(&run.stderr).into_owned()))?;
    let figure = |name: &str| day[name].as_f64().unwrap_or(f64::NAN);
    Ok(vec![
        Row::at_least("usage windows: useful agent-hours over those allowed", figure("share"), 0.95, "×"),
        Row::bound("  runs begun on an account that rested", figure("tries"), 0.0, ""),
        Row::bound("  agent minutes of what a person keeps of a week", figure("of_the_person_s"), 0.0, ""),
        Row::plain("  runs that met a limit", figure("refused"), ""),
    ])
}
