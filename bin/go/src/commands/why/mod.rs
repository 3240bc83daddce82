//! `go why FILE:LINE`: from a landed line to its ticket, who built it, who reviewed it, and what it cost.

mod record;
mod text;

use go_bus_client::BusClient;
use go_repo::{Origin, Programs, RepoError, SourceLine};
use record::{Record, Ticket};

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{print, print_json};
use crate::settings::Settings;
use crate::tokio_runtime;

/// Says where the line comes from. What git knows is told also where the Bus is away; then the command ends as one that could not reach it.
pub(super) fn run(place: &str, json: bool, settings: &Settings) -> Result<Exit, Failure> {
    let origin = SourceLine::parse(place).and_then(|line| go_repo::origin(&Programs::here(), &line)).map_err(failed)?;
    let not_yet =
        || Failure::failed(format!("{place} is not committed yet"), "ask again once it is: git knows no more of it");
    let origin = origin.ok_or_else(not_yet)?;
    let (ticket, failure) = match asked(&origin, settings) {
        Ok(ticket) => (ticket, None),
        Err(failure) => (None, Some(failure)),
    };
    let record = Record { place, origin: &origin, ticket, bus: failure.as_ref().map(ToString::to_string) };
    if json {
        print_json(&record)?
    } else {
        print(text::of(&record))?
    }
    failure.map_or(Ok(Exit::Done), Err)
}

/// What the Bus has of the ticket, where the commit landed one.
fn asked(origin: &Origin, settings: &Settings) -> Result<Option<Ticket>, Failure> {
    let Some(task) = &origin.task else { return Ok(None) };
    let client: BusClient = connect::client(settings)?;
    tokio_runtime::one_shot(record::ticket(&client, task))
}

fn failed(error: RepoError) -> Failure {
    match error {
        RepoError::NoLine(_) => Failure::usage(error, "such as src/main.rs:12"),
        RepoError::NoGit | RepoError::TooOld(_) => Failure::failed(error, "install git 2.38 or newer"),
        RepoError::CutOff(_) => Failure::failed(error, "`git fetch --unshallow` gets the rest"),
        RepoError::Git { .. } => Failure::failed(error, "ask in the repo that the file belongs to"),
        _ => Failure::failed(error, ""),
    }
}
