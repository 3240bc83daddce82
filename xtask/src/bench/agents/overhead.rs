//! What a run costs beside the bare command line: the time that its shim and a whole fleet add, and the memory of what stands beside it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use go_bus_api::Timestamp;
use go_scripted_models::{CLAUDE, CODEX, Script};
use serde_json::{Value, json};

use super::plan::{self, Project};
use super::processes::{self, Process};
use super::stage::{Place, Stage, text};
use crate::agents::{Agents, Kind};
use crate::bench::table::Row;
use crate::bench::{BenchError, median};
use crate::command::command;
use crate::stopwatch::{Stopwatch, until};

/// How long a run may take.
const LIMIT: Duration = Duration::from_secs(60);
/// How long the fleet has to come to rest between two runs.
const REST: Duration = Duration::from_millis(300);

/// How Claude Code is told where the Bus's tools are, and how Codex is.
const FILE: &str = "--mcp-config=";
const SERVER: &str = "mcp_servers.bus.";

/// What each round came to, in milliseconds and MB.
#[derive(Default)]
struct Rounds {
    shim: Vec<f64>,
    fleet: Vec<f64>,
    memory: Vec<f64>,
}

/// Both command lines in turns of rounds: through a whole fleet, through a shim alone, and bare; the medians of what the first two add.
pub(super) fn measure(binary: &Path, agents: &Agents, rounds: u32) -> Result<Vec<Row>, BenchError> {
    let mut rows = of(Kind::Claude, binary, agents, rounds)?;
    rows.extend(of(Kind::Codex, binary, agents, rounds)?);
    Ok(rows)
}

fn of(kind: Kind, binary: &Path, agents: &Agents, rounds: u32) -> Result<Vec<Row>, BenchError> {
    let stage = begin(kind, binary, agents)?;
    stage.wait("the project", LIMIT, || Ok(stage.get("/projects/p").ok()))?;
    // The first of each fills caches.
    let model = one(kind, &stage, 0)?;
    model.by_shim(&stage, binary, 0)?;
    let mut all = Rounds::default();
    for number in 1..=rounds {
        let run = one(kind, &stage, number)?;
        let shim = model.by_shim(&stage, binary, number)?;
        let bare = model.bare(&stage, number)?;
        eprintln!(
            "overhead of {} {number}/{rounds}: {:.0} ms by a fleet, {shim:.0} by a shim, {bare:.0} bare",
            kind.name(),
            run.millis
        );
        all.shim.push(shim - bare);
        all.fleet.push(run.millis - bare);
        all.memory.push(run.memory);
    }
    stage.end()?;
    Ok(all.rows(kind.name()))
}

impl Rounds {
    fn rows(&self, name: &str) -> Vec<Row> {
        vec![
            Row::bound(
                format!("overhead: a run of {name} through its shim, less the bare CLI"),
                median(&self.shim),
                50.0,
                "ms",
            ),
            Row::plain("  order to exit on the Bus, working folder made and saved", median(&self.fleet), "ms"),
            Row::bound("  memory of what stands beside it", median(&self.memory), 8.0, "MB"),
        ]
    }
}

fn begin(kind: Kind, binary: &Path, agents: &Agents) -> Result<Stage, BenchError> {
    let works = "sleep 0.5; echo work > work.txt";
    let script = Script::new("over");
    let script = match kind {
        Kind::Claude => script.call("Bash", json!({"command": works, "description": "works"})),
        Kind::Codex => script.call("exec_command", json!({"cmd": works})),
    };
    let place = Place::new([script.say("Done.")])?;
    place.write("repo/README", "A repo.\n")?;
    place.shell(plan::NEW_REPO)?;
    let (repo, variables) = (place.path().join("repo"), place.variables()?);
    let project = Project { id: "p", repo: &repo, driver: kind.name(), deliver: "none", variables: &variables };
    place.write("plan.yaml", &format!("version: 1\nprojects:\n{}", project.with(&[])))?;
    place.write("go.yaml", &plan::settings(&agents.program(&CLAUDE), &agents.program(&CODEX), 1))?;
    place.up(binary)
}

/// A run through GO.
struct Run {
    /// From the order to the exit.
    millis: f64,
    kind: Kind,
    /// The memory of its shim and of its bridge, where that is a process, in MB.
    memory: f64,
    /// What it was started with.
    spec: Value,
    prompt: String,
}

fn one(kind: Kind, stage: &Stage, number: u32) -> Result<Run, BenchError> {
    let task = format!("O-{number}");
    let body = json!({"id": task, "project": "p", "kind": "ticket", "category": "chore", "title": "Work",
        "description": format!("SCRIPT: over#{number}")});
    stage.bus().call("POST", "/tasks", &body.to_string())?;
    let stuck = || BenchError::Stuck("a run to begin", LIMIT.as_secs());
    let agent =
        until(LIMIT, || its(&task).into_iter().find(|process| process.line == "sleep 0.5")).ok_or_else(stuck)?;
    let agent = agent.variable("XIO_AGENT_ID").unwrap_or_default().to_owned();
    let folder = stage.place.data().join("hosts/localhost/agents").join(&agent);
    let shims = processes::those(|process| process.line.contains(" shim ") && process.line.contains(&agent));
    let bridge = its(&task).into_iter().filter(|process| process.line.ends_with(" mcp"));
    let memory = shims.into_iter().chain(bridge).map(|process| own_memory(process.pid)).sum();
    let read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|e| BenchError::Io("an agent's folder", e));
    let spec = serde_json::from_str(&read("spec.json")?).unwrap_or_default();
    let prompt = read("prompt.md")?;
    let ended = stage.wait("a run to end", LIMIT, || {
        let builder = stage.builders(&task)?.pop().unwrap_or_default();
        Ok((!builder["exit"].is_null()).then_some(builder))
    })?;
    if ended["exit"]["code"] != 0 || !ended["exit"]["failure"].is_null() {
        return Err(BenchError::Agents(format!("a run went wrong: {}", ended["exit"])));
    }
    let millis = (time(&ended["exit"], "at")? - time(&ended, "spawned_at")?) as f64;
    until(REST, || None::<()>);
    Ok(Run { kind, millis, memory, spec, prompt })
}

/// The processes of a task's agent.
fn its(task: &str) -> Vec<Process> {
    processes::those(|process| process.variable("XIO_TASK") == Some(task))
}

fn time(value: &Value, field: &str) -> Result<i64, BenchError> {
    let time = text(value, field).parse::<Timestamp>();
    time.map(Timestamp::unix_millis).map_err(|_| BenchError::Agents(format!("{field} of {value} is no time")))
}

/// What of a process's memory is there because of it: its proportional share, in MB of a million bytes.
fn own_memory(pid: i32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib: f64 = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN);
    kib * 1024.0 / 1e6
}

impl Run {
    /// The same by the command line alone: the same words but for the bridge. How many milliseconds it takes.
    fn bare(&self, stage: &Stage, number: u32) -> Result<f64, BenchError> {
        let name = format!("bare-{number}");
        let folder = working_folder(stage, &name)?;
        let words = self.spec["command"]["argv"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let words: Vec<&str> = words.collect();
        let mut words = without_bridge(&words).into_iter();
        let mut bare = command(words.next().unwrap_or_default());
        let own = self.spec["command"]["env"].as_object().into_iter().flatten();
        let own = own.filter_map(|(name, value)| Some((name, value.as_str()?)));
        bare.args(words)
            .env_clear()
            .envs(stage.place.environment()?)
            .envs(own.filter(|(name, _)| !name.starts_with("XIO_")));
        bare.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let said = match self.kind {
            Kind::Claude => {
                let message = json!({"role": "user", "content": self.prompt(&name)});
                format!("{}\n", json!({"type": "user", "message": message}))
            }
            Kind::Codex => self.prompt(&name),
        };
        let failed = |e| BenchError::Io("the bare command line", e);
        let watch = Stopwatch::start();
        let mut child = bare.spawn().map_err(failed)?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(said.as_bytes()).map_err(failed)?;
        }
        let status = child.wait().map_err(failed)?;
        let millis = watch.elapsed().as_secs_f64() * 1000.0;
        if status.success() { Ok(millis) } else { Err(BenchError::Failed(status.to_string(), String::new())) }
    }

    /// The same by a shim of its own, from its start to its end: with the bridge, and until the Bus has its costs and its exit.
    fn by_shim(&self, stage: &Stage, binary: &Path, number: u32) -> Result<f64, BenchError> {
        let name = format!("shim-{number}");
        let work = working_folder(stage, &name)?;
        let po = stage.list("/agents?role=po")?.pop().unwrap_or_default();
        // Without a host no launcher takes it.
        let order = json!({"role": "worker", "project": "p", "parent": po["id"], "driver": self.kind.name(), "prompt": self.prompt(&name)});
        let agent = stage.bus().call("POST", "/agents", &order.to_string())?;
        let id = text(&agent, "id").to_owned();
        let token = |scope: &str| {
            let body = json!({"scope": scope}).to_string();
            let issued = stage.bus().call("POST", &format!("/agents/{id}/token"), &body)?;
            Ok::<String, BenchError>(text(&issued, "token").to_owned())
        };
        let folder = stage.place.path().join("by-hand").join(&id);
        let path = |name: &str| folder.join(name).display().to_string();
        let mut spec = self.spec.clone();
        spec["agent"] = json!(id);
        spec["workplace"] = Value::Null;
        spec["command"]["folder"] = json!(work);
        for word in spec["command"]["argv"].as_array_mut().into_iter().flatten() {
            if word.as_str().is_some_and(|word| word.starts_with(FILE)) {
                *word = json!(format!("{FILE}{}", path("mcp.json")));
            }
        }
        for (variable, value) in
            [("XIO_AGENT_ID", id.clone()), ("XIO_TOKEN_FILE", path("token")), ("XIO_PROMPT_FILE", path("prompt.md"))]
        {
            spec["command"]["env"][variable] = json!(value);
        }
        for (file, content) in [
            ("spec.json", spec.to_string()),
            ("prompt.md", self.prompt(&name)),
            ("token", token("agent")?),
            ("shim.token", token("shim")?),
        ] {
            stage.place.write(&format!("by-hand/{id}/{file}"), &content)?;
        }
        let watch = Stopwatch::start();
        let mut shim =
            stage.place.start(binary, &["shim", "--folder", &folder.display().to_string()], "by-hand.log")?;
        let status = shim.wait().map_err(|e| BenchError::Io("a shim", e))?;
        let millis = watch.elapsed().as_secs_f64() * 1000.0;
        let exit = stage.get(&format!("/agents/{id}"))?["exit"].clone();
        let is_good = status.success() && exit["code"] == 0 && exit["failure"].is_null() && !exit["usage"].is_null();
        if is_good {
            Ok(millis)
        } else {
            Err(BenchError::Agents(format!("a shim ended with {status}, its agent with {exit}")))
        }
    }

    /// The prompt, with another run of its script.
    fn prompt(&self, run: &str) -> String {
        self.prompt.replace("over#0", &format!("over#{run}"))
    }
}

/// The words of a command line without those that tell of the Bus's tools: one of Claude Code's, pairs of Codex's.
fn without_bridge<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let tells = |word: Option<&&str>| word.is_some_and(|word| word.starts_with(FILE) || word.starts_with(SERVER));
    let kept = |&(at, word): &(usize, &&str)| !(tells(Some(word)) || *word == "-c" && tells(words.get(at + 1)));
    words.iter().enumerate().filter(kept).map(|(_, word)| *word).collect()
}

/// A worktree of the repo.
fn working_folder(stage: &Stage, name: &str) -> Result<PathBuf, BenchError> {
    stage.place.shell(&format!("git -C repo worktree add -q --detach ../{name}"))?;
    Ok(stage.place.path().join(name))
}
