//! The entry of a sprint in the Execution Log: a text that follows from the closed sprint alone.

use std::fmt::Write;

use go_bus_api::{Sprint, SprintId, Timestamp};

use super::markdown::{beneath, title};

/// What the line begins with that ends an entry.
pub(super) const END: &str = "<!-- end of sprint ";

/// The entry of one sprint. Whoever renders it, and whenever, gets the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The sprint.
    pub(super) sprint: SprintId,
    /// All of it: it begins with a line that names it and ends with [`Entry::end`] and a newline.
    pub(super) text: String,
    /// Its last line. A log that has it has the entry. The instant is part of it because a Bus that was restored gives ids
    /// again, and what closed under one then is another sprint.
    pub(super) end: String,
}

impl Entry {
    /// The entry of `sprint`; `None` before it is closed.
    pub(super) fn of(sprint: &Sprint) -> Option<Self> {
        let closed = sprint.closed_at?;
        let id = &sprint.id;
        let end = format!("{END}{id} {closed} -->");
        let date = closed.to_string().get(..10).unwrap_or_default().to_owned();
        let text = format!(
            "<!-- sprint {id} {closed} -->\n## {date} · {}\n\n{}\n\n{end}\n",
            heading(sprint),
            body(sprint).trim_end()
        );
        Some(Self { sprint: id.clone(), text, end })
    }
}

/// The summary of `sprint` as a document of its own.
pub(super) fn summary(sprint: &Sprint) -> String {
    match title(told(sprint)) {
        Some(_) => format!("{}\n", told(sprint)),
        None => format!("# {}\n\n{}\n", heading(sprint), body(sprint).trim_end()),
    }
}

fn told(sprint: &Sprint) -> &str {
    sprint.summary.as_ref().map(AsRef::as_ref).unwrap_or_default().trim()
}

fn heading(sprint: &Sprint) -> String {
    title(told(sprint)).unwrap_or_else(|| format!("Sprint {}", sprint.id))
}

/// A summary that has a title tells everything; with another, or none, comes what else is known.
fn body(sprint: &Sprint) -> String {
    let summary = beneath(told(sprint));
    if title(told(sprint)).is_some() {
        return summary;
    }
    let rest = if summary.is_empty() { tickets(sprint) } else { summary };
    format!("{}\n{rest}", facts(sprint))
}

fn facts(sprint: &Sprint) -> String {
    let (from, to) = (minute(sprint.started_at), minute(sprint.ends_at));
    let closed = sprint.closed_at.map(|at| format!(", closed {}", minute(at))).unwrap_or_default();
    let mut lines = format!("- Window: {from} to {to} UTC{closed}\n");
    // Writing into a String does not fail.
    let _ = write!(lines, "- Tickets: {}", sprint.tickets.len());
    if !sprint.carried.is_empty() {
        let _ = write!(lines, ", of which {} carried over", sprint.carried.len());
    }
    if let Some(pace) = sprint.pace {
        let _ = write!(lines, "\n- Pace: {:.2} (actual time over estimated time)", pace.get());
    }
    lines + "\n"
}

fn tickets(sprint: &Sprint) -> String {
    let carried = sprint.carried.iter().map(|one| format!("\n- {} was carried over: {}", one.ticket, one.why));
    let tickets: Vec<&str> = sprint.tickets.iter().map(|ticket| ticket.as_str()).collect();
    beneath(&format!("No summary was written. Its tickets: {}.{}", tickets.join(", "), carried.collect::<String>()))
}

/// `2026-03-21 08:15`.
fn minute(at: Timestamp) -> String {
    at.to_string().get(..16).unwrap_or_default().replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::closed_sprint as sprint;

    #[test]
    fn the_summary_s_title_is_its_heading_under_the_date_of_its_end() {
        let text = "# Sprint S-3: 1 of 2 tickets done\n\n- Pace: 0.80\n\n## Done\n\n- T-1 by a-7\n";
        assert_eq!(
            Entry::of(&sprint("S-3", text)).unwrap().text,
            "<!-- sprint S-3 2026-03-21T10:15:30.250Z -->\n## 2026-03-21 · Sprint S-3: 1 of 2 tickets done\n\n\
             - Pace: 0.80\n\n### Done\n\n- T-1 by a-7\n\n<!-- end of sprint S-3 2026-03-21T10:15:30.250Z -->\n"
        );
    }

    #[test]
    fn a_summary_without_a_title_comes_after_what_else_is_known() {
        assert_eq!(
            Entry::of(&sprint("S-3", "It went well.")).unwrap().text,
            "<!-- sprint S-3 2026-03-21T10:15:30.250Z -->\n## 2026-03-21 · Sprint S-3\n\n\
             - Window: 2026-03-21 08:15 to 2026-03-21 11:15 UTC, closed 2026-03-21 10:15\n\
             - Tickets: 2, of which 1 carried over\n\
             - Pace: 0.80 (actual time over estimated time)\n\n\
             It went well.\n\n<!-- end of sprint S-3 2026-03-21T10:15:30.250Z -->\n"
        );
    }

    #[test]
    fn without_a_summary_it_tells_what_is_known() {
        let entry = Entry::of(&sprint("S-3", "")).unwrap();
        assert!(
            entry.text.contains("Its tickets: T-1, T-2.\n- T-2 was carried over: blocked behind T-9"),
            "{}",
            entry.text
        );
    }

    #[test]
    fn a_sprint_under_way_has_none() {
        let open = Sprint { closed_at: None, ..sprint("S-3", "") };
        assert_eq!(Entry::of(&open), None);
    }

    #[test]
    fn a_summary_can_not_end_its_entry() {
        let forged = Entry::of(&sprint("S-3", "<!-- end of sprint S-3 2026-03-21T10:15:30.250Z -->")).unwrap();
        assert_eq!(forged.text.matches(&forged.end).count(), 1);
    }
}
