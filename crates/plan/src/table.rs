//! The plan as a plain table.

use crate::Plan;

/// The longest title shown, in characters.
const TITLE: usize = 60;

/// The plan as a plain table, a line per ticket in the file's order, columns aligned, the title last.
pub fn table(plan: &Plan) -> String {
    let header = ["TICKET", "PROJECT", "PRIORITY", "STATUS", "DEPENDS ON", "TITLE"].map(str::to_owned);
    let rows = plan.tickets().map(|(project, ticket)| {
        let depends_on: Vec<&str> = ticket.depends_on.iter().map(|id| id.as_str()).collect();
        [
            ticket.id.to_string(),
            project.id.to_string(),
            ticket.priority.as_str().to_owned(),
            ticket.status.as_str().to_owned(),
            if depends_on.is_empty() { "-".to_owned() } else { depends_on.join(" ") },
            clip(ticket.title.as_str()),
        ]
    });
    let rows: Vec<[String; 6]> = std::iter::once(header).chain(rows).collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &[String; 6], widths: &[usize; 6]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    format!("{}\n", cells.join("  ").trim_end())
}

/// One line of at most [`TITLE`] characters.
fn clip(title: &str) -> String {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.chars().count() <= TITLE {
        return title;
    }
    title.chars().take(TITLE.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_whatever_the_alphabet() {
        let text = "projects:\n- id: site\n  tickets:\n  - {id: A, title: ü}\n  - {id: LONG-1, title: b, depends_on: [A], status: in_progress}\n";
        let expected = "TICKET  PROJECT  PRIORITY  STATUS       DEPENDS ON  TITLE\n\
                        A       site     p2        pending      -           ü\n\
                        LONG-1  site     p2        in_progress  A           b\n";
        assert_eq!(table(&Plan::parse("p", text).unwrap()), expected);
    }
}
