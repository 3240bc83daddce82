//! How a ticket is put into words.

use crate::edit::quote::render;
use crate::yaml::ScalarStyle;
use crate::{Ticket, duration};

/// A ticket's keys and values, in the order in which people write them; what is as by default is left out.
pub(super) struct Written(Vec<(&'static str, Value)>);

enum Value {
    Text(String),
    Number(u32),
    List(Vec<String>),
}

impl Written {
    pub(super) fn new(ticket: &Ticket) -> Self {
        let texts = |list: &[go_bus_api::Text<64>]| list.iter().map(ToString::to_string).collect();
        let text = |value: Option<&str>| value.map(|text| Value::Text(text.to_owned()));
        let list = |list: Vec<String>| Some(list).filter(|list| !list.is_empty()).map(Value::List);
        let unless_default = |is_default: bool, value: &str| (!is_default).then(|| Value::Text(value.to_owned()));
        let attempts = Some(ticket.max_attempts).filter(|attempts| *attempts != Ticket::MAX_ATTEMPTS);
        let pairs = [
            ("id", text(Some(ticket.id.as_str()))),
            ("title", text(Some(ticket.title.as_str()))),
            ("kind", text(ticket.kind.as_ref().map(|kind| kind.as_str()))),
            ("priority", unless_default(ticket.priority == Default::default(), ticket.priority.as_str())),
            ("depends_on", list(ticket.depends_on.iter().map(ToString::to_string).collect())),
            ("labels", list(texts(&ticket.labels))),
            ("estimate_minutes", ticket.estimate_minutes.map(Value::Number)),
            ("timeout", ticket.timeout.map(|timeout| Value::Text(duration::print(timeout)))),
            ("max_attempts", attempts.map(Value::Number)),
            ("model", text(ticket.model.as_ref().map(|model| model.0.as_str()))),
            ("host", text(ticket.host.as_ref().map(|host| host.as_str()))),
            ("capabilities", list(texts(&ticket.capabilities))),
            ("run", text(ticket.run.as_ref().map(|run| run.as_str()))),
            ("verify", list(ticket.verify.iter().map(ToString::to_string).collect())),
            ("review", text(ticket.review.as_ref().map(|review| review.as_str()))),
            ("description", unless_default(ticket.description.as_str().is_empty(), ticket.description.as_str())),
            ("status", unless_default(ticket.status == Default::default(), ticket.status.as_str())),
            ("result", ticket.result.as_ref().map(|result| Value::Text(result.to_string()))),
            ("sprint", text(ticket.sprint.as_ref().map(|sprint| sprint.as_str()))),
        ];
        Self(pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
    }

    /// In braces, on one line; as JSON where `json`.
    pub(super) fn flow(&self, json: bool) -> String {
        format!("{{{}}}", self.pairs(json).join(", "))
    }

    /// By indentation: an item whose dash stands at column `indent`.
    pub(super) fn block(&self, indent: usize, line_break: &str) -> String {
        let inner = format!("{line_break}{}", " ".repeat(indent.saturating_add(2)));
        format!("{}- {}", " ".repeat(indent), self.pairs(false).join(&inner))
    }

    fn pairs(&self, json: bool) -> Vec<String> {
        let quoted = |text: &str| if json { render(Some(text), ScalarStyle::DoubleQuoted) } else { quote(text) };
        let value = |value: &Value| match value {
            Value::Text(text) => quoted(text),
            Value::Number(number) => number.to_string(),
            Value::List(list) => {
                format!("[{}]", list.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
            }
        };
        let key = |key: &str| if json { format!("\"{key}\"") } else { key.to_owned() };
        self.0.iter().map(|(name, text)| format!("{}: {}", key(name), value(text))).collect()
    }
}

/// Bare where that can't be misread, else in the quotes that need the fewest escapes.
fn quote(text: &str) -> String {
    let escapes = text.contains(['"', '\\']) && !text.contains('\'');
    let bare = render(Some(text), ScalarStyle::Plain);
    if escapes && bare.starts_with('"') { render(Some(text), ScalarStyle::SingleQuoted) } else { bare }
}
