//! `go logs`: what an agent of this machine wrote, during its life or after it.

mod follow;

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use go_bus_api::{AgentId, HostId};
use go_runtime::HostFolder;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print_bytes;
use crate::settings::Settings;
use follow::{Happened, Watched};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Prints the log of `agent`, and with `follow` what it writes from now on, to its end.
pub(super) fn run(agent: &AgentId, follow: bool, settings: &Settings) -> Result<Exit, Failure> {
    let (path, mut log, watched) = match open(agent, follow, &settings.data) {
        // It was moved to the kept ones just then.
        Err(Failure::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            open(agent, follow, &settings.data)?
        }
        opened => opened?,
    };
    copy(&mut log, &path)?;
    let Some(mut watched) = watched else { return Ok(Exit::Done) };
    loop {
        let happened = watched.wait().map_err(Failure::file("watch", &path))?;
        copy(&mut log, &path)?;
        if happened == Happened::Ended {
            return Ok(Exit::Done);
        }
    }
}

/// The log, and a watch on it where it is followed: begun before it is read, so that nothing is written in between unseen.
fn open(agent: &AgentId, follow: bool, data: &Path) -> Result<(PathBuf, File, Option<Watched>), Failure> {
    let path = find(data, agent).ok_or_else(|| unknown(agent, data))?;
    let log = File::open(&path).map_err(Failure::file("open", &path))?;
    let watched = follow.then(|| Watched::new(&path)).transpose().map_err(Failure::file("watch", &path))?;
    Ok((path, log, watched))
}

/// The log, on whichever of this machine's hosts it is.
fn find(data: &Path, agent: &AgentId) -> Option<PathBuf> {
    let hosts = std::fs::read_dir(data.join("hosts")).ok()?.filter_map(Result::ok);
    let hosts = hosts.filter_map(|entry| HostId::new(entry.file_name().into_string().ok()?).ok());
    hosts.map(|host| HostFolder::of(data, &host).log(agent)).find(|log| log.exists())
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
fn copy(log: &mut File, path: &Path) -> Result<(), Failure> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match log.read(&mut chunk).map_err(Failure::file("read", path))? {
            0 => return Ok(()),
            read => print_bytes(chunk.get(..read).unwrap_or_default())?,
        }
    }
}
