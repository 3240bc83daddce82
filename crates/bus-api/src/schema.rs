//! JSON Schemas of the newtypes: what their constructors take, said once more for clients (JSON Schema 2020-12).
//!
//! Structs and plain enums derive theirs; only what a derive can't see is written here.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{
    AccountId, AgentId, AlertId, BootId, Category, EventKind, HolderId, HostId, MessageId, Pace, Percent, ProjectId,
    Provider, QuestionId, Ratio, SessionId, Slots, SprintId, TaskId, Text, Timestamp, Usd, UserId, Weight,
};

/// What an id may hold; see [`crate::IdError`].
const ID: &str = r"^[A-Za-z0-9_][A-Za-z0-9_.:@+\-]*$";
/// What a client's own event kind may hold.
const KIND: &str = r"^[A-Za-z0-9._:\-]+$";
/// Any text without NUL.
const NO_NUL: &str = r"^[^\u0000]*$";

/// Text without NUL that is not white space alone.
pub(crate) const NOT_BLANK: &str = r"^[^\u0000]*[^\s\u0000][^\u0000]*$";

/// Schemas of types that are named by themselves.
macro_rules! schema {
    ($($name:ident: $description:literal, { $($json:tt)* };)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $description, $($json)* })
            }
        }
    )*};
}

/// Schemas of ids.
macro_rules! ids {
    ($($name:ident: $description:literal;)*) => {
        schema! {$($name: $description, { "type": "string", "minLength": 1, "maxLength": 128, "pattern": ID };)*}
    };
}

ids! {
    AccountId: "An account of a provider, as the settings name it.";
    AgentId: "An agent: `000` is GO, `m0` the Mac, `c0` the desk GO reports to; others are made by the Bus.";
    TaskId: "A task; a ticket's task has the ticket's id.";
    ProjectId: "A project.";
    HostId: "A host that runs agents.";
    UserId: "A human.";
    SessionId: "A human's session.";
    MessageId: "A message between agents.";
    SprintId: "A sprint.";
    AlertId: "An alert.";
    QuestionId: "A question to a human.";
    HolderId: "One process instance that bids for the lease.";
    BootId: "One boot of a machine, as the kernel names it.";
}

schema! {
    Slots: "Places for working agents on a host; 0 means none.",
        { "type": "integer", "format": "uint32", "minimum": 0, "maximum": Self::MAX };
    Weight: "A project's share of capacity among projects of the same priority.",
        { "type": "integer", "format": "uint32", "minimum": 1, "maximum": 1000 };
    Ratio: "A share of a whole.", { "type": "number", "format": "double", "minimum": 0, "maximum": 1 };
    Percent: "A percentage.", { "type": "number", "format": "double", "minimum": 0, "maximum": 100 };
    Pace: "Actual time over estimated time.", { "type": "number", "format": "double", "minimum": 0 };
    Timestamp: "An instant (RFC 3339); the Bus writes UTC with milliseconds, as 2026-03-21T08:15:30.250Z.",
        { "type": "string", "format": "date-time" };
    Usd: "An amount in US dollars, exact; one that is sent is at most 1000000000.",
        { "type": "string", "pattern": r"^[0-9]{1,29}(\.[0-9]{1,28})?$", "examples": ["0.0132"] };
    Provider: "Who runs the models of an account.",
        { "type": "string", "maxLength": 64, "pattern": NOT_BLANK, "examples": ["anthropic", "openai"] };
    Category: "The ticket's own kind: one of the examples, or any word; those from `chore` on need no review.",
        { "type": "string", "examples": [
            "feature", "config_change", "bp_update", "chore", "extraction", "classification", "routing"
        ] };
}

impl<const MAX: usize> JsonSchema for Text<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// The bound is one of bytes, which JSON Schema can't say; no text of more characters fits in any case.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX, "pattern": NO_NUL })
    }
}

impl JsonSchema for EventKind {
    fn schema_name() -> Cow<'static, str> {
        "EventKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let own: Vec<_> = Self::OWN.iter().map(Self::as_str).collect();
        json_schema!({
            "description": "What happened: one of the Bus's own kinds, or somebody's own outside their name spaces.",
            "anyOf": [
                { "type": "string", "enum": own },
                { "type": "string", "minLength": 1, "maxLength": 64, "pattern": KIND },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;

    fn bound(schema: &Schema, name: &str) -> u32 {
        u32::try_from(schema.get(name).unwrap().as_u64().unwrap()).unwrap()
    }

    #[test]
    fn numbers_are_taken_at_their_bounds_and_refused_beyond() {
        let (slots, weight) = (schema_for!(Slots), schema_for!(Weight));
        assert!(Slots::new(bound(&slots, "maximum")).is_ok() && Slots::new(bound(&slots, "maximum") + 1).is_err());
        assert!(Weight::new(bound(&weight, "maximum")).is_ok() && Weight::new(bound(&weight, "maximum") + 1).is_err());
        assert!(Weight::new(bound(&weight, "minimum")).is_ok() && Weight::new(bound(&weight, "minimum") - 1).is_err());
        let most = f64::from(bound(&schema_for!(Ratio), "maximum"));
        assert!(Ratio::new(most).is_ok() && Ratio::new(most + 0.1).is_err() && Ratio::new(-0.1).is_err());
        let most = f64::from(bound(&schema_for!(Percent), "maximum"));
        assert!(Percent::new(most).is_ok() && Percent::new(most + 0.1).is_err() && Percent::new(-0.1).is_err());
    }

    #[test]
    fn lengths_are_taken_at_their_bounds_and_refused_beyond() {
        let most = bound(&schema_for!(TaskId), "maxLength") as usize;
        assert!(TaskId::new("x".repeat(most)).is_ok() && TaskId::new("x".repeat(most + 1)).is_err());
        let most = bound(&schema_for!(Text<64>), "maxLength") as usize;
        assert!(Text::<64>::new("x".repeat(most)).is_ok() && Text::<64>::new("x".repeat(most + 1)).is_err());
    }

    /// The characters of the last bracket of a pattern such as `^[…][…]*$`, with its ranges written out.
    fn characters(pattern: &str) -> Vec<char> {
        let bracket = pattern.rsplit_once('[').unwrap().1.split_once(']').unwrap().0.replace('\\', "");
        let ranges: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').collect();
        let rest = bracket.strip_prefix("A-Za-z0-9").unwrap();
        ranges.into_iter().chain(rest.chars()).collect()
    }

    #[test]
    fn patterns_name_the_very_characters_that_are_taken() {
        for c in (0..=255u8).map(char::from) {
            assert_eq!(TaskId::new(format!("x{c}")).is_ok(), characters(ID).contains(&c), "{c:?} in an id");
            assert_eq!(format!("x{c}").parse::<EventKind>().is_ok(), characters(KIND).contains(&c), "{c:?} in a kind");
        }
    }

    #[test]
    fn the_bus_s_own_kinds_are_listed() {
        let schema = schema_for!(EventKind).to_value();
        assert_eq!(schema["anyOf"][0]["enum"].as_array().unwrap().len(), EventKind::OWN.len());
    }
}
