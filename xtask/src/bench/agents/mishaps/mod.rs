//! Mishaps by script, each a ticket of a fleet with the real command lines: what the Bus has in the end is what docs/agents.md says.

mod claude;
mod codex;
mod judge;

use std::path::Path;
use std::time::Duration;

use go_clock::{Clock, SystemClock};
use go_scripted_models::{CLAUDE, CODEX, Script, Turn};
use rustix::process::Signal;

use super::plan::{self, Project};
use super::processes;
use super::stage::{Place, Stage};
use crate::agents::{Agents, Kind};
use crate::bench::BenchError;
use crate::bench::table::Row;
use crate::stopwatch::until;

/// How long all of them may take.
const LIMIT: Duration = Duration::from_secs(240);
/// When limits' windows open again.
const WINDOW: Duration = Duration::from_secs(5 * 3600);
/// How long an ended agent's processes may take to be gone.
const GRACE: Duration = Duration::from_secs(2);

/// What has to come of a mishap; the words are the cause of the failure on the Bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Done at the first attempt.
    Done,
    /// Failed for this and counted, tried again and done.
    Retried(&'static str),
    /// Failed for this at each attempt, until it had no more.
    Failed(&'static str),
    /// As [`Ending::Failed`]: its agent ended well, and the verification did not pass.
    Unverified,
    /// Not counted; nobody tries before the account's time.
    Parked(&'static str),
    /// The same, until the time that the provider named.
    ParkedUntilReset(&'static str),
    /// Not counted; the next attempt began a new conversation, and it is done.
    Rotated(&'static str),
    /// Held, with an alert for people.
    Held(&'static str),
    /// Failed for good at the first attempt.
    Fatal(&'static str),
    /// Nothing was counted; the next attempt is done.
    Lost,
}

/// What somebody does to an agent at work.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Nudge {
    /// A signal to its program.
    Program(Signal),
    /// SIGKILL to its shim.
    Shim,
    /// The operator orders its end.
    Order,
    /// Once its first attempt is over, the model goes on like this.
    Mend(Vec<Turn>),
}

/// Whose limits it runs under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// A key's.
    Key,
    /// A subscription's.
    Subscription,
}

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Mishap {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) ending: Ending,
    pub(super) nudge: Option<Nudge>,
    whose: Whose,
    script: Script,
}

impl Mishap {
    fn new(kind: Kind, name: &'static str, ending: Ending, script: impl FnOnce(Script) -> Script) -> Self {
        let id = format!("{}-{}", kind.name(), name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
        Self { kind, name, ending, nudge: None, whose: Whose::Key, script: script(Script::new(&id)) }
    }

    /// Its ticket's id, which is its script's name too.
    pub(super) fn task(&self) -> &str {
        &self.script.name
    }

    fn project(&self) -> &'static str {
        match (self.kind, self.whose) {
            (Kind::Claude, Whose::Key) => "claude",
            (Kind::Claude, Whose::Subscription) => "claude-sub",
            (Kind::Codex, _) => "codex",
        }
    }

    fn ticket(&self) -> String {
        let check = match self.ending {
            Ending::Unverified => format!("verify: [grep -q hello {}], ", work(&self.script)),
            _ => String::new(),
        };
        format!(
            "{{id: {id}, title: \"{name}\", description: \"SCRIPT: {id}\", kind: chore, max_attempts: 2, {check}timeout: 3m}}",
            id = self.task(),
            name = self.name
        )
    }
}

/// The file that the work of a script is: another one for each, as all of it lands in one repo.
fn work(script: &Script) -> String {
    format!("work-{}.txt", script.name)
}

/// How many mishaps end as documented, all of them named, and how many processes outlive their agents.
pub(super) fn measure(binary: &Path, agents: &Agents) -> Result<Vec<Row>, BenchError> {
    let reset = SystemClock.wall().unix_millis() / 1000 + i64::try_from(WINDOW.as_secs()).unwrap_or_default();
    let mishaps = [claude::all(reset), codex::all(reset)].concat();
    let stage = begin(binary, agents, &mishaps)?;
    let mut open: Vec<(&Mishap, bool)> = mishaps.iter().map(|mishap| (mishap, false)).collect();
    let mut wrong = Vec::new();
    let watched = super::stage::wait(LIMIT, || {
        for (mishap, nudged) in &mut open {
            *nudged = *nudged || nudge(&stage, mishap)?;
        }
        let mut still = Vec::new();
        for (mishap, nudged) in std::mem::take(&mut open) {
            match judge::judge(&stage, mishap, reset)? {
                None => still.push((mishap, nudged)),
                Some(Ok(how)) => println!("{}: {}: {how}", mishap.kind.name(), mishap.name),
                Some(Err(how)) => {
                    let logs = judge::logs(&stage, mishap)?;
                    wrong.push(format!("{}: {}: {how}\n{logs}", mishap.kind.name(), mishap.name));
                }
            }
        }
        open = still;
        Ok(open.is_empty().then_some(()))
    })?;
    if watched.is_none() {
        let late = |(mishap, _): &(&Mishap, bool)| {
            let seen = judge::seen(&stage, mishap).unwrap_or_else(|e| e.to_string());
            format!("{}: {}: not over: {seen}", mishap.kind.name(), mishap.name)
        };
        wrong.extend(open.iter().map(late));
    }
    let orphans = orphans(&stage);
    wrong.iter().chain(&orphans).for_each(|line| println!("WRONG {line}"));
    stage.end()?;
    let count = |many: usize| u32::try_from(many).map_or(f64::NAN, f64::from);
    Ok(vec![
        Row::at_least(
            "mishaps that end on the Bus as documented",
            count(mishaps.len() - wrong.len()),
            count(mishaps.len()),
            "",
        ),
        Row::bound("  processes that outlived their agents", count(orphans.len()), 0.0, ""),
    ])
}

/// What still works for an agent that was given a task, once none is at work.
fn orphans(stage: &Stage) -> Vec<String> {
    let left = || processes::those(|process| processes::is_a_hand_s(process, stage.place.path()));
    until(GRACE, || left().is_empty().then_some(()));
    left().into_iter().map(|process| format!("orphan: {} {}", process.pid, process.line)).collect()
}

/// A fleet with a ticket for each.
fn begin(binary: &Path, agents: &Agents, mishaps: &[Mishap]) -> Result<Stage, BenchError> {
    let place = Place::new(mishaps.iter().map(|mishap| mishap.script.clone()))?;
    place.write("repo/stay.sh", "test -e started && exit; touch started; setsid sleep 600 & sleep 600\n")?;
    // What is there for one attempt alone is not to land.
    place.write("repo/.gitignore", "started\nfull\n")?;
    place.shell(&format!("chmod +x repo/stay.sh; {}", plan::NEW_REPO))?;
    let key = place.variables()?;
    let mut subscription = key.clone();
    subscription.retain(|(name, _)| name != "ANTHROPIC_API_KEY");
    subscription.push(("CLAUDE_CODE_OAUTH_TOKEN".to_owned(), "sk-ant-oat01-scripted".to_owned()));
    let mut text = "version: 1\nprojects:\n".to_owned();
    for (project, variables) in [("claude", &key), ("claude-sub", &subscription), ("codex", &Vec::new())] {
        let tickets: Vec<String> =
            mishaps.iter().filter(|mishap| mishap.project() == project).map(Mishap::ticket).collect();
        let driver = project.split('-').next().unwrap_or_default();
        let repo = place.path().join("repo");
        text += &Project { id: project, repo: &repo, driver, deliver: "merge", variables }.with(&tickets);
    }
    place.write("plan.yaml", &text)?;
    let (claude, codex) = (agents.program(&CLAUDE), agents.program(&CODEX));
    let settings = plan::settings(&claude, &codex, 6);
    place.write("go.yaml", &(settings + "costs: {attempt_usd: \"2\"}\n"))?;
    place.up(binary)
}

/// Does to the mishap's agent what has to be done, once it is at work; whether nothing more is to be done.
fn nudge(stage: &Stage, mishap: &Mishap) -> Result<bool, BenchError> {
    let Some(nudge) = &mishap.nudge else { return Ok(true) };
    if let Nudge::Mend(turns) = nudge {
        let is_over = stage.builders(mishap.task())?.iter().any(|builder| !builder["exit"].is_null());
        let mended = Script { turns: turns.clone(), ..mishap.script.clone() };
        stage.place.server.add(is_over.then_some(mended));
        return Ok(is_over);
    }
    let started = stage.place.data().join("hosts/localhost/work").join(mishap.task()).join("started");
    if !started.exists() {
        return Ok(false);
    }
    let is_its = |p: &processes::Process| {
        p.variable("XIO_TASK") == Some(mishap.task()) && processes::is_a_hand_s(p, stage.place.path())
    };
    let its = processes::those(is_its);
    let Some(program) = its.iter().find(|process| !its.iter().any(|other| other.pid == process.parent)) else {
        return Ok(false);
    };
    match nudge {
        Nudge::Program(signal) => program.signal(*signal),
        Nudge::Mend(_) => {}
        Nudge::Shim => processes::those(|p| p.pid == program.parent).iter().for_each(|shim| shim.signal(Signal::KILL)),
        Nudge::Order => {
            let builder = program.variable("XIO_AGENT_ID").unwrap_or_default();
            stage.bus().call("DELETE", &format!("/agents/{builder}"), "")?;
        }
    }
    Ok(true)
}
