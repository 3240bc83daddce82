//! The id of a ticket that nobody gave one.

use go_bus_api::{ProjectId, TaskId};

use crate::Plan;

/// See [`Plan::next_id`].
pub(crate) fn next(plan: &Plan, project: &ProjectId) -> TaskId {
    let of_project = plan.projects.iter().filter(|known| known.id == *project).flat_map(|known| &known.tickets);
    let last = of_project.rev().find_map(|ticket| numbered(ticket.id.as_str()));
    let (front, number) = last.unwrap_or_else(|| (format!("{}-", project.as_str()), 0));
    // One of so many is free, for there are fewer tickets.
    let steps = 1..=u64::try_from(plan.tickets().count()).unwrap_or(u64::MAX).saturating_add(1);
    let mut ids = steps.filter_map(|step| TaskId::new(format!("{front}{}", number.saturating_add(step))).ok());
    ids.find(|id| plan.ticket(id).is_none()).unwrap_or_else(TaskId::generate)
}

/// An id that ends in a number: what stands before it, and the number.
fn numbered(id: &str) -> Option<(String, u64)> {
    let front = id.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = id.get(front.len()..)?.parse().ok()?;
    Some((front.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_of(tickets: &str) -> String {
        let text = format!("projects: [{{id: p, tickets: [{tickets}]}}, {{id: q, tickets: [{{id: S-9, title: t}}]}}]");
        let id = next(&Plan::parse("p", &text).unwrap(), &ProjectId::new("p").unwrap());
        id.as_str().to_owned()
    }

    #[test]
    fn the_last_number_goes_on_past_what_is_taken_and_the_first_is_the_project_s() {
        for (tickets, expected) in [
            ("", "p-1"),
            ("{id: A, title: t}", "p-1"),
            ("{id: S-1, title: t}, {id: S-2, title: t}, {id: last, title: t}", "S-3"),
            ("{id: S-8, title: t}", "S-10"),
            ("{id: '7', title: t}", "8"),
            ("{id: p-1, title: t}, {id: x, title: t}", "p-2"),
        ] {
            assert_eq!(next_of(tickets), expected, "{tickets}");
        }
    }
}
