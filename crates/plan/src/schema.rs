//! The plan's JSON Schema, for editors.
//!
//! Written by hand: the shapes are few, and what a person sees on hovering should be said in a person's words. A test holds it to the
//! keys that reading knows.

use go_bus_api::TaskState;
use serde_json::{Value, json};

use crate::Ticket;

/// The JSON Schema (draft 2020-12) of plan.yaml. What only the whole file can tell, such as unknown dependencies, is beyond it.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plan.yaml",
        "description": "What is to be done, and what became of it.",
        "type": "object",
        "properties": {
            "version": {"const": 1, "description": "The version of this format."},
            "projects": list(&project(), "The projects."),
            "hosts": list(&host(), "The hosts. Without any there is one, `localhost`."),
            "users": list(&user(), "The humans. Without any there is one, `operator`."),
        },
        "patternProperties": {"^x-": {"description": "Anything, to anchor it here and use it below."}},
        "additionalProperties": false,
    })
}

fn project() -> Value {
    object(
        &["id"],
        json!({
            "id": id("The project's id, unique across the file."),
            "name": text("What people call it; its id where absent."),
            "state": word(&["active", "paused", "done"], "active", "Whether it is worked on."),
            "priority": priority("Its priority among projects."),
            "weight": whole(1, 1000, "Its share of capacity among projects of its priority; 1 where absent."),
            "budget_usd": {"type": ["string", "number"], "description": "What it may cost, in USD, such as \"25.00\"."},
            "repo": text("The folder its work happens in; the plan's folder where absent."),
            "driver": word(&["shell", "claude", "codex", "command"], "shell", "What runs its agents; overrides agents.driver."),
            "po": seat("What runs its PO: the program that comes with GO (shell), or an agent that thinks; overrides agents.po."),
            "deliver": word(
                &["merge", "branch", "none"], "merge",
                "How finished work reaches the repo: merged, as a branch of its own, or not at all. Only agents that work in a folder of their own deliver.",
            ),
            "branch": text("The branch that work begins from and lands on; the one that is checked out in the repo where absent."),
            "copy": list(&text("A path inside the repo; globs are fine."), "Untracked files that each working folder gets, such as .env."),
            "setup": list(&text("A command."), "Commands that are run in a new working folder before its agent begins."),
            "env": {
                "type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]},
                "propertyNames": {"pattern": "^(?!XIO_)[A-Za-z_][A-Za-z0-9_]*$"},
                "description": "Variables of its agents' environment, and of these commands'.",
            },
            "teardown": list(&text("A command."), "Commands that are run in a working folder before it is removed."),
            "tickets": list(&ticket(), "Its tickets."),
        }),
    )
}

fn ticket() -> Value {
    let states = TaskState::ALL.map(TaskState::as_str);
    object(
        &["id", "title"],
        json!({
            "id": id("The ticket's id, unique across the file; its task's too."),
            "title": text("One line."),
            "description": text("What is to be done, for agents that read it."),
            "kind": {
                "type": "string", "maxLength": 64,
                "examples": ["feature", "config_change", "bp_update", "chore", "extraction", "classification", "routing"],
                "description": "feature, config_change and bp_update are reviewed by a fresh agent; any other word is not.",
            },
            "priority": priority("Its priority."),
            "depends_on": list(&id("A ticket's id."), "Tickets that have to be done first."),
            "labels": list(&text("A word."), "Words to batch and find it by."),
            "estimate_minutes": whole(1, 1_000_000, "How long a person thinks it takes."),
            "timeout": {
                "type": "string", "pattern": "^([0-9]+(\\.[0-9]{1,3})?(ms|s|m|h|d))+$",
                "description": "The wall limit of an attempt, such as 30m.",
            },
            "max_attempts": whole(1, 1000, &format!("How many failures it may have; {} where absent.", Ticket::MAX_ATTEMPTS)),
            "model": text("The model; the only way to get Opus is `opus` here."),
            "host": id("The host it has to run on."),
            "capabilities": list(&text("A capability."), "What its host or agent has to be able to do."),
            "run": text("The command of the shell driver."),
            "verify": list(&text("A command."), "Commands that all exit 0 when it is well done."),
            "review": text("The command of a shell reviewer; else it runs `verify` again."),
            "status": word(&states, "pending", "Where it is. Written by GO."),
            "result": text("What came of it, in one line. Written by GO."),
            "sprint": id("The sprint it is in. Written by GO."),
        }),
    )
}

fn host() -> Value {
    object(
        &["id"],
        json!({
            "id": id("The host's id, unique across the file."),
            "state": word(&["active", "inactive", "draining"], "active", "Whether it takes work."),
            "slots": whole(0, go_bus_api::Slots::MAX, "Its places for working agents, a hard cap; agents.max where absent."),
            "labels": {
                "type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]},
                "description": "What is known of it.",
            },
            "ho": seat("What runs its HO: the program that comes with GO (shell), or an agent that thinks; overrides agents.ho."),
        }),
    )
}

fn user() -> Value {
    object(
        &["id"],
        json!({
            "id": id("The human's id, unique across the file."),
            "logged_in": {"type": "boolean", "default": true, "description": "Whether GO opens a session for them."},
            "io": seat("What runs their IO: the program that comes with GO (shell), or an agent that thinks; overrides agents.io."),
        }),
    )
}

fn seat(description: &str) -> Value {
    let driver = word(&["shell", "claude", "codex", "command"], "shell", description);
    object(&[], json!({ "driver": driver }))
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn list(items: &Value, description: &str) -> Value {
    json!({"type": ["array", "null"], "items": items, "description": description})
}

fn text(description: &str) -> Value {
    json!({"type": ["string", "number", "boolean", "null"], "description": description})
}

fn id(description: &str) -> Value {
    json!({"type": ["string", "integer"], "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.:@+-]{0,127}$", "description": description})
}

fn whole(minimum: u32, maximum: u32, description: &str) -> Value {
    json!({"type": "integer", "minimum": minimum, "maximum": maximum, "description": description})
}

fn word(words: &[&str], default: &str, description: &str) -> Value {
    json!({"enum": words, "default": default, "description": description})
}

fn priority(description: &str) -> Value {
    word(&["p0", "p1", "p2", "p3"], "p2", description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{HOST, PLAN, PROJECT, SEAT, TICKET, USER};

    #[test]
    fn the_schema_has_the_keys_that_reading_knows_and_no_others() {
        for (schema, shape) in [
            (schema(), PLAN),
            (project(), PROJECT),
            (ticket(), TICKET),
            (host(), HOST),
            (user(), USER),
            (seat(""), SEAT),
        ] {
            let mut found: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut keys = shape.keys.to_vec();
            found.sort_unstable();
            keys.sort_unstable();
            assert_eq!(found, keys);
        }
    }
}
