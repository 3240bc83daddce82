//! Tables: columns as wide as their widest cell, no lines, no colour.

use std::fmt;

use super::printable;

/// Rows under a head.
#[derive(Debug, Clone)]
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table with this head and no rows.
    pub(crate) fn new(head: [&str; N]) -> Self {
        Self { rows: vec![head.map(str::to_owned)] }
    }

    /// Adds a row; control characters in a cell become spaces.
    pub(crate) fn row<T: ToString>(&mut self, cells: [T; N]) {
        self.rows.push(cells.map(|cell| printable(&cell.to_string())));
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
        let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
        for row in &self.rows {
            let line: String = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}  ")).collect();
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_have_no_trailing_space() {
        let mut table = Table::new(["ID", "STATE"]);
        table.row(["SITE-1", "done\nreally"]);
        table.row(["T", "–"]);
        assert_eq!(table.to_string(), "ID      STATE\nSITE-1  done really\nT       –\n");
    }
}
