//! Single values: what each may be, and the sentence that says so where it isn't.

use go_bus_api::{
    Category, Deliver, DriverKind, HostState, Millis, Model, Priority, ProjectState, TaskState, Text, Usd,
};

use super::suggest::{did_you_mean, one_of};
use crate::yaml::{Node, Scalar};
use crate::{ResultLine, duration};

/// What reading a value gives: the value, or what is wrong with it.
pub(super) type Read<T> = Result<T, String>;

fn scalar<'n>(node: &'n Node, wanted: &str) -> Read<&'n Scalar> {
    match node.scalar() {
        Some(scalar) if !scalar.is_null() => Ok(scalar),
        _ => Err(format!("{wanted} is wanted here, this is {}", node.describe())),
    }
}

/// Text that is not blank; numbers and words count as text.
pub(super) fn text<const MAX: usize>(node: &Node) -> Read<Text<MAX>> {
    let text = Text::new(scalar(node, "text")?.text.clone()).map_err(|error| error.to_string())?;
    if text.is_blank() { Err("text is wanted here, this is blank".to_owned()) } else { Ok(text) }
}

/// Text that may be blank.
pub(super) fn any_text<const MAX: usize>(node: &Node) -> Read<Text<MAX>> {
    Text::new(scalar(node, "text")?.text.clone()).map_err(|error| error.to_string())
}

/// An id, or a reference to one.
pub(super) fn id<T: TryFrom<String, Error = go_bus_api::IdError>>(node: &Node) -> Read<T> {
    T::try_from(scalar(node, "an id")?.text.clone()).map_err(|error| error.to_string())
}

/// A whole number from `min` to `max`, without quotes.
pub(super) fn integer(min: u32, max: u32) -> impl Fn(&Node) -> Read<u32> {
    move |node| {
        let wanted = format!("a whole number from {min} to {max}");
        let scalar = scalar(node, &wanted)?;
        let number = if scalar.is_text() { None } else { scalar.text.parse().ok() };
        number
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| format!("{wanted} is wanted here, this is {:?}", scalar.text))
    }
}

/// The version of the file's format.
pub(super) fn version(node: &Node) -> Read<u32> {
    integer(1, 1)(node).map_err(|_| "this GO reads plans of version 1".to_owned())
}

/// `true` or `false`, without quotes.
pub(super) fn boolean(node: &Node) -> Read<bool> {
    let scalar = scalar(node, "true or false")?;
    match (scalar.is_text(), scalar.text.as_str()) {
        (false, "true" | "True" | "TRUE") => Ok(true),
        (false, "false" | "False" | "FALSE") => Ok(false),
        _ => Err(format!("true or false is wanted here, this is {:?}", scalar.text)),
    }
}

/// An amount of money, quoted or not.
pub(super) fn usd(node: &Node) -> Read<Usd> {
    scalar(node, "an amount such as \"25.00\"")?.text.parse()
}

/// A duration with its unit.
pub(super) fn duration(node: &Node) -> Read<Millis> {
    duration::parse(&scalar(node, "a duration such as 30m")?.text)
}

/// One of the words of a closed list.
fn word<T: Copy>(node: &Node, what: &str, all: &[T], name: fn(T) -> &'static str) -> Read<T> {
    let words: Vec<&str> = all.iter().map(|value| name(*value)).collect();
    let text = &scalar(node, what)?.text;
    all.iter().copied().find(|value| name(*value) == text).ok_or_else(|| {
        format!("{text:?} is not {what}: {} are allowed{}", one_of(&words), did_you_mean(text, words.iter().copied()))
    })
}

pub(super) fn task_state(node: &Node) -> Read<TaskState> {
    word(node, "a ticket's status", &TaskState::ALL, TaskState::as_str)
}

pub(super) fn host_state(node: &Node) -> Read<HostState> {
    use HostState::{Active, Draining, Inactive};
    word(node, "a host's state", &[Active, Inactive, Draining], HostState::as_str)
}

pub(super) fn project_state(node: &Node) -> Read<ProjectState> {
    use ProjectState::{Active, Done, Paused};
    word(node, "a project's state", &[Active, Paused, Done], ProjectState::as_str)
}

pub(super) fn priority(node: &Node) -> Read<Priority> {
    use Priority::{P0, P1, P2, P3};
    word(node, "a priority", &[P0, P1, P2, P3], Priority::as_str)
}

pub(super) fn driver(node: &Node) -> Read<DriverKind> {
    use DriverKind::{Claude, Codex, Command, Shell};
    word(node, "a driver", &[Shell, Claude, Codex, Command], DriverKind::as_str)
}

pub(super) fn deliver(node: &Node) -> Read<Deliver> {
    word(node, "a way to deliver", &[Deliver::Merge, Deliver::Branch, Deliver::None], Deliver::as_str)
}

/// A branch's name, as `git check-ref-format` has it but for what only git can tell.
pub(super) fn branch(node: &Node) -> Read<Text<256>> {
    let name: Text<256> = text(node)?;
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\".contains(c);
    let text = name.as_str();
    if text.starts_with('-') || text.contains("..") || text.ends_with('/') || text.chars().any(is_bad) {
        return Err(format!("{text:?} is no branch's name"));
    }
    Ok(name)
}

/// A path inside the repo, or a glob of such.
pub(super) fn inside(node: &Node) -> Read<Text<4096>> {
    let path: Text<4096> = text(node)?;
    let leaves = path.as_str().starts_with(['/', '-']) || path.as_str().split('/').any(|part| part == "..");
    if leaves { Err(format!("a path inside the repo is wanted here, this is {:?}", path.as_str())) } else { Ok(path) }
}

/// The kinds that decide on a review: a slip of the pen there would skip it silently.
const SIGNIFICANT: [&str; 3] = ["feature", "config_change", "bp_update"];

/// A ticket's kind: any word, but not one that all but says a significant kind (R24).
pub(super) fn category(node: &Node) -> Read<Category> {
    let text: Text<64> = text(node)?;
    let plain = text.as_str().to_lowercase().replace(['-', ' '], "_");
    let slip =
        SIGNIFICANT.iter().find(|kind| **kind != text.as_str() && strsim::damerau_levenshtein(&plain, kind) <= 1);
    match slip {
        Some(kind) => Err(format!("{:?} is not a kind that is reviewed, did you mean `{kind}`?", text.as_str())),
        None => Ok(Category::from(text.as_str().to_owned())),
    }
}

pub(super) fn model(node: &Node) -> Read<Model> {
    text(node).map(Model)
}

pub(super) fn result_line(node: &Node) -> Read<Option<ResultLine>> {
    Ok(ResultLine::of(&scalar(node, "text")?.text))
}
