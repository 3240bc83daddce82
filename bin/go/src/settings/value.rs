//! What a setting's value may be, and how each is read from YAML.

use std::collections::BTreeMap;
use std::fmt::Display;

use go_bus_api::{DriverKind, Ratio, RbacMode, Usd};
use serde_yaml::Value;

use super::Period;

/// A type that a setting can have.
pub(crate) trait Setting: Sized {
    /// Reads it, or says what would be right.
    fn read(value: &Value) -> Result<Self, String>;
    /// The value as `config show` prints it; never a secret.
    fn show(&self) -> String;
}

/// A scalar's text as it would be written; `None` for lists and maps.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value for a message: its text, or its shape.
fn described(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) | Value::Tagged(_) => "a map".to_owned(),
        other => scalar(other).unwrap_or_default(),
    }
}

/// Reads one of `choices` by its word.
pub(super) fn one_of<T: Copy>(value: &Value, choices: &[(&str, T)]) -> Result<T, String> {
    let found = described(value);
    choices.iter().find(|(word, _)| *word == found).map(|(_, choice)| *choice).ok_or_else(|| {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        format!("{found} is none of {}", words.join(", "))
    })
}

impl Setting for bool {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &[("true", true), ("false", false)])
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for u32 {
    fn read(value: &Value) -> Result<Self, String> {
        let found = described(value);
        found.parse().map_err(|_| format!("{found} is not a whole number from 0"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for u64 {
    fn read(value: &Value) -> Result<Self, String> {
        let found = described(value);
        found.parse().map_err(|_| format!("{found} is not a whole number from 0"))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    fn read(value: &Value) -> Result<Self, String> {
        match scalar(value) {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => Err("must not be empty".to_owned()),
            None => Err(format!("{} where text is expected", described(value))),
        }
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for Period {
    fn read(value: &Value) -> Result<Self, String> {
        described(value).parse()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Usd {
    fn read(value: &Value) -> Result<Self, String> {
        described(value).parse()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Ratio {
    fn read(value: &Value) -> Result<Self, String> {
        let found = described(value);
        found
            .parse()
            .ok()
            .and_then(|number| Self::new(number).ok())
            .ok_or(format!("{found} is not a ratio from 0 to 1"))
    }

    fn show(&self) -> String {
        self.get().to_string()
    }
}

impl Setting for DriverKind {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &[Self::Shell, Self::Claude, Self::Codex, Self::Command].map(|d| (d.as_str(), d)))
    }

    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Setting for RbacMode {
    fn read(value: &Value) -> Result<Self, String> {
        one_of(value, &[("audit", Self::Audit), ("enforce", Self::Enforce)])
    }

    fn show(&self) -> String {
        if *self == Self::Audit { "audit".to_owned() } else { "enforce".to_owned() }
    }
}

/// `auto`, or a value of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auto<T> {
    /// Follows what is found at the start.
    Auto,
    /// Fixed.
    Fixed(T),
}

impl<T: Setting> Setting for Auto<T> {
    fn read(value: &Value) -> Result<Self, String> {
        if value.as_str() == Some("auto") {
            return Ok(Self::Auto);
        }
        T::read(value).map(Self::Fixed).map_err(|why| format!("{why}; or write auto"))
    }

    fn show(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::Fixed(value) => value.show(),
        }
    }
}

impl<T: Setting> Setting for Option<T> {
    fn read(value: &Value) -> Result<Self, String> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "none".to_owned(), T::show)
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn read(value: &Value) -> Result<Self, String> {
        let items = value.as_sequence().ok_or_else(|| format!("{} where a list is expected", described(value)))?;
        items.iter().map(T::read).collect()
    }

    fn show(&self) -> String {
        format!("[{}]", join(self.iter().map(T::show)))
    }
}

impl<T: Setting> Setting for BTreeMap<String, T> {
    fn read(value: &Value) -> Result<Self, String> {
        let entries = value.as_mapping().ok_or_else(|| format!("{} where a map is expected", described(value)))?;
        entries.iter().map(|(key, value)| Ok((String::read(key)?, T::read(value)?))).collect()
    }

    fn show(&self) -> String {
        format!("{{{}}}", join(self.iter().map(|(key, value)| format!("{key}: {}", value.show()))))
    }
}

fn join(parts: impl Iterator<Item: Display>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(", ")
}
