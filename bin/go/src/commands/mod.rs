//! The commands, one module each.

mod config;
mod init;

use std::path::Path;

use crate::cli::{Cli, Command, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::logging;
use crate::settings::{self, Flags, Settings};

/// Runs the command to its end.
pub(crate) fn run(cli: Cli) -> Result<Exit, Failure> {
    logging::start(cli.global.log_format);
    match cli.command {
        Command::Init { dir } => init::run(dir.as_deref().unwrap_or(Path::new("."))),
        Command::Config(command) => config::run(&command, &cli.global),
    }
}

/// The settings in effect for a command with these flags, of which `more` are its own.
fn settings(global: &Global, more: &[(&'static str, &'static str, Option<String>)]) -> Result<Settings, Failure> {
    let url = [("bus.url", "--bus-url", global.bus_url.clone())];
    let given = url.iter().chain(more).filter_map(|(key, flag, text)| Some((*key, *flag, text.clone()?)));
    let flags = Flags { data: global.data.clone(), keys: given.collect() };
    let settings = settings::load(global.config.as_deref(), &flags)?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    Ok(settings)
}
