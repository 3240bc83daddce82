//! `go logs`: what an agent of this machine wrote, during its life or after it; the stream of one that talks in words for people.

mod follow;
mod plain;
mod safe;
mod shown;
mod words;

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read};
use std::path::Path;

use go_bus_api::{AgentId, HostId};
use go_runtime::{AgentLog, HostFolder};

use crate::cli::LogView;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print_bytes;
use crate::settings::Settings;
pub(super) use follow::{Happened, Watched};
pub(super) use shown::Shown;

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Prints the log of `agent`, and where it is followed what it writes from now on, to its end.
pub(super) fn run(agent: &AgentId, view: LogView, settings: &Settings) -> Result<Exit, Failure> {
    let (found, mut log, watched) = match open(agent, view.follow, &settings.data) {
        // It was moved to the kept ones just then.
        Err(Failure::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            open(agent, view.follow, &settings.data)?
        }
        opened => opened?,
    };
    let drivers = settings.drivers.drivers();
    let mut shown = match view.raw {
        true => Shown::Raw,
        false => Shown::of(&found, &drivers, std::io::stdout().is_terminal()),
    };
    copy(&mut log, &found.path, &mut shown)?;
    let Some(mut watched) = watched else {
        return print_bytes(&shown.end(follow::has_ended(&found))).map(|()| Exit::Done);
    };
    loop {
        let happened = watched.wait().map_err(Failure::file("watch", &found.path))?;
        copy(&mut log, &found.path, &mut shown)?;
        if happened == Happened::Ended {
            return print_bytes(&shown.end(true)).map(|()| Exit::Done);
        }
    }
}

/// The log, and a watch on it where it is followed: begun before it is read, so that nothing is written in between unseen.
fn open(agent: &AgentId, follow: bool, data: &Path) -> Result<(AgentLog, File, Option<Watched>), Failure> {
    let found = hosts(data).find_map(|host| host.log(agent)).ok_or_else(|| unknown(agent, data))?;
    let log = File::open(&found.path).map_err(Failure::file("open", &found.path))?;
    let watched = follow.then(|| Watched::new(&found)).transpose().map_err(Failure::file("watch", &found.path))?;
    Ok((found, log, watched))
}

/// The folders of this machine's hosts.
pub(super) fn hosts(data: &Path) -> impl Iterator<Item = HostFolder> {
    let hosts = std::fs::read_dir(data.join("hosts")).into_iter().flatten().filter_map(Result::ok);
    let hosts = hosts.filter_map(|entry| HostId::new(entry.file_name().into_string().ok()?).ok());
    hosts.map(move |host| HostFolder::of(data, &host))
}

fn unknown(agent: &AgentId, data: &Path) -> Failure {
    let what = format!("there is no log of {agent} in {}", data.display());
    let kept = go_runtime::KEPT_LOGS;
    Failure::failed(
        what,
        format!(
            "`go agents --all` lists the agents with their hosts; a log lies on its agent's host, and {kept} are kept"
        ),
    )
}

/// Prints what is there from where the last call ended.
pub(super) fn copy(log: &mut File, path: &Path, shown: &mut Shown) -> Result<(), Failure> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match log.read(&mut chunk).map_err(Failure::file("read", path))? {
            0 => return Ok(()),
            read => print_bytes(&shown.take(chunk.get(..read).unwrap_or_default()))?,
        }
    }
}
