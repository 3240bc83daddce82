//! The systemd units of docs/service.md are units, and what they start is a command of this program.

use std::collections::BTreeMap;
use std::process::Command;

use crate::place::{Place, code, err};

/// The units by name, as the page has them.
fn units() -> BTreeMap<&'static str, &'static str> {
    let page = include_str!("../../../../docs/service.md");
    let parts = page.split("`/etc/systemd/system/").skip(1);
    parts
        .map(|part| {
            let (name, rest) = part.split_once("`:\n```ini\n").unwrap();
            (name, rest.split_once("```").unwrap().0)
        })
        .collect()
}

#[test]
fn what_the_units_start_is_a_command() {
    let starts = units().into_values().flat_map(str::lines).filter_map(|line| line.strip_prefix("ExecStart="));
    let commands: Vec<Vec<&str>> = starts.map(|line| line.split(' ').skip(1).collect()).collect();
    assert_eq!(commands.iter().map(|words| words[0]).collect::<Vec<_>>(), ["watchdog", "up"]);
    for words in commands {
        let output = Place::new().go(&[words.as_slice(), &["--help"]].concat());
        assert_eq!(code(&output), 0, "{words:?}: {}", err(&output));
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "systemd's own check is what is run")]
fn systemd_has_nothing_to_say_against_them() {
    let place = Place::new();
    let units = units();
    assert_eq!(units.keys().copied().collect::<Vec<_>>(), ["go-watchdog.service", "go-watchdog.timer", "go.service"]);
    for (name, text) in &units {
        // It looks for the program and the user.
        let text = text.replace("/usr/local/bin/go ", "/bin/true ").replace("User=go\n", "User=root\n");
        std::fs::write(place.path().join(name), text).unwrap();
    }
    let files = units.keys().map(|name| place.path().join(name));
    let Ok(output) = Command::new("systemd-analyze").arg("verify").args(files).output() else {
        eprintln!("SKIPPED: systemd-analyze is not here");
        return;
    };
    let told = err(&output);
    let about_ours: Vec<&str> =
        told.lines().filter(|line| line.contains("go.service") || line.contains("go-watch")).collect();
    assert_eq!((code(&output), about_ours), (0, Vec::new()), "{told}");
}
