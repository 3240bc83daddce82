//! Hosts that are killed at a random moment and are gone with all they had: what is lost of their agents' work, and what lands twice.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use go_clock::{Clock, SystemClock};

use super::plan::Project;
use super::stage::{self, Place, text};
use super::{hosts_judge, processes};
use crate::bench::BenchError;
use crate::bench::bus::Target;
use crate::bench::fleet::free_address;
use crate::bench::table::Row;
use crate::stopwatch::until;
use crate::torture::random::Random;

/// How many hosts are killed, each with one agent of its own at work.
const HOSTS: usize = 20;
/// Every third agent ends its work by itself, and its host is killed about when that lands.
const LANDS: usize = 3;
/// How long those work, in seconds, and how long the others would.
const SHORT: usize = 56;
const LONG: usize = 600;
/// When the others' hosts are killed: so many seconds after their agents began, and up to so many more. All of a minute is in it.
const AT_WORK: (usize, usize) = (55, 62);
/// How long after its delivery the host of one that lands may be killed, in milliseconds; the landing itself takes about as long.
const LANDING: usize = 8000;
/// How long everything may take.
const LIMIT: Duration = Duration::from_secs(420);
/// The host that goes on with what the others had.
const SPARE: &str = "spare";

/// A ticket, whose agent's host is killed.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) task: String,
    pub(super) seconds: usize,
    /// How long after its begin, or its delivery, it is killed, in milliseconds.
    after: i64,
    /// From when on that counts, in milliseconds since 1970.
    since: Option<i64>,
    /// When its host was gone, in milliseconds since 1970.
    pub(super) killed: Option<i64>,
}

/// Kills twenty hosts; what was lost, and what came twice.
pub(super) fn measure(binary: &Path) -> Result<Vec<Row>, BenchError> {
    let mut cases = cases(&mut Random::new(u64::from(std::process::id())));
    let fleet = Fleet::start(binary, &cases)?;
    let ended = stage::wait(LIMIT, || {
        fleet.spare(binary, &cases)?;
        for case in &mut cases {
            fleet.tend(case)?;
        }
        let is_done = |case: &Case| Ok::<bool, BenchError>(case.killed.is_some() && fleet.state(&case.task)? == "done");
        for case in &cases {
            if !is_done(case)? {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })?;
    if ended.is_none() {
        cases.iter().for_each(|case| println!("{case:?}: {:?}", fleet.state(&case.task)));
    }
    hosts_judge::rows(&fleet.place, &cases)
}

fn cases(random: &mut Random) -> Vec<Case> {
    let case = |number: usize| {
        let lands = number.is_multiple_of(LANDS);
        let after = if lands { random.below(LANDING) } else { AT_WORK.0 * 1000 + random.below(AT_WORK.1 * 1000) };
        Case {
            task: format!("H-{number:02}"),
            seconds: if lands { SHORT } else { LONG },
            after: i64::try_from(after).unwrap_or_default(),
            since: None,
            killed: None,
        }
    };
    (1..=HOSTS).map(case).collect()
}

/// A Bus, a GO, and a launcher for each host, all of them processes of their own.
struct Fleet {
    place: Place,
    bus: Target,
    parts: Vec<Child>,
    launchers: std::cell::RefCell<BTreeMap<String, Child>>,
}

impl Fleet {
    fn start(binary: &Path, cases: &[Case]) -> Result<Self, BenchError> {
        let place = Place::new([])?;
        let address = free_address()?;
        write(&place, address, cases)?;
        let serve = place.start(binary, &["bus", "serve"], "bus.log")?;
        let bus = stage::target(address, &place.data()).ok_or(BenchError::Stuck("the Bus to answer", 60))?;
        let go = place.start(binary, &["run", "--plan", "plan.yaml"], "go-up.log")?;
        let fleet = Self { place, bus, parts: vec![go, serve], launchers: Default::default() };
        for number in 1..=HOSTS {
            fleet.launch(binary, &host(number))?;
        }
        Ok(fleet)
    }

    /// Starts a host: its launcher, on a data folder of its own.
    fn launch(&self, binary: &Path, host: &str) -> Result<(), BenchError> {
        let token = fs::read_to_string(self.place.data().join("operator.token")).unwrap_or_default();
        self.place.write(&format!("{host}/operator.token"), &token)?;
        let launcher = self.place.start(binary, &["launcher", "--host", host, "--data", host], "launchers.log")?;
        self.launchers.borrow_mut().insert(host.to_owned(), launcher);
        Ok(())
    }

    /// Starts the host that goes on with what others had, once all of them are at work.
    fn spare(&self, binary: &Path, cases: &[Case]) -> Result<(), BenchError> {
        let is_there = self.launchers.borrow().contains_key(SPARE);
        let all_began = cases.iter().all(|case| began(&self.place, &case.task).is_some());
        if is_there || !all_began { Ok(()) } else { self.launch(binary, SPARE) }
    }

    fn state(&self, task: &str) -> Result<String, BenchError> {
        Ok(text(&self.bus.call("GET", &format!("/tasks/{task}"), "")?, "state").to_owned())
    }

    /// Kills the host of a case whose moment has come.
    fn tend(&self, case: &mut Case) -> Result<(), BenchError> {
        if case.killed.is_some() {
            return Ok(());
        }
        if case.since.is_none() {
            case.since = match case.seconds {
                SHORT => self.delivered(&case.task)?,
                _ => began(&self.place, &case.task),
            };
        }
        let now = SystemClock.wall().unix_millis();
        if case.since.is_some_and(|since| now >= since + case.after) && self.launchers.borrow().contains_key(SPARE) {
            let (host, killed) = self.kill(&case.task)?;
            case.killed = Some(killed);
            if case.seconds == SHORT {
                // Else GO gives it ten minutes to come back before another host lands what it delivered.
                self.retire(&host)?;
            }
        }
        Ok(())
    }

    /// When a task is seen to be delivered.
    fn delivered(&self, task: &str) -> Result<Option<i64>, BenchError> {
        if began(&self.place, task).is_none() {
            return Ok(None);
        }
        let is_delivered = matches!(self.state(task)?.as_str(), "in_review" | "done");
        Ok(is_delivered.then(|| SystemClock.wall().unix_millis()))
    }

    /// A person takes a host out of use, in the plan.
    fn retire(&self, host: &str) -> Result<(), BenchError> {
        let failed = |e| BenchError::Io("the plan", e);
        let path = self.place.path().join("plan.yaml");
        let plan = fs::read_to_string(&path).map_err(failed)?;
        let plan = plan.replace(&format!("{{id: {host}, "), &format!("{{id: {host}, state: inactive, "));
        self.place.write("plan.new", &plan)?;
        fs::rename(self.place.path().join("plan.new"), path).map_err(failed)
    }

    /// Kills everything on the host of a task's builder and removes all it had; which that was, and when it was gone.
    fn kill(&self, task: &str) -> Result<(String, i64), BenchError> {
        let agents = stage::list(&self.bus, &format!("/agents?task={task}"))?;
        let host = agents.first().map(|agent| text(agent, "host").to_owned()).unwrap_or_default();
        let Some(mut launcher) = self.launchers.borrow_mut().remove(&host) else {
            return Err(BenchError::Agents(format!("{task} is on {host:?}, which is gone already")));
        };
        let _ = launcher.kill();
        let _ = launcher.wait();
        let folder = self.place.path().join(&host);
        let gone = until(Duration::from_secs(10), || {
            processes::end_all(&folder);
            processes::in_folder(&folder).is_empty().then_some(())
        });
        gone.ok_or(BenchError::Stuck("a killed host to be gone", 10))?;
        let now = SystemClock.wall().unix_millis();
        fs::remove_dir_all(&folder).map_err(|e| BenchError::Io("a host's folder", e))?;
        // What another host has of the project is a clone of its upstream.
        self.place.shell(&format!("rm -rf repos/{task}; {}", clone(task)))?;
        println!("{task}: {host} was killed while the ticket was {}", self.state(task)?);
        Ok((host, now))
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for mut part in
            std::mem::take(&mut self.parts).into_iter().chain(std::mem::take(self.launchers.get_mut()).into_values())
        {
            // One that has ended already needs neither.
            let _ = part.kill();
            let _ = part.wait();
        }
        processes::end_all(self.place.path());
    }
}

fn host(number: usize) -> String {
    format!("host-{number:02}")
}

/// When a ticket's first agent wrote its first file.
fn began(place: &Place, task: &str) -> Option<i64> {
    hosts_judge::written(place, task).first().map(|(_, at)| *at)
}

fn clone(task: &str) -> String {
    format!(
        "git clone -q upstreams/{task}.git repos/{task} 2>> clone.log; cd repos/{task}; \
         git config user.name Bench; git config user.email bench@example.org"
    )
}

/// A project with an upstream and a repo of its own for each ticket, so that a host takes no other's repo with it.
fn write(place: &Place, address: SocketAddr, cases: &[Case]) -> Result<(), BenchError> {
    place.shell("mkdir upstreams repos records")?;
    place.write("host.sh", include_str!("host.sh"))?;
    let mut plan = "version: 1\nprojects:\n".to_owned();
    for Case { task, seconds, .. } in cases {
        place.shell(&format!(
            "git init -q -b main --bare upstreams/{task}.git; git -C upstreams/{task}.git config core.logAllRefUpdates true; {}; \
             git checkout -q -B main; echo {task} > README; git add -A; git commit -q -m first; git push -q -u origin main",
            clone(task)
        ))?;
        let (repo, variables) = (place.path().join("repos").join(task), Vec::new());
        // A landing takes a moment, so that it can be met.
        let ticket =
            format!("{{id: {task}, title: \"{seconds}\", kind: chore, verify: [\"test -e work/1 && sleep 3\"]}}");
        let project = Project {
            id: &format!("p-{task}"),
            repo: &repo,
            driver: "command",
            deliver: "merge",
            variables: &variables,
        };
        plan += &project.with(&[ticket]);
    }
    plan += "hosts:\n";
    (1..=HOSTS).for_each(|number| plan += &format!("  - {{id: {}, slots: 1}}\n", host(number)));
    plan += &format!("  - {{id: {SPARE}, slots: 20}}\n");
    place.write("plan.yaml", &plan)?;
    let (script, records) = (place.path().join("host.sh"), place.path().join("records"));
    let run = format!("sh {} {{folder}} {{task}} {{title}} {}", script.display(), records.display());
    place.write(
        "go.yaml",
        &format!(
            "bus: {{url: \"http://{address}\", listen: \"{address}\"}}\nagents: {{max: 30}}\nimprovement: {{enabled: false}}\n\
             review: {{integration_every: 0}}\ndrivers: {{command: {{run: \"{run}\"}}}}\n"
        ),
    )
}
