//! The layers, the faults and where each stands, and the page's defaults.

use super::*;

fn faults(text: &str) -> Vec<String> {
    match read(Some((Path::new("go.yaml"), text)), &[], &Flags::default()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn shown(settings: &Settings, key: &str) -> (String, String) {
    let found = settings.shown.iter().find(|shown| shown.key == key);
    found.map(|shown| (shown.value.clone(), shown.origin.clone())).unwrap_or_default()
}

#[test]
fn with_nothing_set_every_value_is_the_page_s_default() {
    let settings = read(None, &[], &Flags::default()).unwrap();
    let default = |key: &str| {
        let (value, origin) = shown(&settings, key);
        assert_eq!(origin, "default", "{key}");
        value
    };
    assert_eq!(default("bus.url"), "http://localhost:8088");
    assert_eq!(default("bus.database"), "sqlite:.go/bus.db");
    assert_eq!(default("lease.heartbeat"), "1m");
    assert_eq!(default("agents.stop_grace"), "1.5s");
    assert_eq!(default("agents.max"), "auto");
    assert_eq!(["ho", "po", "io"].map(|seat| default(&format!("agents.{seat}"))), ["shell", "shell", "shell"]);
    assert_eq!(default("improvement.kinds"), "[tests, hardening, optimization]");
    assert_eq!(default("costs.daily_usd"), "100");
    assert_eq!(default("context.rotate_at"), "0.7");
    assert!(settings.shown.len() > 50, "{} keys", settings.shown.len());
}

#[test]
fn the_later_layer_wins_and_each_value_knows_its_own() {
    let text = "lease: {heartbeat: 5s, missed_heartbeats: 4}\nagents:\n  min: 1\n  max: 7\n";
    let environment = environment(&[("XIO_LEASE__HEARTBEAT", "6s"), ("XIO_AGENTS__MIN", "2")]);
    let flags = Flags { keys: vec![("agents.min".to_owned(), "--set", "9".to_owned())], ..Flags::default() };
    let settings = read(Some((Path::new("go.yaml"), text)), &environment, &flags).unwrap();
    assert_eq!(shown(&settings, "lease.heartbeat"), ("6s".into(), "XIO_LEASE__HEARTBEAT".into()));
    assert_eq!(shown(&settings, "lease.missed_heartbeats"), ("4".into(), "go.yaml:1:24".into()));
    assert_eq!(shown(&settings, "agents.min"), ("9".into(), "--set".into()));
    assert_eq!(shown(&settings, "agents.max"), ("7".into(), "go.yaml:4:3".into()));
    assert_eq!((settings.agents.min, settings.lease.missed), (9, 4));
}

#[test]
fn all_faults_come_in_one_run_each_at_its_own_line() {
    let text = "bus: {lisen: 127.0.0.1:1}\nlease:\n  heartbeat: 60\n  missed_heartbeats: 0\nagent: {min: 3}\ncosts: 5\n\
                heartbeat: 5s\nagents: {driver: bash}\n";
    assert_eq!(
        faults(text),
        [
            "go.yaml:1:7: bus.lisen is not a setting; did you mean bus.listen?",
            "go.yaml:3:3: lease.heartbeat: 60 has no unit; write 60s for seconds",
            "go.yaml:4:3: lease.missed_heartbeats: at least 1 heartbeat may be missed",
            "go.yaml:5:1: agent is not a setting; did you mean agents?",
            "go.yaml:6:1: costs is a section; its settings stand below it",
            "go.yaml:7:1: heartbeat is not a setting; did you mean lease.heartbeat?",
            "go.yaml:8:10: agents.driver: bash is none of shell, claude, codex, command",
        ]
    );
}

#[test]
fn a_syntax_error_stops_at_its_own_line() {
    let found = faults("bus:\n  url: 'x\n");
    assert_eq!(found.len(), 1);
    assert!(found.iter().all(|fault| fault.starts_with("go.yaml:")), "{found:?}");
    assert!(faults("- a\n").iter().all(|fault| fault.contains("map of sections")));
}

#[test]
fn entries_of_lists_are_checked_too() {
    let text = "accounts:\n  - {name: a, provider: openai, token_env: A}\n  - {name: b, provder: x, token_env: B}\nsecrets: 3\n";
    let found = faults(text);
    assert_eq!(
        found,
        [
            "go.yaml:3:5: accounts.1.provider is missing",
            "go.yaml:3:15: accounts.1.provder is not a setting; did you mean accounts.1.provider?",
            "go.yaml:4:1: secrets: a list is expected",
        ]
    );
}

#[test]
fn one_underscore_in_the_environment_is_told_that_two_belong() {
    let found = read(None, &environment(&[("XIO_LEASE_HEARTBEAT", "5s")]), &Flags::default()).unwrap_err();
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["XIO_LEASE_HEARTBEAT: not a setting; nesting is two underscores: XIO_LEASE__HEARTBEAT"]
    );
    let unknown = read(None, &environment(&[("XIO_LEASE__HARTBEAT", "5s")]), &Flags::default()).unwrap_err();
    assert!(unknown[0].to_string().starts_with("XIO_LEASE__HARTBEAT: lease.hartbeat is not a setting; did you mean"));
    assert!(read(None, &environment(&[("XIO_TASK", "T-1"), ("XIO_AGENT_ID", "a")]), &Flags::default()).is_ok());
}

#[test]
fn the_data_folder_carries_the_database_and_listen_carries_the_url() {
    let flags =
        Flags { data: Some("/d".into()), keys: vec![("bus.listen".to_owned(), "--listen", "0.0.0.0:9".to_owned())] };
    let settings = read(None, &environment(&[("XIO_DATA", "/e")]), &flags).unwrap();
    assert_eq!(settings.bus.database, Database::Sqlite("/d/bus.db".into()));
    assert_eq!(settings.bus.url, "http://127.0.0.1:9");
    let other =
        read(None, &environment(&[("XIO_DATA", "/e"), ("XIO_BUS_URL", "http://b:1/")]), &Flags::default()).unwrap();
    assert_eq!((other.data, other.bus.url), ("/e".into(), "http://b:1".to_owned()));
}

#[test]
fn anchors_and_merges_are_followed() {
    let text = "agents: &a {min: 5}\nlease: {heartbeat: &beat 3s}\nwatchdog: {interval: *beat}\n";
    assert_eq!(faults(text), Vec::<String>::new());
}

#[test]
fn an_unusual_sprint_is_a_warning() {
    let settings = read(Some((Path::new("go.yaml"), "sprint: {min: 5s}\n")), &[], &Flags::default()).unwrap();
    assert_eq!(settings.warnings.len(), 1);
    assert!(settings.warnings[0].to_string().starts_with("go.yaml:1:10: a sprint outside"));
}

#[test]
fn the_settings_of_sprints_are_what_go_goes_by() {
    let rhythm = |text: &str| {
        read(Some((Path::new("go.yaml"), text)), &[], &Flags::default()).map(|settings| settings.sprint.rhythm())
    };
    assert_eq!(rhythm(""), Ok(go_sprint::Rhythm::default()));
    let seconds = std::time::Duration::from_secs;
    let short = go_sprint::Rhythm { min: seconds(2), max: seconds(5), max_tickets: Some(4) };
    assert_eq!(rhythm("sprint: {min: 2s, max: 5s, max_tickets: 4}\n"), Ok(short));
    for bad in ["min: 2s, max: 1s", "min: 0s", "max: 8d", "max_tickets: 0"] {
        assert_eq!(faults(&format!("sprint: {{{bad}}}\n")).len(), 1, "{bad}");
    }
}

#[test]
fn the_file_that_init_writes_shows_every_key_with_its_default() {
    let text = include_str!("../commands/init/go.yaml");
    assert_eq!(faults(text), Vec::<String>::new());
    let is_setting = |line: &&str| line.split_once(':').is_some_and(|(key, _)| !key.trim().contains(' '));
    let uncommented = text.lines().filter_map(|line| line.strip_prefix("# ")).filter(is_setting);
    let uncommented: String = uncommented.map(|line| format!("{line}\n")).collect();
    let written = read(Some((Path::new("go.yaml"), &uncommented)), &[], &Flags::default());
    let written = written.unwrap_or_else(|faults| panic!("{faults:?}"));
    let default = read(None, &[], &Flags::default()).unwrap();
    let values = |settings: &Settings| -> Vec<_> {
        settings.shown.iter().map(|shown| (shown.key.clone(), shown.value.clone())).collect()
    };
    assert_eq!(values(&written), values(&default));
    let unset: Vec<_> = written.shown.iter().filter(|shown| shown.origin == "default" && shown.key != "data").collect();
    assert!(unset.is_empty(), "not in the file: {unset:?}");
}

#[test]
fn what_was_set_can_be_handed_on_and_reads_back_the_same() {
    let text = "agents: {heartbeat: 1500ms, max: 3}\nmodels: {opus: house-opus}\nlease: {heartbeat: 5s}\n";
    let settings = read(Some((Path::new("go.yaml"), text)), &[], &Flags::default()).unwrap();
    let handed: Vec<_> = settings.set_in(&["agents.", "models."]).collect();
    assert_eq!(handed, ["agents.max=3", "agents.heartbeat=1.5s", "models.opus=house-opus"]);
    let pairs = handed.iter().filter_map(|pair| pair.split_once('='));
    let keys = pairs.map(|(key, value)| (key.to_owned(), "--set", value.to_owned())).collect();
    let child = read(None, &[], &Flags { data: None, keys }).unwrap();
    assert_eq!((child.agents, child.spawning), (settings.agents, settings.spawning));
}
