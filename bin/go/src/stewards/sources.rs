//! Where the stewards' files lie for this process and for the agents that it starts.

use go_steward::Sources;

use crate::fleet::execution_log;
use crate::settings::Settings;

/// Where they lie, with the Execution Log as GO writes it.
pub(super) fn of(settings: &Settings) -> Sources {
    Sources { execution_log: execution_log(settings), ..settings.paths.stewards() }
}

/// The same as `--set KEY=VALUE` takes it: what somebody set, and what would mean something else in another folder. What begins in the
/// home folder by default does so for an agent too.
pub(crate) fn handed_on(settings: &Settings) -> impl Iterator<Item = String> {
    let Sources { rules, templates, skills, blueprint, execution_log, memory, .. } = of(settings);
    let paths = [
        ("paths.rules", rules),
        ("paths.templates", templates),
        ("paths.skills", skills),
        ("paths.blueprint", blueprint),
        ("paths.execution_log", execution_log),
        ("paths.memory", memory),
    ];
    let is_at_home = |key| settings.shown.iter().any(|shown| shown.key == key && shown.value.starts_with("~/"));
    let handed_on = move |key| settings.is_set(key) || !is_at_home(key);
    // JSON's quotes are YAML's too.
    let text = |path: std::path::PathBuf| serde_json::Value::from(path.display().to_string());
    paths.into_iter().filter(move |(key, _)| handed_on(key)).map(move |(key, path)| format!("{key}={}", text(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Flags, read};

    #[test]
    fn what_was_set_and_what_begins_here_reaches_an_agent_as_a_whole_path() {
        let set = |key: &str, value: &str| (key.to_owned(), "--set", value.to_owned());
        let keys = vec![set("paths.rules", "\"a b: c\""), set("paths.memory", "~/notes")];
        let settings = read(None, &[], &Flags { data: None, keys }).unwrap();
        let pairs: Vec<String> = handed_on(&settings).collect();
        let here = std::env::current_dir().unwrap();
        assert_eq!(pairs.first(), Some(&format!("paths.rules=\"{}/a b: c\"", here.display())));
        assert!(pairs.iter().all(|pair| !pair.starts_with("paths.templates=")), "{pairs:?}");
        let flags = Flags {
            data: None,
            keys: pairs.iter().map(|pair| pair.split_once('=').unwrap()).map(|(k, v)| set(k, v)).collect(),
        };
        assert_eq!(of(&read(None, &[], &flags).unwrap()), of(&settings), "and means the same to it");
    }
}
