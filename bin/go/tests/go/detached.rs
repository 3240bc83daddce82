//! `go up -d` and `go down`.

use std::net::TcpListener;

use crate::place::{Place, code, err, out, until};

#[test]
fn a_detached_fleet_works_until_it_is_told_to_end() {
    let place = Place::with_plan(
        "version: 1\nprojects:\n  - id: p\n    tickets:\n      - {id: A, title: a, kind: chore, run: echo A >> trace}\n",
    );
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let listen = free.to_string();
    let up = place.go(&["up", "-d", "--listen", &listen]);
    assert_eq!(code(&up), 0, "{}", err(&up));
    assert!(out(&up).contains(&format!("http://{listen}")), "{}", out(&up));
    let pid = place.lines(".go/go.pid").concat();
    assert!(out(&up).contains(&format!("process {pid}")), "{}", out(&up));
    until("its ticket is done", || place.lines(".go/go.log").iter().any(|line| line.contains("A done")).then_some(()));
    let down = place.go(&["down"]);
    assert_eq!(code(&down), 0, "{}", err(&down));
    assert_eq!(place.processes(), Vec::<String>::new());
    assert!(!place.path().join(".go/go.pid").exists());
    assert!(out(&place.go(&["down"])).contains("nothing runs"));
}

#[test]
fn one_that_can_not_start_says_why() {
    let place = Place::with_plan("version: 1\nprojects: []\n");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let up = place.go(&["up", "-d", "--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(code(&up), 1, "{}", out(&up));
    assert!(err(&up).contains("can't listen"), "{}", err(&up));
}
