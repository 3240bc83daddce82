//! What the settings name and is not there: one line on the whole, with what holds instead.

use go_steward::Absent;

use crate::failure::Failure;
use crate::render::print;
use crate::settings::Settings;

/// Says it: as a warning where somebody set such a path, else as news for people.
pub(super) fn tell(absent: &[Absent], settings: &Settings) -> Result<(), Failure> {
    let Some(line) = line(absent) else { return Ok(()) };
    if absent.iter().any(|absent| settings.is_set(absent.setting())) {
        tracing::warn!("{line}");
        return Ok(());
    }
    print(format_args!("{line}\n"))
}

/// The line; `None` where everything is there. The Execution Log is no matter: its first entry makes it.
fn line(absent: &[Absent]) -> Option<String> {
    if [Absent::Rules, Absent::Templates, Absent::Skills].iter().all(|kind| absent.contains(kind)) {
        let line = "no rules, templates or skills are where paths.* says; the built-in ones hold (docs/stewards.md)";
        return Some(line.to_owned());
    }
    let named: Vec<&str> =
        absent.iter().filter(|absent| **absent != Absent::ExecutionLog).map(|absent| absent.setting()).collect();
    let instead: Vec<&str> = absent.iter().filter_map(|absent| instead(*absent)).collect();
    (!named.is_empty()).then(|| {
        let (named, instead) = (named.join(", "), instead.join("; "));
        format!("not there: {named}; {instead}; the rest works without (docs/stewards.md)")
    })
}

/// What holds instead.
fn instead(absent: Absent) -> Option<&'static str> {
    match absent {
        Absent::Rules => Some("the house rules alone hold"),
        Absent::Templates => Some("prompts are laid out as built in"),
        Absent::Skills => Some("no skill is offered or run"),
        Absent::Bootstrap => Some("no bootstrap skill is run"),
        Absent::Blueprint => Some("no prompt points to a blueprint"),
        Absent::Memory => Some("no prompt points to memories"),
        Absent::ExecutionLog => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_names_the_settings_and_what_holds_instead() {
        let said = line(&[Absent::Rules, Absent::ExecutionLog, Absent::Memory]).unwrap();
        assert!(
            said.starts_with("not there: paths.rules, paths.memory; the house rules alone hold; no prompt"),
            "{said}"
        );
        assert_eq!((line(&[Absent::ExecutionLog]), line(&[])), (None, None));
    }

    #[test]
    fn a_fresh_machine_is_told_in_a_few_words() {
        let all = [Absent::Rules, Absent::Templates, Absent::Skills, Absent::Blueprint, Absent::Memory];
        assert!(line(&all).is_some_and(|line| line.len() < 100), "{:?}", line(&all));
    }
}
