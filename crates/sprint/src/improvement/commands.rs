//! Findings of commands that a person has set: `improvement.find` tells whether there is something, `improvement.run` mends it.

use std::collections::BTreeMap;

use go_bus_api::{DriverKind, Text};

use super::{Finding, Fingerprint, ImprovementKind, ImprovementSource, NOTHING_TO_IMPROVE, Subject};

/// The longest command that either setting takes, in bytes.
pub const LONGEST_COMMAND: usize = 4096;

/// The commands of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImprovementCommands {
    /// Exits non-zero as long as there is something to improve, and prints what.
    pub find: Text<LONGEST_COMMAND>,
    /// Improves it, for the shell driver; agents read what `find` prints.
    pub run: Option<Text<LONGEST_COMMAND>>,
}

/// The settings `improvement.find` and `improvement.run`.
///
/// A look is part of the work: the task runs `find` first and ends as done with [`NOTHING_TO_IMPROVE`] where that passes; else it
/// improves, and `find` is its `verify`. So what it did is known to have failed before and to pass after, though GO runs nothing itself.
#[derive(Debug, Clone, Default)]
pub struct CommandFindings(BTreeMap<ImprovementKind, ImprovementCommands>);

impl CommandFindings {
    /// The findings of these commands.
    pub fn new(commands: BTreeMap<ImprovementKind, ImprovementCommands>) -> Self {
        Self(commands)
    }
}

impl ImprovementSource for CommandFindings {
    fn findings(&self, subject: &Subject<'_>) -> Vec<Finding> {
        let of = |(kind, commands): (&ImprovementKind, &ImprovementCommands)| finding(*kind, commands, subject.driver);
        self.0.iter().filter_map(of).collect()
    }

    fn lacks(&self, subject: &Subject<'_>) -> Option<String> {
        let words = match subject.driver {
            DriverKind::Shell => "the settings `improvement.find` and `improvement.run`",
            _ => "the setting `improvement.find`",
        };
        self.findings(subject).is_empty().then(|| words.to_owned())
    }
}

fn finding(kind: ImprovementKind, commands: &ImprovementCommands, driver: DriverKind) -> Option<Finding> {
    let find = commands.find.as_str();
    let run = match driver {
        DriverKind::Shell => Some(script(find, commands.run.as_ref()?.as_str())),
        _ => None,
    };
    Some(Finding {
        kind,
        title: Text::clipped(title(kind)),
        description: Text::clipped(&mission(find)),
        fingerprint: Fingerprint::of(&["command", find, run.as_deref().unwrap_or_default()]),
        run: run.map(Text::new).transpose().ok()?,
        verify: vec![commands.find.clone()],
        recurs: true,
    })
}

fn title(kind: ImprovementKind) -> &'static str {
    match kind {
        ImprovementKind::Tests => "Mend what the check of tests finds",
        ImprovementKind::Hardening => "Mend what the check of hardening finds",
        ImprovementKind::Optimization => "Mend what the check of optimization finds",
    }
}

fn mission(find: &str) -> String {
    format!(
        "Run this first:\n\n{find}\n\nWhere it exits 0, change nothing, say `{NOTHING_TO_IMPROVE}` last, and end. Else what it prints is what \
         is to be improved: do that and nothing else, until it exits 0. Weaken neither it nor any test."
    )
}

/// Looks first. Newlines part the commands, so that neither a comment nor a here-document of theirs reaches beyond its own. What was found goes
/// on in the environment, cut to what an environment takes.
fn script(find: &str, run: &str) -> String {
    format!(
        "if XIO_FINDING=$( (\n{find}\n) 2>&1 ); then\necho '{NOTHING_TO_IMPROVE}'\nexit 0\nfi\n\
         XIO_FINDING=$(printf %s \"$XIO_FINDING\" | tail -c 16384)\nprintf '%s\\n' \"$XIO_FINDING\"\nexport XIO_FINDING\n{run}\n"
    )
}
