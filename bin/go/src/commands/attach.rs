//! `go agents attach`: this terminal on the window of an agent.

use std::io::IsTerminal;

use go_bus_api::{Agent, AgentId, ProblemKind};
use go_runtime::tmux::SessionName;
use go_runtime::{AgentFolder, HostFolder, ProcessId, Stage, WindowRuntime};

use super::logs;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::managed;
use crate::settings::Settings;
use crate::tokio_runtime;

/// Becomes a client of the window of `agent`; returns only where that can't be. Neither its end nor that of the window ends the agent.
pub(super) fn run(agent: &AgentId, settings: &Settings) -> Result<Exit, Failure> {
    // The window's server has a folder of its own.
    let data = std::path::absolute(&settings.data).map_err(Failure::file("find", &settings.data))?;
    let here = logs::hosts(&data).find(|host| host.agent(agent).path().exists());
    let Some(host) = here else { return Err(elsewhere(agent, settings)) };
    let folder = host.agent(agent);
    let keeper = keeper(agent, &folder)?;
    let spec = folder.spec().map_err(|_| over(agent))?;
    if spec.window.is_none() {
        return Err(without_window(agent, spec.seat.is_some()));
    }
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::usage("attach needs a terminal", format!("`go logs {agent} -f` needs none")));
    }
    Err(go_to(agent, &host, &folder, keeper))
}

/// The process that keeps an agent that works.
fn keeper(agent: &AgentId, folder: &AgentFolder) -> Result<ProcessId, Failure> {
    match (folder.stage(), folder.keeper()) {
        (Stage::Empty | Stage::Prepared, None) => {
            Err(Failure::failed(format!("{agent} has not started yet"), "try again in a moment"))
        }
        (Stage::Ended | Stage::Reported, _) | (_, None) => Err(over(agent)),
        (_, Some(keeper)) => Ok(keeper),
    }
}

fn without_window(agent: &AgentId, thinks: bool) -> Failure {
    let follow = format!("`go logs {agent} -f` follows it");
    match thinks {
        true => Failure::usage(
            format!("{agent} thinks in turns and has no window: nothing of it runs between them"),
            follow,
        ),
        false => Failure::usage(
            format!("{agent} runs without a window (agents.runtime: process)"),
            format!("{follow}; with agents.runtime: tmux the next agents have windows"),
        ),
    }
}

fn over(agent: &AgentId) -> Failure {
    Failure::failed(format!("{agent} has ended"), format!("`go logs {agent}` prints what it wrote"))
}

/// Opens the window where it is missing, as its server was ended, and goes there.
fn go_to(agent: &AgentId, host: &HostFolder, folder: &AgentFolder, keeper: ProcessId) -> Failure {
    let tmux = match WindowRuntime::server(host) {
        Ok(tmux) => tmux,
        Err(error) => return managed::tmux_failure(error),
    };
    match WindowRuntime::open(&tmux, folder, keeper) {
        Ok(_) => managed::tmux_failure(tmux.attach(&SessionName::of_agent(agent))),
        Err(error) => managed::tmux_failure(error),
    }
}

/// Why an agent that has no folder here can't be looked at.
fn elsewhere(agent: &AgentId, settings: &Settings) -> Failure {
    if logs::hosts(&settings.data).any(|host| host.log(agent).is_some()) {
        return over(agent);
    }
    let known = connect::client(settings).and_then(|client| {
        tokio_runtime::one_shot(async {
            match client.agent(agent).await {
                Err(error) if error.is(ProblemKind::NotFound) => Ok(None),
                known => Ok(Some(known?)),
            }
        })
    });
    match known {
        Ok(None) => Failure::failed(format!("there is no agent {agent}"), "`go agents` lists them"),
        Ok(Some(known)) => not_here(&known, settings),
        Err(failure) => failure,
    }
}

fn not_here(agent: &Agent, settings: &Settings) -> Failure {
    let id = &agent.id;
    match &agent.host {
        _ if agent.state.is_ended() => over(id),
        Some(host) => Failure::failed(
            format!("{id} is on host {host}, and not among the agents in {}", settings.data.display()),
            format!("`go agents attach {id}` there, in the folder of its launcher"),
        ),
        None => Failure::failed(format!("{id} runs on no host"), "`go agents` lists those that do"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_there_is_no_window_is_told() {
        let agent = AgentId::new("a-1").unwrap();
        assert!(without_window(&agent, true).to_string().contains("thinks in turns"));
        assert!(without_window(&agent, false).to_string().contains("agents.runtime: process"));
    }
}
