//! The resources: a ticket, the digest, the caller's prompt and the rules in it.
//!
//! The texts that rules are made from lie with the stewards, not on the Bus. What the Bus has of them is what each agent was told at its
//! spawn: so `rules://` is the section on rules of the caller's own prompt.

use go_bus_api::Problem;
use http::Method;
use http::request::Parts;
use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde::Deserialize;

use super::outcome;
use super::request::{Planned, encoded};
use super::server::{BusTools, own_id};

const PROMPT: &str = "prompt://self";
const RULES: &str = "rules://";
const DIGEST: &str = "digest://";
const TASK: &str = "task://";

/// Those that every agent has.
pub(super) fn fixed() -> Vec<Resource> {
    let text = |uri: &str, name: &str, about: &str| {
        Resource::new(uri, name).with_description(about).with_mime_type("text/markdown")
    };
    vec![
        text(PROMPT, "Your prompt", "What you were told at your start: mission, ticket, verification, rules."),
        text(RULES, "Your rules", "The rules that hold for you, as your prompt has them."),
        Resource::new(DIGEST, "Digest")
            .with_description("All projects at a glance: what is done, under way, stuck, and what it has cost.")
            .with_mime_type("application/json"),
    ]
}

/// Those that are named by an id.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let about = "A task as it is now; a ticket's task has the ticket's id.";
    let task = ResourceTemplate::new(format!("{TASK}{{id}}"), "Task").with_description(about);
    vec![task.with_mime_type("application/json")]
}

/// Reads one, in the caller's name.
pub(super) async fn read(bus: &BusTools, uri: &str, caller: &Parts) -> Result<ReadResourceResult, ErrorData> {
    let (text, kind) = match uri {
        DIGEST => (fetch(bus, uri, "/io/digest", caller).await?, "application/json"),
        PROMPT => (prompt(bus, uri, caller).await?, "text/markdown"),
        RULES => (rules(&prompt(bus, uri, caller).await?).to_owned(), "text/markdown"),
        _ => {
            let id = uri
                .strip_prefix(TASK)
                .filter(|id| !id.is_empty())
                .ok_or_else(|| missing(uri, "there is no such resource"))?;
            (fetch(bus, uri, &format!("/tasks/{}", encoded(id)), caller).await?, "application/json")
        }
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(kind)]))
}

async fn fetch(bus: &BusTools, uri: &str, path: &str, caller: &Parts) -> Result<String, ErrorData> {
    let request = Planned { method: Method::GET, uri: path.to_owned(), body: None };
    let answered = bus.ask(request, &caller.headers).await;
    let text = String::from_utf8_lossy(&answered.body).into_owned();
    if answered.status.is_success() {
        return Ok(text);
    }
    let why = serde_json::from_str::<Problem>(&text).map_or(text, |problem| outcome::words(&problem));
    Err(missing(uri, &why))
}

async fn prompt(bus: &BusTools, uri: &str, caller: &Parts) -> Result<String, ErrorData> {
    #[derive(Deserialize)]
    struct Told {
        prompt: String,
    }
    let id = own_id(caller).ok_or_else(|| missing(uri, "only an agent has a prompt"))?;
    let told = fetch(bus, uri, &format!("/agents/{}/prompt", encoded(id.as_str())), caller).await?;
    let told: Told = serde_json::from_str(&told).map_err(|_| missing(uri, "the prompt does not read"))?;
    Ok(told.prompt)
}

fn missing(uri: &str, why: &str) -> ErrorData {
    ErrorData::resource_not_found(format!("{uri}: {why}"), None)
}

/// The section on rules; all of the prompt where it has none of that name.
fn rules(prompt: &str) -> &str {
    let Some((_, rest)) = prompt.split_once("\n## Rules\n") else { return prompt };
    let end = rest.find("\n## ").unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_a_section_of_the_prompt() {
        assert_eq!(
            rules("# You\n\n## Rules\n\n- Be brief.\n### Of git\n- No force.\n\n## Skills\nx"),
            "- Be brief.\n### Of git\n- No force."
        );
        assert_eq!(rules("# You\n## Rules\nlast"), "last");
        assert_eq!(rules("# You\nno section"), "# You\nno section");
    }
}
