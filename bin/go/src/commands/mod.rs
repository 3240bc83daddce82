//! The commands, one module each.

mod agent;
mod answer;
mod attach;
mod config;
mod detach;
mod down;
mod fleet;
mod init;
mod launcher;
mod logs;
mod manual;
mod mcp;
mod message;
mod plan;
mod prompt;
mod read;
mod repo;
mod run;
mod serve;
mod task;
mod task_add;
mod tmux;
mod up;
mod watchdog;
mod why;
mod window;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use fleet::Order;

use crate::cli::{AgentsCommand, BusCommand, Cli, Command, Global, PromptCommand, ReadCommand, Serve, TaskCommand, Up};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::logging;
use crate::lookout::BusLookout;
use crate::settings::{self, Flags, Settings};

/// Runs the command to its end.
pub(crate) fn run(cli: Cli) -> Result<ExitCode, Failure> {
    // A shim says little, keeps its own log, and is started often: nothing is set up for it.
    if let Command::Shim { folder } = cli.command {
        return Ok(go_agents::shim::main(&folder, &go_agents::Drivers::default(), Arc::new(BusLookout)));
    }
    // It becomes another program.
    if let Command::OnTerminal { words } = cli.command {
        return Ok(window::on_terminal(&words));
    }
    // Its standard output is the protocol's, and there is one for each agent.
    if let Command::Mcp = cli.command {
        return mcp::run().map(ExitCode::from);
    }
    logging::start(cli.global.log_format);
    carry_out(cli).map(ExitCode::from)
}

fn carry_out(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        Command::Shim { .. } | Command::Mcp | Command::OnTerminal { .. } => Ok(Exit::Done),
        Command::Window { folder, keeper } => window::run(&folder, keeper),
        Command::Init { dir } => init::run(dir.as_deref().unwrap_or(Path::new("."))),
        Command::Bus(BusCommand::Serve(serve)) => serve::run(&settings(&cli.global, &of_bus(&serve))?),
        Command::Up(ref up) => up::run(up, &settings_of(&cli)?),
        Command::Go(ref up) => go(up, &settings_of(&cli)?),
        Command::Tmux(command) => tmux::run(&command, &cli.global, &settings(&cli.global, &[])?),
        Command::Watchdog(asked) => watchdog::run(asked, &cli.global, &settings(&cli.global, &[])?),
        Command::Down => down::run(&settings(&cli.global, &[])?),
        Command::Run { standby_ok, .. } => run::run(standby_ok, &settings_of(&cli)?),
        Command::Launcher { host } => launcher::run(&host, &settings(&cli.global, &[])?),
        Command::Agent { role, mac } => agent::run(role, mac, &settings(&cli.global, &[])?),
        Command::Pause(target) => fleet::run(Order::Pause, &target.target, &settings(&cli.global, &[])?),
        Command::Resume(target) => fleet::run(Order::Resume, &target.target, &settings(&cli.global, &[])?),
        Command::Drain(target) => fleet::run(Order::Drain, &target.target, &settings(&cli.global, &[])?),
        Command::Repo(command) => repo::run(&command),
        Command::Read(ReadCommand::Agents { command: Some(AgentsCommand::Attach { id }), .. }) => {
            attach::run(&id, &settings(&cli.global, &[])?)
        }
        Command::Read(command) => read::run(&command, &settings(&cli.global, &[])?),
        Command::Why { place, json } => why::run(&place, json.json, &settings(&cli.global, &[])?),
        Command::Task(TaskCommand::Add(new)) => {
            let plan = ("paths.plan", "--plan", new.plan.as_ref().map(|plan| plan.display().to_string()));
            task_add::run(&new, &settings(&cli.global, &[plan])?)
        }
        Command::Task(command) => task::run(&command, &settings(&cli.global, &[])?),
        Command::Logs { id, view } => logs::run(&id, view, &settings(&cli.global, &[])?),
        Command::Message { to, text } => message::run(&to, &text, &settings(&cli.global, &[])?),
        Command::Answer { id, text, json } => answer::run(&id, &text, json.json, &settings(&cli.global, &[])?),
        Command::Plan(command) => plan::run(&command, &cli.global),
        Command::Prompt(PromptCommand::Show(asked)) => prompt::show(&asked, &settings(&cli.global, &[])?),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { dir } => manual::man(&dir),
        Command::Config(command) => config::run(&command, &cli.global),
    }
}

/// `xiopro go`: GO with its own Bus, or with the one that the settings name.
fn go(up: &Up, settings: &Settings) -> Result<Exit, Failure> {
    if settings.bus.is_embedded() {
        return up::run(up, settings);
    }
    if up.listen.is_some() || up.exit_when_done || up.detach {
        let what = format!("the Bus is at {}, so only --plan can be said", settings.bus.url);
        return Err(Failure::usage(what, "`go up` brings its own Bus; bus.autostart and bus.url say which it is"));
    }
    run::run(true, settings)
}

/// The settings in effect for a GO that is started like this.
pub(crate) fn settings_of(cli: &Cli) -> Result<Settings, Failure> {
    let named = |plan: &Option<PathBuf>| plan.as_ref().map(|plan| plan.display().to_string());
    match &cli.command {
        Command::Up(up) => settings(&cli.global, &[("bus.listen", "--listen", up.listen.clone())]),
        Command::Go(up) => {
            let plan = ("paths.plan", "--plan", named(&up.plan));
            settings(&cli.global, &[("bus.listen", "--listen", up.listen.clone()), plan])
        }
        Command::Run { plan, .. } => settings(&cli.global, &[("paths.plan", "--plan", named(plan))]),
        _ => settings(&cli.global, &[]),
    }
}

/// The settings in effect for a command with these flags, of which `more` are its own.
fn settings(global: &Global, more: &[FlagSetting]) -> Result<Settings, Failure> {
    let url = [("bus.url", "--bus-url", global.bus_url.clone())];
    let own = url.iter().chain(more).filter_map(|(key, flag, text)| Some(((*key).to_owned(), *flag, text.clone()?)));
    let set = global.set.iter().map(|pair| (pair.key.clone(), "--set", pair.value.clone()));
    let flags = Flags { data: global.data.clone(), keys: set.chain(own).collect() };
    let settings = settings::load(global.config.as_deref(), &flags)?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    Ok(settings)
}

/// A setting that a flag sets, with the flag's name and text.
type FlagSetting = (&'static str, &'static str, Option<String>);

/// The settings that a Bus's own flags set.
fn of_bus(serve: &Serve) -> [FlagSetting; 2] {
    [("bus.listen", "--listen", serve.listen.clone()), ("bus.database", "--database", serve.database.clone())]
}
