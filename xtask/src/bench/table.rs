//! The table that a bench prints.

/// A figure, and what it must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What came out.
    pub(crate) measured: f64,
    /// The most it may be; none where it is there to compare with.
    pub(crate) bound: Option<f64>,
    /// `s`, `×`, or nothing for counts.
    pub(crate) unit: &'static str,
}

impl Row {
    /// A figure with a bound.
    pub(crate) fn bound(what: impl Into<String>, measured: f64, bound: f64, unit: &'static str) -> Self {
        Self { what: what.into(), measured, bound: Some(bound), unit }
    }

    /// A figure to compare with.
    pub(crate) fn plain(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self { what: what.into(), measured, bound: None, unit }
    }

    /// Whether it is within its bound; a figure that is no number is not.
    pub(crate) fn holds(&self) -> bool {
        self.bound.is_none_or(|bound| self.measured <= bound)
    }
}

/// The rows as a table.
pub(crate) fn print(rows: &[Row], runs: u32) -> String {
    let mut text = format!("median of {runs}; counts are sums over all runs\n");
    text += &format!("{:<58} {:>10} {:>10}\n", "what", "measured", "must");
    for row in rows {
        let bound = row.bound.map_or_else(|| "–".to_owned(), |bound| format!("≤ {}", figure(bound, row.unit)));
        let mark = if row.holds() { "" } else { "  MISSED" };
        text += &format!("{:<58} {:>10} {bound:>10}{mark}\n", row.what, figure(row.measured, row.unit));
    }
    let missed = rows.iter().filter(|row| !row.holds()).count();
    text + &format!("bounds: {} held, {missed} missed", rows.iter().filter(|row| row.bound.is_some()).count() - missed)
}

fn figure(value: f64, unit: &str) -> String {
    if unit.is_empty() { format!("{value:.0}") } else { format!("{value:.2} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_bound_is_marked_and_counted() {
        let rows = [Row::bound("fast", 6.6, 6.5, "s"), Row::bound("once", 0.0, 0.0, ""), Row::plain("ideal", 6.0, "s")];
        let table = print(&rows, 5);
        assert_eq!(table.matches("MISSED").count(), 1);
        assert!(table.ends_with("bounds: 1 held, 1 missed"), "{table}");
    }

    #[test]
    fn no_number_holds_no_bound() {
        assert!(!Row::bound("nothing", f64::NAN, 6.5, "s").holds());
    }
}
