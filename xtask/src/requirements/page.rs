//! The table as it is written: one line of Markdown for each demand.

/// A row. What it lacks is empty here; whether it may lack it is judged elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    /// The line of the page, from 1.
    pub(crate) line: usize,
    /// The number in its first cell.
    pub(crate) number: u32,
    /// How many cells it has.
    pub(crate) cells: usize,
    /// What the demand means here.
    pub(crate) meaning: String,
    /// Where the links of the third cell lead, as seen from the page.
    pub(crate) code: Vec<String>,
    /// The tests of the fourth cell.
    pub(crate) tests: Vec<String>,
    /// Whether the fourth cell says that the demand is yet to be met.
    pub(crate) to_come: bool,
}

/// The cells of a row: number, meaning, code, tests.
pub(crate) const CELLS: usize = 4;

/// The rows of every table whose first cell is a demand's number.
pub(crate) fn rows(page: &str) -> Vec<Row> {
    page.lines().enumerate().filter_map(|(index, line)| row(index + 1, line)).collect()
}

fn row(line: usize, text: &str) -> Option<Row> {
    let inside = text.trim().strip_prefix('|')?.trim_end_matches('|');
    let cells: Vec<&str> = inside.split('|').map(str::trim).collect();
    let number = cells.first()?.strip_prefix('R')?.parse().ok()?;
    let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
    Some(Row {
        line,
        number,
        cells: cells.len(),
        meaning: cell(1).to_owned(),
        code: links(cell(2)),
        tests: tests(cell(3)),
        to_come: cell(3).to_lowercase().starts_with("to come"),
    })
}

/// The targets of links.
fn links(cell: &str) -> Vec<String> {
    let targets = cell.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).collect()
}

/// What stands between backticks and is a path: every second piece is code.
fn tests(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).filter(|code| code.contains("::")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_and_what_is_no_row_is_not() {
        let page = "| | here | code | tests |\n| --- | --- | --- | --- |\nR1 is text\n\
            | R7 | one | [a](../crates/a) and [b](../bin/b.rs) | `go-a::x::y`, as `go a` does, `go-b::z` |\n";
        let wanted = Row {
            line: 4,
            number: 7,
            cells: CELLS,
            meaning: "one".to_owned(),
            code: vec!["../crates/a".to_owned(), "../bin/b.rs".to_owned()],
            tests: vec!["go-a::x::y".to_owned(), "go-b::z".to_owned()],
            to_come: false,
        };
        assert_eq!(rows(page), [wanted]);
    }

    #[test]
    fn what_is_to_come_says_so_first() {
        let marked = |cell: &str| rows(&format!("| R1 | m | c | {cell} |")).iter().any(|row| row.to_come);
        assert!(marked("To come; `a::b` is there") && marked("to come"));
        assert!(!marked("open") && !marked("`a::is_to_come`"));
    }
}
