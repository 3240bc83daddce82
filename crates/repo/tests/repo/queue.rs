//! Many tickets that touch the same files, landed by several at once.

use std::sync::Mutex;

use go_repo::Outcome;

use crate::house::{Death, House, Wish};

const TICKETS: usize = 40;
const WORKERS: usize = 8;

/// Passes where as many slots are taken as there are files of tickets, and the log of the hot ones has as many lines as it says.
const CHECK: &str =
    "test $(grep -c taken slots) -eq $(ls | grep -c ^f) && test $(tail -n +2 hot | wc -l) -eq $(head -1 hot)";

/// Does the ticket's piece; from the second round on, on the branch as it is then, as a builder does that was sent a conflict.
fn build(house: &House, ticket: usize, round: u32) -> String {
    let task = format!("T-{ticket}");
    let start = if round > 1 { format!("git checkout -q -f -B xio/{task} main") } else { "true".to_owned() };
    let slot = ticket * 3;
    // Every fifth touches lines that others touch too.
    let hot = "{ expr $(head -1 hot) + 1; tail -n +2 hot; echo $ticket; } > hot.new; mv hot.new hot";
    let hot = if ticket.is_multiple_of(5) { hot } else { "true" };
    house.work(
        &task,
        &format!("{start}; ticket={ticket}; sed -i '{slot}s/free/taken/' slots; echo {ticket} > f{ticket}; {hot}"),
    )
}

/// Lands one ticket, round after round.
fn carry_through(house: &House, ticket: usize) {
    let task = format!("T-{ticket}");
    let mut last = None;
    for round in 1..=100 {
        let commit = build(house, ticket, round);
        let wish = Wish { attempt: round, verify: &[CHECK], ..Wish::merge(&commit) };
        match house.land_or(&task, &wish, Death::Never).0.unwrap() {
            Outcome::Landed { .. } => return,
            outcome @ (Outcome::Conflict { .. } | Outcome::Red { .. }) => last = Some(outcome),
            other => panic!("{task}: {other:?}"),
        }
    }
    panic!("{task} never landed: {last:?}");
}

#[test]
fn forty_tickets_by_eight_at_once_each_once_and_every_commit_green() {
    let house = House::with_upstream();
    house.sh(
        &house.repo(),
        "seq -f 'slot %g free' 130 > slots; echo 0 > hot; git add -A; git commit -q -m lists; git push -q",
    );
    let waiting = Mutex::new((1..=TICKETS).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().pop();
                    let Some(ticket) = next else { return };
                    carry_through(&house, ticket);
                }
            });
        }
    });
    let mut landed = house.landed(&house.upstream(), "main");
    assert_eq!(landed.len(), TICKETS, "{landed:?}");
    landed.sort();
    landed.dedup();
    assert_eq!(landed.len(), TICKETS, "one landed twice");
    let each = format!(
        "git clone -q upstream.git look && cd look && for c in $(git rev-list --reverse main~{TICKETS}..main); do git checkout -q $c; {CHECK}; done"
    );
    house.sh(&house.path(""), &each);
    assert_eq!(
        house.sh(&house.repo(), "git rev-parse main; git status --porcelain"),
        house.sh(&house.upstream(), "git rev-parse main")
    );
}
