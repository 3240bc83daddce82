//! What came of a sprint, for people: Markdown (R28).

use std::fmt::{self, Display};

use crate::report::{DoneTicket, ReviewOutcome, SprintReport};

/// A report as Markdown. Text of others can't begin a heading or a comment in it: each is on one line, and `<` is written `&lt;`.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a>(pub &'a SprintReport);

impl Summary<'_> {
    /// The sprint in one line: how much was done, and the pace.
    pub fn headline(&self) -> String {
        let Self(report) = self;
        let pace = report.time.pace().map(|pace| format!(", pace {:.2}", pace.get())).unwrap_or_default();
        let carried = match report.carried.len() {
            0 => String::new(),
            count => format!(", {count} carried over"),
        };
        format!("Sprint {}: {} of {} tickets done{carried}{pace}", report.sprint, report.done.len(), report.tickets)
    }
}

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        writeln!(f, "# {}\n", self.headline())?;
        let length = report.closed_at.since(report.started_at).as_secs();
        let window = report.ends_at.since(report.started_at).as_secs();
        let (from, to) = (report.started_at, report.closed_at);
        writeln!(f, "- Time: {from} to {to}, {} of a window of {}", span(length), span(window))?;
        match report.time.pace() {
            Some(pace) => {
                let (took, estimated) =
                    (span(report.time.took_s), span(report.time.estimated_minutes.saturating_mul(60)));
                writeln!(f, "- Pace: {:.2}, {took} for an estimate of {estimated}", pace.get())?;
            }
            None => writeln!(f, "- Pace: nothing with an estimate was done")?,
        }
        let reviews = report.reviews;
        writeln!(
            f,
            "- Reviews: {} approved, changes wanted {}",
            reviews.approved,
            times(reviews.changes_requested, "time")
        )?;
        match report.cost_usd {
            Some(cost) => writeln!(f, "- Cost: {cost} USD")?,
            None => writeln!(f, "- Cost: not known")?,
        }
        section(f, "Done", report.done.iter().map(done))?;
        section(
            f,
            "Carried over",
            report.carried.iter().map(|one| format!("**{}**: {}", one.ticket, plain(one.why.as_str()))),
        )?;
        section(f, "Cancelled", report.cancelled.iter().map(|id| format!("**{id}**")))
    }
}

fn section(f: &mut fmt::Formatter<'_>, head: &str, lines: impl Iterator<Item = String>) -> fmt::Result {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n## {head}\n")?;
    lines.iter().try_for_each(|line| writeln!(f, "- {line}"))
}

fn done(ticket: &DoneTicket) -> String {
    let title = ticket.title.as_deref().map(|title| format!(" {}", plain(title))).unwrap_or_default();
    let mut parts = vec![format!("**{}**{title} ({})", ticket.ticket, ticket.project)];
    let by: Vec<String> = ticket
        .by
        .iter()
        .chain(ticket.answered_by.as_ref().filter(|_| ticket.by.is_empty()))
        .map(ToString::to_string)
        .collect();
    if !by.is_empty() {
        parts.push(format!("by {}", by.join(" and ")));
    }
    parts.extend(ticket.took_s.map(|took| match ticket.estimate_minutes {
        Some(minutes) => format!("in {} (estimated {})", span(took), span(u64::from(minutes).saturating_mul(60))),
        None => format!("in {}", span(took)),
    }));
    if ticket.attempts > 1 {
        parts.push(format!("at attempt {}", ticket.attempts));
    }
    parts.extend(ticket.review.as_ref().map(review));
    let result = ticket.result.as_deref().map(|result| format!(": {}", plain(result))).unwrap_or_default();
    format!("{}{result}", parts.join(", "))
}

fn review(outcome: &ReviewOutcome) -> String {
    let by: Vec<String> = outcome.reviewers.iter().map(ToString::to_string).collect();
    let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(" and ")) };
    let verdict = outcome.verdict.as_deref().map_or_else(|| "approved".to_owned(), plain);
    match outcome.rounds {
        0 => format!("reviewed{by} ({verdict})"),
        rounds => format!("reviewed{by} after {} of changes ({verdict})", times(rounds, "round")),
    }
}

fn times(count: u32, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;")
}

/// A length of time for people.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds.div_euclid(60)),
        _ => format!("{} h {} min", seconds.div_euclid(3600), seconds.rem_euclid(3600).div_euclid(60)),
    }
}

#[cfg(test)]
mod tests;
