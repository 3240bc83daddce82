//! What is expected of a plan and what was found, a row each.

/// An expectation and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The plan that it is of.
    plan: &'static str,
    /// What has to be.
    expected: String,
    /// What is.
    found: String,
    /// Whether that is so.
    pub(crate) holds: bool,
}

impl Row {
    /// A plan that did not come to its end.
    pub(super) fn broken(reason: &str) -> Self {
        Self { plan: "a plan", expected: "it comes to its end".to_owned(), found: reason.to_owned(), holds: false }
    }
}

/// The rows of one plan.
#[derive(Debug)]
pub(super) struct Rows {
    plan: &'static str,
    pub(super) all: Vec<Row>,
}

impl Rows {
    /// None yet.
    pub(super) fn of(plan: &'static str) -> Self {
        Self { plan, all: Vec::new() }
    }

    /// One more.
    pub(super) fn add(&mut self, expected: &str, holds: bool, found: impl Into<String>) {
        let (expected, found) = (expected.to_owned(), found.into());
        self.all.push(Row { plan: self.plan, expected, found, holds });
    }

    /// One more that compares.
    pub(super) fn same<T: PartialEq + std::fmt::Debug>(&mut self, expected: &str, found: &T, wanted: &T) {
        let holds = found == wanted;
        self.add(expected, holds, if holds { format!("{found:?}") } else { format!("{found:?}, not {wanted:?}") });
    }
}

/// The rows as a table of Markdown; of those that hold only as much as a line takes.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = "| plan | what has to be | | what is |\n|---|---|---|---|\n".to_owned();
    for row in rows {
        let found = row.found.replace(['\n', '|'], " ");
        let found: String = if row.holds { found.chars().take(100).collect() } else { found };
        let word = if row.holds { "yes" } else { "NO" };
        text += &format!("| {} | {} | {word} | {found} |\n", row.plan, row.expected);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_does_not_hold_is_told_in_full() {
        let mut rows = Rows::of("p");
        rows.same("two", &2, &2);
        rows.add("long", false, "x|".repeat(200));
        assert!(!Row::broken("it stopped").holds);
        assert_eq!(rows.all.iter().filter(|row| row.holds).count(), 1);
        let table = table(&rows.all);
        assert!(table.contains("| p | two | yes | 2 |") && table.contains(&"x ".repeat(199)), "{table}");
    }
}
