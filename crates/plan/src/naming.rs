//! The id of a ticket that nobody gave one.

use go_bus_api::{ProjectId, TaskId};

use crate::Plan;

/// How many numbers are tried.
const TRIES: u64 = 10_000;

/// See [`Plan::next_id`].
pub(crate) fn next(plan: &Plan, project: &ProjectId, is_known: impl Fn(&TaskId) -> bool) -> TaskId {
    let of_project = plan.projects.iter().filter(|known| known.id == *project).flat_map(|known| &known.tickets);
    let last = of_project.rev().find_map(|ticket| numbered(ticket.id.as_str()));
    let (front, number) = last.unwrap_or_else(|| (format!("{}-", project.as_str()), 0));
    let numbers = (1..=TRIES).map_while(|step| number.checked_add(step));
    let mut ids = numbers.filter_map(|number| TaskId::new(format!("{front}{number}")).ok());
    ids.find(|id| plan.ticket(id).is_none() && !is_known(id)).unwrap_or_else(TaskId::generate)
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
        next_beside(tickets, &[])
    }

    fn next_beside(tickets: &str, known: &[&str]) -> String {
        let text = format!("projects: [{{id: p, tickets: [{tickets}]}}, {{id: q, tickets: [{{id: S-9, title: t}}]}}]");
        let id =
            next(&Plan::parse("p", &text).unwrap(), &ProjectId::new("p").unwrap(), |id| known.contains(&id.as_str()));
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
    #[test]
    fn what_is_known_elsewhere_is_not_given_again_and_numbers_end() {
        assert_eq!(next_beside("{id: S-1, title: t}", &["S-2", "S-3"]), "S-4");
        let last = format!("S-{}", u64::MAX);
        assert!(!next_of(&format!("{{id: {last}, title: t}}")).starts_with("S-"));
    }
}
