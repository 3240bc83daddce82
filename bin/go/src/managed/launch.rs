//! The command that runs GO in a session: which, where, and with which variables.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;
use go_runtime::CommandSpec;
use serde::{Deserialize, Serialize};

use crate::cli::{Cli, Command, Global};
use crate::commands::settings_of;
use crate::failure::Failure;
use crate::fleet::own_program;
use crate::settings::Settings;

/// Variables that may hold a secret. What a session is given, tmux shows to whoever asks it.
const WITHHELD: [&str; 2] = ["XIO_TOKEN", "XIO_BUS__DATABASE"];

/// How GO is started in a session, so that the same can be done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Launch {
    /// The words after the program's name.
    pub(crate) words: Vec<String>,
    /// The folder it runs in.
    pub(crate) folder: PathBuf,
    /// The `XIO_…` variables that settings came from.
    pub(crate) env: BTreeMap<String, String>,
    /// Where its Bus is.
    pub(crate) bus_url: String,
    /// Whether that is part of its own process.
    pub(crate) embedded: bool,
}

impl Launch {
    /// `go up` or `go run` with the settings of this command and `more` words, in the current folder. All of it is checked first,
    /// so that what is wrong is said here and not in a session that nobody looks at.
    pub(crate) fn new(global: &Global, settings: &Settings, more: &[String]) -> Result<Self, Failure> {
        let verb = if settings.bus.is_embedded() { "up" } else { "run" };
        let words = words(verb, global, settings, more)?;
        let folder = std::env::current_dir().map_err(Failure::file("find", Path::new(".")))?;
        let own = settings_of(&Cli::try_parse_from([&["go".to_owned()], words.as_slice()].concat())?)?;
        if own.bus.is_embedded() != (verb == "up") {
            let advice = "name the Bus before the words for GO: go tmux start --bus-url URL -- …";
            return Err(Failure::usage("these words change whose Bus it is", advice));
        }
        if own.bus.is_embedded() && own.bus.listen.0.port() == 0 {
            return Err(Failure::usage(
                "the Bus of a session needs a port that is known",
                "name one: --listen ADDR:PORT",
            ));
        }
        let bus_url = if own.bus.is_embedded() { own.bus.listen.url() } else { own.bus.url };
        Ok(Self { words, folder, env: variables(std::env::vars_os()), bus_url, embedded: verb == "up" })
    }

    /// The command as it is started.
    pub(crate) fn command(&self) -> Result<CommandSpec, Failure> {
        let program = own_program()?.display().to_string();
        let argv = [vec![program], self.words.clone()].concat();
        Ok(CommandSpec { argv, folder: self.folder.clone(), env: self.env.clone(), env_from: BTreeMap::new() })
    }
}

/// The words after the program's name; paths are absolute, so that they hold wherever they are read.
fn words(verb: &str, global: &Global, settings: &Settings, more: &[String]) -> Result<Vec<String>, Failure> {
    let absolute = |path: &Path| -> Result<String, Failure> {
        let path = std::path::absolute(path).map_err(Failure::file("find", path))?;
        path.into_os_string().into_string().map_err(|_| Failure::usage("a path is not UTF-8", "name files in UTF-8"))
    };
    let mut words = vec![verb.to_owned(), "--data".to_owned(), absolute(&settings.data)?];
    if let Some(config) = &global.config {
        words.extend(["--config".to_owned(), absolute(config)?]);
    }
    if let Some(url) = &global.bus_url {
        words.extend(["--bus-url".to_owned(), url.clone()]);
    }
    words.extend(global.set.iter().flat_map(|pair| ["--set".to_owned(), format!("{}={}", pair.key, pair.value)]));
    if more.iter().any(|word| word == "-d" || word == "--detach") {
        return Err(Failure::usage("a session is in the background already", "leave out --detach"));
    }
    words.extend(more.iter().cloned());
    Ok(words)
}

/// The variables of ours that a session is given.
fn variables(all: impl Iterator<Item = (OsString, OsString)>) -> BTreeMap<String, String> {
    let own = all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    own.filter(|(name, value)| name.starts_with("XIO_") && !is_withheld(name, value)).collect()
}

fn is_withheld(name: &str, value: &str) -> bool {
    WITHHELD.contains(&name) && !value.starts_with("sqlite:")
}

/// Whether something that this command knows is not handed on to the session.
pub(crate) fn withheld() -> Vec<&'static str> {
    let is_set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty() && is_withheld(name, &value));
    WITHHELD.into_iter().filter(is_set).collect()
}

/// The plan that `words` would have GO read, where they have it bring its own Bus: without one it does not start.
pub(crate) fn plan_of(words: &[String]) -> Result<Option<PathBuf>, Failure> {
    let cli = Cli::try_parse_from([&["go".to_owned()], words].concat())?;
    let settings = settings_of(&cli)?;
    Ok(match cli.command {
        Command::Up(up) => Some(up.plan.unwrap_or(settings.paths.plan)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_given_our_settings_and_no_secret() {
        let all = ["XIO_TOKEN=secret", "XIO_LEASE__HEARTBEAT=5s", "XIO_BUS__DATABASE=postgres://a:b@c/d", "HOME=/root"];
        let all = all.iter().filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.into(), v.into()));
        assert_eq!(variables(all), BTreeMap::from([("XIO_LEASE__HEARTBEAT".to_owned(), "5s".to_owned())]));
        let file = [("XIO_BUS__DATABASE".into(), "sqlite:x.db".into())].into_iter();
        assert_eq!(variables(file).len(), 1);
    }
}
