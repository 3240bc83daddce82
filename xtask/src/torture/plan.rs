//! The plan of a torture run: short tickets, some that wait for others, some reviewed, some that fail at first.

use super::random::Random;

/// The hosts, all of which are this machine.
pub(super) const HOSTS: [&str; 2] = ["h1", "h2"];
/// Slots of each host.
pub(super) const SLOTS: usize = 4;
/// The most agents at once; one less than there are slots, so that this cap binds too.
pub(super) const CAP: usize = 7;

/// One ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Its id.
    pub(super) id: String,
    /// Whether a reviewer looks at it.
    pub(super) reviewed: bool,
    heals: bool,
    millis: usize,
    depends_on: Option<String>,
}

/// The tickets of a seed: 50 to 300 ms each.
pub(super) fn tickets(random: &mut Random, count: usize) -> Vec<Ticket> {
    let ticket = |number: usize| Ticket {
        id: format!("T-{number:03}"),
        reviewed: random.chance(8),
        heals: random.chance(4),
        millis: 50 + random.below(251),
        depends_on: (number > 10 && random.chance(25)).then(|| format!("T-{:03}", number - 1 - random.below(10))),
    };
    (1..=count).map(ticket).collect()
}

/// The plan as YAML: two projects, two hosts.
pub(super) fn yaml(tickets: &[Ticket]) -> String {
    let mut text = "version: 1\nprojects:\n".to_owned();
    let half = tickets.len().div_ceil(2).max(1);
    for (number, part) in tickets.chunks(half).enumerate() {
        text += &format!("  - id: p{number}\n    name: Torture {number}\n    tickets:\n");
        part.iter().for_each(|ticket| text += &item(ticket));
    }
    text += "hosts:\n";
    HOSTS.iter().for_each(|host| text += &format!("  - {{id: {host}, state: active, slots: {SLOTS}}}\n"));
    text
}

fn item(ticket: &Ticket) -> String {
    let Ticket { id, millis, .. } = ticket;
    let seconds = format!("0.{millis:03}");
    let command =
        |kind: &str, heals: bool| format!("sh ticket.sh {kind} {id} {seconds} {}", if heals { "yes" } else { "no" });
    let mut text = format!("      - id: {id}\n        title: Take {seconds} s\n        max_attempts: 1000\n");
    text += &format!("        kind: {}\n", if ticket.reviewed { "feature" } else { "chore" });
    text += &format!("        run: {}\n        verify: [test -s trace]\n", command("run", ticket.heals));
    if ticket.reviewed {
        text += &format!("        review: {}\n", command("review", false));
    }
    if let Some(before) = &ticket.depends_on {
        text += &format!("        depends_on: [{before}]\n");
    }
    text
}

/// The status of each ticket as `yaml` has it, `pending` where none is written.
pub(super) fn statuses(yaml: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in yaml.lines() {
        let line = line.trim_start();
        if let Some(id) = line.strip_prefix("- id: T-") {
            found.push((format!("T-{}", id.trim()), "pending".to_owned()));
        } else if let (Some(status), Some(last)) = (line.strip_prefix("status: "), found.last_mut()) {
            last.1 = status.trim().to_owned();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_tickets_have_some_of_everything() {
        let tickets = tickets(&mut Random::new(1), 200);
        assert_eq!(tickets.len(), 200);
        let some = |what: fn(&&Ticket) -> bool| tickets.iter().filter(what).count();
        assert!(some(|t| t.reviewed) > 5 && some(|t| t.heals) > 2 && some(|t| t.depends_on.is_some()) > 20);
        assert!(tickets.iter().all(|t| (50..=300).contains(&t.millis)));
        assert_eq!(yaml(&tickets).matches("- id: T-").count(), 200);
    }

    #[test]
    fn a_status_belongs_to_the_ticket_above_it() {
        let text = yaml(&tickets(&mut Random::new(1), 2));
        let done = text.replacen("        title", "        status: done\n        title", 1);
        assert_eq!(
            statuses(&done),
            [("T-001".to_owned(), "done".to_owned()), ("T-002".to_owned(), "pending".to_owned())]
        );
    }
}
