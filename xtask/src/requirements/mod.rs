//! The table of requirements: `docs/requirements.md` leads from each demand to code that is there and to tests that run.

mod judge;
mod page;
mod tests_that_run;

use std::path::Path;

use judge::check;

/// Where the table lies, below the root.
const PAGE: &str = "docs/requirements.md";

/// How many demands there are: R1 to this one.
const DEMANDS: u32 = 32;

/// The demands that are yet to be met: nothing has to show them, and their rows have to say so.
const TO_COME: &[u32] = &[17, 18, 19, 20, 21];

/// Prints what is wrong with the table; a few words on what was looked at, and whether nothing is wrong.
pub(crate) fn run(root: &Path) -> Result<(String, bool), String> {
    let text = std::fs::read_to_string(root.join(PAGE)).map_err(|e| format!("can't read {PAGE}: {e}"))?;
    let tests = tests_that_run::list(root)?;
    let rows = page::rows(&text);
    let findings = check(&rows, |path| root.join("docs").join(path).exists(), &tests);
    for finding in &findings {
        println!("{finding}");
    }
    let named = rows.iter().map(|row| row.tests.len()).sum::<usize>();
    let note = format!("{} rows name {named} tests of {}, {} findings", rows.len(), tests.len(), findings.len());
    Ok((note, findings.is_empty()))
}
