//! What is known of a line, for people.

use go_bus_api::Usd;

use super::record::{Hand, Record, Review, Ticket};
use crate::render::{or_dash, printable};

/// How much of a commit's id and a prompt's hash is enough to tell them apart.
const SHORT: usize = 12;

/// All of it, a line for each fact.
pub(super) fn of(record: &Record<'_>) -> String {
    let origin = record.origin;
    let commit = format!(
        "commit    {} {}, by {}, {}\n",
        short(origin.commit.as_str()),
        printable(&origin.subject),
        printable(&origin.author),
        origin.at
    );
    let Some(task) = &origin.task else {
        return format!("{} was not landed by GO\n{commit}", record.place);
    };
    let attempt = origin.attempt.map_or_else(String::new, |attempt| format!(", attempt {attempt}"));
    let mut text = format!("{} landed with {task}{attempt}\n{commit}", record.place);
    match &record.ticket {
        Some(ticket) => text.push_str(&on_the_bus(ticket)),
        None => {
            let builder = origin.agent.as_ref();
            text.push_str(&format!("built by  {}\n", or_dash(builder)));
            let why = if record.bus.is_some() { "the Bus could not be asked" } else { "this Bus does not know it" };
            text.push_str(&format!("ticket    {why}: this is what git knows\n"));
        }
    }
    text
}

fn on_the_bus(ticket: &Ticket) -> String {
    let mut text =
        format!("ticket    {} (project {}, {})\n", printable(&ticket.title), ticket.project, ticket.state.as_str());
    if let Some(result) = &ticket.result {
        text.push_str(&format!("result    {}\n", first_line(result.as_str())));
    }
    for builder in &ticket.builders {
        let attempt = builder.attempt.map_or_else(String::new, |attempt| format!("attempt {attempt}: "));
        text.push_str(&format!("built by  {attempt}{}\n", hand(builder)));
    }
    for review in &ticket.reviews {
        text.push_str(&format!("review    {}\n", reviewed(review)));
    }
    if ticket.reviews.is_empty() {
        text.push_str("review    none\n");
    }
    text.push_str(&format!("cost      {} USD\n", ticket.usd));
    text
}

fn reviewed(review: &Review) -> String {
    let verdict = review.verdict.as_ref().map_or(review.state.as_str(), |verdict| verdict.as_str());
    let who: Vec<String> = review.reviewers.iter().map(hand).collect();
    let who = if who.is_empty() { "the operator".to_owned() } else { who.join(", then ") };
    format!("{}; {who}", first_line(verdict))
}

/// An agent in one line.
fn hand(hand: &Hand) -> String {
    let Hand { id, role, driver, model, host, prompt_sha256, usd, .. } = hand;
    let model = model.as_ref().map_or_else(String::new, |model| format!(" {}", model.0));
    let host = host.as_ref().map_or_else(String::new, |host| format!(" on {host}"));
    let prompt = prompt_sha256.as_ref().map_or_else(String::new, |hash| format!(", prompt {}", short(hash.as_str())));
    let cost = if *usd == Usd::default() { String::new() } else { format!(", {usd} USD") };
    format!("{} {id}{host} ({}{}){prompt}{cost}", role.as_str(), driver.as_str(), printable(&model))
}

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

fn first_line(text: &str) -> String {
    printable(text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim())
}
