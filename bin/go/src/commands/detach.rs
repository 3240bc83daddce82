//! `go up -d`: the same command again, in the background.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use go_bus_client::{RetryPolicy, Token};
use go_runtime::{CommandSpec, Environment, ProcessId, each_end};
use tokio::sync::oneshot;

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::own_program;
use crate::lock;
use crate::render::print;
use crate::settings::Settings;
use crate::tokio_runtime;

/// Where a detached fleet notes its process.
pub(super) const PID_FILE: &str = "go.pid";
/// Where a detached fleet's output goes.
const LOG: &str = "go.log";

/// Starts the fleet in a process group of its own, waits until its Bus is ready, and says how to follow it.
pub(super) fn run(settings: &Settings) -> Result<Exit, Failure> {
    let data = &settings.data;
    lock::ensure_free(data)?;
    if settings.bus.listen.0.port() == 0 {
        return Err(Failure::usage("a detached Bus needs a port that is known", "name one with --listen ADDR:PORT"));
    }
    let log = data.join(LOG);
    let child = start(&log)?;
    let pid = data.join(PID_FILE);
    std::fs::write(&pid, format!("{}\n", child.pid)).map_err(Failure::file("write", &pid))?;
    let url = settings.bus.listen.url();
    tokio_runtime::one_shot(wait_ready(&url, &log))?;
    print(format_args!(
        "the fleet runs: process {}, Bus at {url}, log in {}\nfollow it: go events -f    look at it: go status    \
         end it: go down\n",
        child.pid,
        log.display()
    ))?;
    Ok(Exit::Done)
}

/// This command without `-d`, with its output in `log`.
fn start(log: &Path) -> Result<ProcessId, Failure> {
    let output =
        OpenOptions::new().create(true).append(true).mode(0o600).open(log).map_err(Failure::file("open", log))?;
    let program = own_program()?;
    let words: Option<Vec<String>> = std::env::args_os().skip(1).map(|word| word.into_string().ok()).collect();
    let words = words.ok_or_else(|| Failure::usage("an argument is not UTF-8", "name files in UTF-8"))?;
    let kept = words.into_iter().filter(|word| word != "-d" && word != "--detach");
    let argv = [program.display().to_string()].into_iter().chain(kept).collect();
    let folder: PathBuf = std::env::current_dir().map_err(Failure::file("find", Path::new(".")))?;
    let command = CommandSpec { argv, folder, env: Default::default(), env_from: Default::default() };
    // It is this command, only later: it keeps the whole environment.
    go_runtime::start(&command, &Environment::inherited(&["*".to_owned()]), output)
        .map_err(|error| Failure::caused_by(error, "start it without -d to see more"))
}

/// Waits until the Bus answers, or the process has ended before.
async fn wait_ready(url: &str, log: &Path) -> Result<(), Failure> {
    let (tell, ended) = oneshot::channel();
    // The child is the only one this process has, and its end needs a thread to be waited for.
    std::thread::spawn(move || {
        each_end(|_, _| {});
        // Whoever has seen the Bus ready listens no more.
        let _ = tell.send(());
    });
    let nobody = Token::new("none").map_err(|error| Failure::caused_by(error, ""))?;
    let client = connect::lasting_client(url, nobody)?.with_retry(RetryPolicy::UntilDeadline);
    tokio::select! {
        ready = client.ready() => Ok(ready?),
        _ = ended => Err(Failure::failed(format!("it ended at once: {}", last_words(log)), "start it without -d to see more")),
    }
}

fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let error = text.lines().rev().find_map(|line| line.strip_prefix("go: "));
    error.or_else(|| text.lines().last()).unwrap_or("it said nothing").to_owned()
}
