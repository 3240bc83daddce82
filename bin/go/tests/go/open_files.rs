//! Few open files: the Bus takes as many connections as it can bear and says so; agents have what the fleet's starter had.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::place::{DEADLINE, Place, Running, until};

/// A Bus that may have 64 files open, and its address.
fn narrow(place: &Place) -> (Running, String) {
    let line = "ulimit -n 64; exec \"$@\" 2> bus.log";
    let mut bus = place.start_by(line, &["bus", "serve", "--listen", "127.0.0.1:0"]);
    let address = bus.url().trim_start_matches("http://").to_owned();
    (bus, address)
}

fn connect(address: &str) -> TcpStream {
    let connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    connection
}

/// The answer to one request on a connection of its own; nothing where the Bus closed it without a word.
fn ready(address: &str) -> String {
    let mut connection = connect(address);
    let mut said = Vec::new();
    let asked = connection.write_all(b"GET /ready HTTP/1.0\r\n\r\n");
    // A reset ends it as well as a close does.
    let _ = asked.and_then(|()| connection.read_to_end(&mut said));
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn a_bus_with_few_files_takes_fewer_connections_and_says_so() {
    let place = Place::new();
    let (_bus, address) = narrow(&place);
    assert!(place.lines("bus.log").iter().any(|line| line.contains("ulimit -n") && line.contains("32 connections")));
    let mut first = connect(&address);
    first.write_all(b"GET /ready HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    assert!(first.read(&mut [0; 64]).unwrap() > 0);
    let held: Vec<_> = (0..200).map(|_| connect(&address)).collect();
    let refused = until("one is told that there is no place", || {
        let answer = ready(&address);
        answer.contains(" 429 ").then_some(answer)
    });
    assert!(refused.to_lowercase().contains("retry-after: 1"), "{refused}");
    // Who is in is served on, a store's read and write included.
    first.write_all(b"GET /ready HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).unwrap();
    drop(held);
    until("there is a place again", || ready(&address).contains(" 200 ").then_some(()));
    let complaints = place.lines("bus.log").iter().filter(|line| line.contains("can be taken")).count();
    assert!(complaints <= 3, "{complaints} lines of complaint");
}

#[test]
fn agents_have_the_limit_that_the_fleet_was_started_with() {
    let place = Place::with_plan(
        "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
         - {id: A, title: a, kind: chore, run: ulimit -Sn > soft; ulimit -Hn > hard, verify: [ulimit -Sn > verified]}\n",
    );
    let line = "ulimit -Sn 300; ulimit -Hn 512; exec \"$@\"";
    let up = place.start_by(line, &["up", "--listen", "127.0.0.1:0", "--exit-when-done"]);
    let pid = up.pid();
    let soft = until("the Bus has raised its own", || {
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
        let line = limits.lines().find(|line| line.starts_with("Max open files"))?.to_owned();
        line.split_whitespace().nth(3).filter(|soft| *soft == "512").map(str::to_owned)
    });
    assert_eq!(soft, "512");
    let (status, said) = up.end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    assert_eq!([place.lines("soft"), place.lines("hard"), place.lines("verified")], [["300"], ["512"], ["300"]]);
}
