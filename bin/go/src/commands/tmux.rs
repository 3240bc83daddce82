//! `go tmux`: the managed session (R30).

use std::io::IsTerminal;
use std::time::Duration;

use go_bus_api::{Epoch, HolderId, Timestamp};
use go_clock::{Clock, SystemClock};
use go_governor::watchdog::Record;
use go_runtime::tmux::PaneState;
use serde::Serialize;

use super::watchdog::memory;
use crate::cli::{Global, TmuxCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lock;
use crate::managed::{self, Arrival, Ended, Launch, Managed, Note};
use crate::render::{ago, print, print_json};
use crate::settings::Settings;
use crate::tokio_runtime;

/// How long the Bus may take to tell who leads.
const ANSWER: Duration = Duration::from_secs(2);

/// Starts, shows or ends the session.
pub(super) fn run(command: &TmuxCommand, global: &Global, settings: &Settings) -> Result<Exit, Failure> {
    match command {
        TmuxCommand::Start { more } => start(global, settings, more),
        TmuxCommand::Attach => attach(settings),
        TmuxCommand::Stop => stop(settings),
        TmuxCommand::Status(json) => status(settings, json.json),
    }
}

/// Starts GO in the session, unless it runs there, and waits until it leads or has ended.
fn start(global: &Global, settings: &Settings, more: &[String]) -> Result<Exit, Failure> {
    let launch = Launch::new(global, settings, more)?;
    if let Some(plan) = managed::plan_of(&launch.words)? {
        super::plan::read(&plan)?;
    }
    let managed = Managed::of(settings)?;
    let _lock = memory::lock(settings)?;
    match managed.pane()?.map(|pane| pane.state) {
        Some(PaneState::Runs(process)) => {
            // One that somebody started by hand is to be kept at work from now on, too.
            Note::running(Note::read(settings)?.and_then(|note| note.launch).unwrap_or(launch)).write(settings)?;
            print(format_args!("the session {} runs already, process {}\n", managed.name, process.pid))?;
            return Ok(Exit::Done);
        }
        Some(PaneState::Ended(_)) => managed.clear()?,
        None => {}
    }
    if launch.embedded {
        lock::ensure_free(&settings.data)?;
    }
    warn_of_withheld();
    Note::running(launch.clone()).write(settings)?;
    // A person who starts it has seen to what ailed it.
    let notices = memory::read(settings)?.notices;
    memory::write(settings, &Record { notices, ..Record::default() })?;
    print(format_args!("session {} starts: go {}\n", managed.name, launch.words.join(" ")))?;
    let arrival = tokio_runtime::one_shot(managed.start_and_wait(settings, &launch))?;
    told(&managed, &launch, &arrival)
}

fn warn_of_withheld() {
    for name in managed::withheld() {
        let instead = if name == "XIO_TOKEN" { "a token in <data>/operator.token" } else { "bus.database in go.yaml" };
        tracing::warn!("{name} is not handed to the session, as tmux would show it; there {instead} counts");
    }
}

fn told(managed: &Managed, launch: &Launch, arrival: &Arrival) -> Result<Exit, Failure> {
    match arrival {
        Arrival::Leads(..) | Arrival::StandsBy(..) => {
            print(format_args!(
                "{arrival}; its Bus is at {}\nlook at it: go tmux attach    end it: go tmux stop\n",
                launch.bus_url
            ))?;
            Ok(Exit::Done)
        }
        Arrival::Ended(..) => {
            Err(Failure::failed(arrival, "mend that and start it again; `go tmux attach` shows more"))
        }
        Arrival::Slow => {
            Err(Failure::failed(arrival, format!("`tmux attach -t {}` shows what it waits for", managed.name)))
        }
    }
}

fn attach(settings: &Settings) -> Result<Exit, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::usage("attach needs a terminal", "`go tmux status` and `go events -f` need none"));
    }
    let managed = Managed::of(settings)?;
    match managed.pane()? {
        Some(_) => Err(managed.attach()),
        None => Err(Failure::failed(format!("there is no session {}", managed.name), "start it: go tmux start")),
    }
}

fn stop(settings: &Settings) -> Result<Exit, Failure> {
    let managed = Managed::of(settings)?;
    let _lock = memory::lock(settings)?;
    Note::write_stopped(settings)?;
    let what = match managed::end(&managed, settings)? {
        Ended::WasNot => "there is no session; the watchdog starts none".to_owned(),
        Ended::WasOver => "GO had ended already; its session is gone".to_owned(),
        Ended::InOrder(process) => format!("process {} has ended in good order", process.pid),
        Ended::AtOnce(process) => format!("process {} did not end in good order, and ended at once", process.pid),
        Ended::Killed(process) => {
            format!("process {} was deaf and is killed; `go tmux start` goes on from there", process.pid)
        }
    };
    print(format_args!("{what}\n"))?;
    Ok(Exit::Done)
}

/// What there is to say of the session.
#[derive(Debug, Serialize)]
struct Status {
    session: String,
    state: State,
    pid: Option<u32>,
    code: Option<i32>,
    since: Option<Timestamp>,
    leader: Option<HolderId>,
    epoch: Option<Epoch>,
    bus_url: String,
    /// Why the Bus says nothing, where it does not.
    bus: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Running,
    Ended,
    Absent,
}

/// Says whether GO runs; exit code 1 where it does not.
fn status(settings: &Settings, json: bool) -> Result<Exit, Failure> {
    let status = look(settings)?;
    if json {
        print_json(&status)?
    } else {
        print(words(&status))?
    }
    Ok(if status.state == State::Running { Exit::Done } else { Exit::Failed })
}

fn look(settings: &Settings) -> Result<Status, Failure> {
    let managed = Managed::of(settings)?;
    let pane = managed.pane()?;
    let (state, pid, code) = match pane.as_ref().map(|pane| pane.state) {
        Some(PaneState::Runs(process)) => (State::Running, Some(process.pid), None),
        Some(PaneState::Ended(code)) => (State::Ended, None, code),
        None => (State::Absent, None, None),
    };
    let url =
        Note::read(settings)?.and_then(|note| note.launch).map_or(settings.bus.url.clone(), |launch| launch.bus_url);
    let lease = tokio_runtime::one_shot(managed::look_at_lease(settings, &url, ANSWER))?;
    let bus = lease.as_ref().err().map(ToString::to_string);
    let (leader, epoch) = lease.map_or((None, None), |lease| (lease.holder, Some(lease.epoch)));
    let since = pane.map(|pane| pane.created);
    Ok(Status { session: managed.name.to_string(), state, pid, code, since, leader, epoch, bus_url: url, bus })
}

fn words(status: &Status) -> String {
    let since = ago(status.since, SystemClock.wall());
    let state = match (status.state, status.pid, status.code) {
        (State::Running, Some(pid), _) => format!("runs for {since}, process {pid}"),
        (State::Ended, _, Some(code)) => format!("is there for {since}, but GO has ended with code {code}"),
        (State::Ended, ..) => format!("is there for {since}, but a signal ended GO"),
        _ => "is not there".to_owned(),
    };
    let bus = match (&status.bus, &status.leader, status.epoch) {
        (Some(why), ..) => format!("the Bus at {}: {why}", status.bus_url),
        (None, Some(leader), Some(epoch)) => format!("{leader} leads under epoch {epoch}, Bus at {}", status.bus_url),
        _ => format!("nobody leads, Bus at {}", status.bus_url),
    };
    format!("session {} {state}\n{bus}\n", status.session)
}
