//! What the settings name and is not there: one line on the whole, with what holds instead.

use go_steward::Absent;

use crate::settings::Settings;

/// Says it: as a warning where somebody set such a path, else as news that a fresh machine always has.
pub(super) fn tell(absent: &[Absent], settings: &Settings) {
    let Some(line) = line(absent) else { return };
    if absent.iter().any(|absent| settings.is_set(absent.setting())) {
        tracing::warn!("{line}");
    } else {
        tracing::info!("{line}");
    }
}

/// The line; `None` where everything is there. The Execution Log is no matter: its first entry makes it.
fn line(absent: &[Absent]) -> Option<String> {
    let named: Vec<&str> =
        absent.iter().filter(|absent| **absent != Absent::ExecutionLog).map(|absent| absent.setting()).collect();
    let instead: Vec<&str> = absent.iter().filter_map(|absent| instead(*absent)).collect();
    (!named.is_empty()).then(|| {
        let (named, instead) = (named.join(", "), instead.join("; "));
        format!("not there: {named}; {instead}; docs/stewards.md says what to write, and the rest works without")
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
}
