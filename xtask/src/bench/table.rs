//! The table that a bench prints.

/// A figure, and what it must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What came out.
    pub(crate) measured: f64,
    /// What it has to be; none where it is there to compare with.
    pub(crate) bound: Option<Bound>,
    /// `s`, `×`, or nothing for counts.
    pub(crate) unit: &'static str,
}

/// What a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    /// No more than this.
    Most(f64),
    /// No less than this.
    Least(f64),
}

impl Row {
    /// A figure that may be `most` at most.
    pub(crate) fn bound(what: impl Into<String>, measured: f64, most: f64, unit: &'static str) -> Self {
        Self { what: what.into(), measured, bound: Some(Bound::Most(most)), unit }
    }

    /// A figure that has to be `least` at least.
    pub(crate) fn at_least(what: impl Into<String>, measured: f64, least: f64, unit: &'static str) -> Self {
        Self { what: what.into(), measured, bound: Some(Bound::Least(least)), unit }
    }

    /// A figure to compare with.
    pub(crate) fn plain(what: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self { what: what.into(), measured, bound: None, unit }
    }

    /// Whether it is within its bound; a figure that is no number is not.
    pub(crate) fn holds(&self) -> bool {
        self.bound.is_none_or(|bound| match bound {
            Bound::Most(most) => self.measured <= most,
            Bound::Least(least) => self.measured >= least,
        })
    }

    /// The same where other things run on the machine: a time may be so many times as long, a count no more.
    pub(crate) fn lenient(self, times: f64) -> Self {
        match self.bound {
            Some(Bound::Most(most)) if !self.unit.is_empty() => Self { bound: Some(Bound::Most(most * times)), ..self },
            _ => self,
        }
    }

    /// What it has to be, in words.
    fn must(&self) -> String {
        match self.bound {
            None => "–".to_owned(),
            Some(Bound::Most(most)) => format!("≤ {}", figure(most, self.unit)),
            Some(Bound::Least(least)) => format!("≥ {}", figure(least, self.unit)),
        }
    }
}

/// The rows as a table.
pub(crate) fn print(rows: &[Row], runs: u32) -> String {
    let mut text = format!("median of {runs}; counts are sums over all runs\n");
    text += &format!("{:<58} {:>12} {:>12}\n", "what", "measured", "must");
    for row in rows {
        let mark = if row.holds() { "" } else { "  MISSED" };
        text += &format!("{:<58} {:>12} {:>12}{mark}\n", row.what, figure(row.measured, row.unit), row.must());
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
    fn a_least_is_held_from_above() {
        assert!(Row::at_least("fast", 4.0, 4.0, "×").holds());
        assert!(!Row::at_least("fast", 3.9, 4.0, "×").holds());
    }

    #[test]
    fn a_lenient_bound_is_wider_for_times_alone() {
        assert!(Row::bound("fast", 6.0, 2.0, "s").lenient(4.0).holds());
        assert!(!Row::bound("fast", 9.0, 2.0, "s").lenient(4.0).holds());
        assert!(!Row::bound("once", 1.0, 0.0, "").lenient(4.0).holds());
    }

    #[test]
    fn no_number_holds_no_bound() {
        assert!(!Row::bound("nothing", f64::NAN, 6.5, "s").holds());
        assert!(!Row::at_least("nothing", f64::NAN, 6.5, "s").holds());
    }
}
