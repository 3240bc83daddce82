//! Bus, launcher and several GOs as processes of their own, for the tests of takeovers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::place::{Place, Running, err, free_port, out, until};

/// Room for every ticket of these tests: left to itself, GO starts no more agents than the free disk bears.
const ROOM: &str = "XIO_AGENTS__MAX=16";

/// Bus and launcher in a place of their own; GOs are started by the tests.
pub(crate) struct Leaders {
    // Dropped in this order: the place's own sweep comes last.
    bus: Option<Running>,
    _launcher: Running,
    listen: String,
    pub(crate) place: Place,
}

impl Leaders {
    /// An empty Bus, and a launcher for the host `h1`.
    pub(crate) fn new(plan: &str) -> Self {
        let place = Place::with_plan(plan);
        let listen = format!("127.0.0.1:{}", free_port());
        let bus = serve(&place, &listen);
        let url = format!("http://{listen}");
        let launcher = place.start_by("exec \"$@\" 2> launcher.log", &["launcher", "--host", "h1", "--bus-url", &url]);
        Self { bus: Some(bus), _launcher: launcher, listen, place }
    }

    /// Where the Bus is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Starts a GO with the settings `environment`, which says what it says into `NAME.log`.
    pub(crate) fn go(&self, name: &str, environment: &str) -> Running {
        let line = format!("{ROOM} {environment} exec \"$@\" 2> {name}.log");
        self.place.start_by(&line, &["run", "--plan", "plan.yaml", "--bus-url", &self.url()])
    }

    /// Starts a GO and waits until it leads under epoch 1.
    pub(crate) fn leader(&self, environment: &str) -> Running {
        let leader = self.go("first", environment);
        until("the first one leads", || (self.lease()["epoch"] == 1).then_some(()));
        leader
    }

    /// Starts a GO and waits until the Bus lists it as the `nth` standby.
    pub(crate) fn standby(&self, name: &str, nth: usize, environment: &str) -> Running {
        let standby = self.go(name, environment);
        until("the standby is listed", || (standbys(&self.lease()).len() == nth).then_some(()));
        standby
    }

    /// Kills the Bus and starts it again.
    pub(crate) fn restart_bus(&mut self) {
        drop(self.bus.take());
        self.bus = Some(serve(&self.place, &self.listen));
    }

    /// Runs a reading command and parses what it prints.
    fn read(&self, arguments: &[&str]) -> String {
        let url = self.url();
        let output = self.place.go(&[arguments, &["--json", "--bus-url", &url]].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
        out(&output)
    }

    /// The lease as `go lease` shows it.
    pub(crate) fn lease(&self) -> Value {
        serde_json::from_str(&self.read(&["lease"])).unwrap()
    }

    /// The whole event log.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.read(&["events"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The lines of a GO's log with `part` in them.
    pub(crate) fn said(&self, name: &str, part: &str) -> Vec<String> {
        self.place.lines(&format!("{name}.log")).into_iter().filter(|line| line.contains(part)).collect()
    }

    /// Waits until the plan's file says of so many tickets that they are done.
    pub(crate) fn await_done(&self, count: usize) {
        until("the plan is done", || {
            (self.place.lines("plan.yaml").iter().filter(|line| line.contains("status: done")).count() == count)
                .then_some(())
        });
    }

    /// Waits until the trace has so many lines.
    pub(crate) fn await_trace(&self, lines: usize) {
        until("the tickets get so far", || (self.place.lines("trace").len() >= lines).then_some(()));
    }

    /// Fails unless each of `tickets` began once and ended once, in its first attempt, and no seat was filled twice.
    pub(crate) fn assert_nothing_was_done_twice(&self, tickets: &[String]) {
        let mut trace = self.place.lines("trace");
        trace.sort();
        let mut once: Vec<String> =
            tickets.iter().flat_map(|ticket| [format!("begin {ticket}"), format!("end {ticket}")]).collect();
        once.sort();
        assert_eq!(trace, once, "a ticket ran twice or not at all");
        let mut spawned: BTreeMap<String, u32> = BTreeMap::new();
        for event in self.events() {
            let data = &event["data"];
            match event["kind"].as_str() {
                Some("task.assigned") => assert_eq!(data["attempt"], 1, "{event}"),
                Some("agent.requested") => {
                    let seat = ["role", "task", "host", "project", "user"].map(|key| data[key].to_string()).join(" ");
                    *spawned.entry(seat).or_default() += 1;
                }
                _ => {}
            }
        }
        assert!(spawned.values().all(|times| *times == 1), "{spawned:#?}");
    }
}

/// The names of those who stand by.
pub(crate) fn standbys(lease: &Value) -> Vec<String> {
    lease["standbys"].as_array().unwrap().iter().map(|one| one["holder"].as_str().unwrap().to_owned()).collect()
}

/// The numbers of the writes under `epoch`, and of the grants.
pub(crate) fn grants(events: &[Value]) -> Vec<(u64, u64)> {
    let grants = events.iter().filter(|event| event["kind"] == "lease.acquired");
    grants.map(|event| (event["data"]["epoch"].as_u64().unwrap(), event["seq"].as_u64().unwrap())).collect()
}

/// The last event written under `epoch`, by its number.
pub(crate) fn last_write(events: &[Value], epoch: u64) -> u64 {
    events.iter().rev().find(|event| event["epoch"] == epoch).map_or(0, |event| event["seq"].as_u64().unwrap())
}

/// `count` tickets on `slots` places. Each says when it begins and ends; the first `gated` of them last until the file `go-on` is there.
pub(crate) fn plan(count: usize, gated: usize, slots: usize) -> String {
    let mut plan = format!("version: 1\nhosts: [{{id: h1, slots: {slots}}}]\nprojects:\n  - id: p\n    tickets:\n");
    for (number, id) in names(count).iter().enumerate() {
        let (work, priority) =
            if number < gated { ("until test -e go-on; do sleep 0.02; done", "p0") } else { ("sleep 0.1", "p1") };
        let run = format!("echo begin {id} >> trace; {work}; echo end {id} >> trace");
        plan += &format!("      - {{id: {id}, title: t, kind: chore, priority: {priority}, run: '{run}'}}\n");
    }
    plan
}

/// The tickets of [`plan`].
pub(crate) fn names(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("T-{number:02}")).collect()
}

fn serve(place: &Place, listen: &str) -> Running {
    let mut bus = place.start(&["bus", "serve", "--listen", listen]);
    bus.url();
    bus
}
