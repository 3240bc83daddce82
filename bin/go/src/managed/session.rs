//! The managed session of one data folder.

use std::path::PathBuf;

use go_runtime::tmux::{Pane, SessionName, Tmux, TmuxError};

use super::Launch;
use crate::failure::Failure;
use crate::settings::Settings;

/// What to do where there is no tmux.
const NO_TMUX: &str = "install it: apt-get install tmux (or dnf, pacman, brew install tmux)";

/// The managed session of one data folder.
#[derive(Debug)]
pub(crate) struct Managed {
    tmux: Tmux,
    /// Its name.
    pub(crate) name: SessionName,
    /// Whose it is: the data folder.
    owner: String,
}

impl Managed {
    /// The session that the settings name; the data folder is made where it is not there.
    pub(crate) fn of(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self { tmux: Tmux::find().map_err(failure)?, name: settings.watchdog.session()?, owner: owner(settings)? })
    }

    /// Its pane; `None` where there is no session. One of another data folder is a failure.
    pub(crate) fn pane(&self) -> Result<Option<Pane>, Failure> {
        let pane = self.tmux.pane(&self.name).map_err(failure)?;
        match pane.as_ref().and_then(|pane| pane.owner.as_ref()) {
            Some(other) if *other != self.owner => Err(Failure::failed(
                format!("the session {} is that of the data folder {other}", self.name),
                "choose another name with watchdog.session, or that folder with --data",
            )),
            _ => Ok(pane),
        }
    }

    /// Starts GO in it.
    pub(crate) fn start(&self, launch: &Launch) -> Result<(), Failure> {
        self.tmux.start(&self.name, &self.owner, &launch.command()?).map_err(failure)
    }

    /// The last words on its pane; none where they can't be had.
    pub(crate) fn last_words(&self) -> String {
        self.tmux.last_lines(&self.name, 12).unwrap_or_default().iter().map(|line| format!("\n    {line}")).collect()
    }

    /// Ends the session, and whatever is in it.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        self.tmux.end(&self.name).map_err(failure)
    }

    /// Becomes a client of it; answers only why it can't.
    pub(crate) fn attach(&self) -> Failure {
        failure(self.tmux.attach(&self.name))
    }
}

fn owner(settings: &Settings) -> Result<String, Failure> {
    let data = &settings.data;
    let unusable = |doing| Failure::file(doing, data);
    std::fs::create_dir_all(data).map_err(unusable("create"))?;
    let path: PathBuf = data.canonicalize().map_err(unusable("find"))?;
    Ok(path.display().to_string())
}

/// Why tmux did not do what was asked, and what to do.
pub(crate) fn failure(error: TmuxError) -> Failure {
    let advice = match &error {
        TmuxError::Missing => NO_TMUX,
        TmuxError::NoAnswer(_) => "its server hangs; `tmux kill-server` ends it, with every session in it",
        TmuxError::Garbled(_) => "tmux 3.2 or newer is needed; `tmux -V` says which this is",
        TmuxError::Folder(_) => "check the data folder and who owns it",
        TmuxError::Start(_) | TmuxError::Refused(_) => "`tmux ls` shows what runs",
    };
    Failure::caused_by(error, advice)
}
