//! The template engine, as strict as it gets: names that there are not are mistakes, and work is bounded.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::Variables;
use crate::diagnostic::{Diagnostic, Place};
use crate::yaml::{did_you_mean, one_of};

/// The name of the one template in its environment.
const NAME: &str = "prompt";
/// The most work of one rendering: enough for every prompt, and over in milliseconds.
const FUEL: u64 = 200_000;

/// Compiles the text of the file at `path`.
pub(super) fn compile(path: &Path, text: String) -> Result<Environment<'static>, Diagnostic> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_debug(true);
    engine.set_fuel(Some(FUEL));
    let source = text.clone();
    engine.add_template_owned(NAME, text).map_err(|error| diagnostic(path, &source, &error))?;
    Ok(engine)
}

/// Renders it; the text ends in one line end.
pub(super) fn render(
    engine: &Environment<'static>,
    path: &Path,
    variables: &Variables<'_>,
) -> Result<String, Diagnostic> {
    let texts = variables.texts().map(|(name, text)| (name.to_owned(), Value::from(text.trim_end())));
    let rendered = engine.get_template(NAME).and_then(|template| template.render(Value::from(BTreeMap::from(texts))));
    let text = rendered.map_err(|error| diagnostic(path, error.template_source().unwrap_or_default(), &error))?;
    Ok(format!("{}\n", text.trim_end()))
}

/// The mistake with its place in `source`.
fn diagnostic(path: &Path, source: &str, error: &Error) -> Diagnostic {
    let place = match error.range() {
        Some(range) => Place::of(source, range.start),
        None => Place { line: error.line().unwrap_or(1), column: 1 },
    };
    let Place { line, column } = place;
    Diagnostic { file: path.to_owned(), line, column, message: message(source, error) }
}

fn message(source: &str, error: &Error) -> String {
    let written = error.range().and_then(|range| source.get(range)).unwrap_or_default();
    match error.kind() {
        ErrorKind::UndefinedError => {
            let known = names();
            let hint = did_you_mean(written, known.iter().copied());
            format!("`{written}` is no variable{hint}; there are {}", one_of(&known))
        }
        ErrorKind::OutOfFuel => "this is more work than a prompt may take".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), |detail| format!("{kind}: {detail}")),
    }
}

/// The names of the variables.
fn names() -> [&'static str; 11] {
    let none = Variables {
        role: go_bus_api::Role::Po,
        identity: "",
        mission: "",
        ticket: "",
        handoff: "",
        verification: "",
        context_rotation: "",
        rules: "",
        skills: "",
        state_files: "",
        bus_access: "",
    };
    none.texts().map(|(name, _)| name)
}
