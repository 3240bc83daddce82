//! What lies in the way of a Bus, and a Bus that goes away: one clear message, the right exit code, and nothing lost.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;

use crate::place::{Place, code, err, free_port, out};

/// What `go bus serve` says where it can't.
fn refused(place: &Place, more: &[&str]) -> String {
    let output = place.go(&[&["bus", "serve", "--listen", "127.0.0.1:0"], more].concat());
    assert_eq!((code(&output), out(&output)), (1, String::new()), "{}", err(&output));
    let said = err(&output);
    assert!(said.lines().count() <= 2 && said.starts_with("go: "), "{said}");
    said
}

/// A Bus that has served and ended cleanly.
fn served(place: &Place) {
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    bus.url();
    bus.signal(Signal::INT);
    assert_eq!(bus.end().0.code(), Some(130));
}

#[test]
fn a_port_in_use_is_named_with_how_to_choose_another() {
    let place = Place::with_plan("version: 1\nprojects: []\n");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    for command in [vec!["bus", "serve", "--listen", &listen], vec!["up", "--listen", &listen]] {
        let output = place.go(&command);
        assert_eq!(code(&output), 1);
        assert!(err(&output).contains(&listen) && err(&output).contains("--listen"), "{}", err(&output));
    }
}

#[test]
fn a_file_where_the_data_folder_should_be_is_named() {
    let place = Place::new();
    fs::write(place.path().join(".go"), "mine").unwrap();
    let said = refused(&place, &[]);
    assert!(said.contains(".go") && said.contains("--data"), "{said}");
    assert_eq!(fs::read_to_string(place.path().join(".go")).unwrap(), "mine");
}

#[test]
fn an_operator_s_token_that_can_not_be_one_is_named() {
    let place = Place::new();
    let token = place.path().join(".go/operator.token");
    fs::create_dir_all(&token).unwrap();
    assert!(refused(&place, &[]).contains("operator.token"));
    fs::remove_dir(&token).unwrap();
    fs::write(&token, "two words\n").unwrap();
    assert!(refused(&place, &[]).contains("operator.token holds no token"));
    assert_eq!(fs::read_to_string(&token).unwrap(), "two words\n");
}

#[test]
fn an_operator_s_token_that_others_can_read_is_taken_from_them() {
    let place = Place::new();
    served(&place);
    let token = place.path().join(".go/operator.token");
    let before = fs::read_to_string(&token).unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
    served(&place);
    assert_eq!(fs::metadata(&token).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(&token).unwrap(), before);
}

#[test]
fn a_wrong_token_is_4_and_says_where_the_right_one_lies() {
    let place = Place::new();
    fs::create_dir(place.path().join("other")).unwrap();
    fs::write(place.path().join("other/operator.token"), "xio_wrong\n").unwrap();
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    for command in [vec!["tasks"], vec!["status"], vec!["run"], vec!["events", "-f"], vec!["pause"]] {
        let output = place.go(&[&command[..], &["--bus-url", &url, "--data", "other"]].concat());
        assert_eq!(code(&output), 4, "{command:?}: {}", err(&output));
        assert!(err(&output).contains("operator.token") && err(&output).contains("XIO_TOKEN"), "{}", err(&output));
    }
}

#[test]
fn a_database_that_is_none_is_left_as_it_is() {
    let place = Place::with_plan("version: 1\nprojects: []\n");
    fs::create_dir(place.path().join(".go")).unwrap();
    let text = "no database, but somebody's. ".repeat(500);
    fs::write(place.path().join(".go/bus.db"), &text).unwrap();
    let said = refused(&place, &[]);
    assert!(said.contains("bus.db: the database is damaged") && said.contains("nothing was changed"), "{said}");
    assert_eq!(code(&place.go(&["up", "--listen", "127.0.0.1:0"])), 1);
    assert_eq!(fs::read_to_string(place.path().join(".go/bus.db")).unwrap(), text);
}

#[test]
fn a_newer_database_is_left_to_the_newer_program() {
    let place = Place::new();
    served(&place);
    let path = place.path().join(".go/bus.db");
    assert!(!place.path().join(".go/bus.db-wal").exists(), "a clean end leaves no write-ahead log");
    let mut bytes = fs::read(&path).unwrap();
    // The schema's number, as SQLite's file format has it: four bytes at 60.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let said = refused(&place, &[]);
    assert!(said.contains("schema 99") && said.contains("newer program"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_second_bus_on_the_same_file_is_refused() {
    let place = Place::new();
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    bus.url();
    let said = refused(&place, &["--data", "other", "--database", "sqlite:.go/bus.db"]);
    assert!(said.contains("another process has the database open") && said.contains("--database"), "{said}");
}

#[test]
fn who_follows_the_events_goes_on_when_the_bus_is_back() {
    let place = Place::new();
    let listen = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{listen}");
    let serve = || {
        let mut bus = place.start(&["bus", "serve", "--listen", &listen]);
        bus.url();
        bus
    };
    let say = |text: &str| {
        let sent = place.go(&["message", "c0", text, "--bus-url", &url]);
        assert_eq!(code(&sent), 0, "{}", err(&sent));
    };
    let bus = serve();
    let mut follower = place.start(&["events", "-f", "--json", "--bus-url", &url]);
    say("before");
    follower.line("before");
    bus.signal(Signal::KILL);
    bus.end();
    let _bus = serve();
    say("after");
    let line = follower.line("after");
    let event: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["seq"], 2, "one was missed, or came twice");
    follower.signal(Signal::INT);
    assert_eq!(follower.end().0.code(), Some(130));
}
