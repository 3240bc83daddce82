//! `go repo`: Git for shims and landing workers. No Bus, no settings: all that counts is said on the command line.

mod land;

use std::path::Path;

use go_repo::{InFlight, Note, Order, Programs, Push, Repo, RepoError};
use go_runtime::PrivateFile;
use serde::Serialize;

use crate::cli::RepoCommand;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print_json;

/// Runs the command.
pub(super) fn run(command: &RepoCommand) -> Result<Exit, Failure> {
    let programs = Programs::here();
    let open = |folder: &Path| Repo::open(&programs, folder, &tell);
    match command {
        RepoCommand::Make(make) => {
            let at = make.at.as_deref();
            let order =
                Order { folder: &make.folder, task: &make.task, onto: make.onto.as_deref(), at, copy: &make.copy };
            let made = open(&make.repo).and_then(|repo| {
                let made = go_repo::make(&repo, &order)?;
                if make.catch_up {
                    go_repo::catch_up(&repo, &make.folder, &make.task)?;
                }
                Ok(made)
            });
            write(&make.to, &made.map_err(failed)?)
        }
        RepoCommand::Save(save) => {
            let push = if save.push { Push::Yes } else { Push::No };
            let saved = open(&save.folder).and_then(|repo| go_repo::save(&repo, &save.folder, &save.task, push));
            write(&save.to, &saved.map_err(failed)?)
        }
        RepoCommand::Land(order) => land::run(&open(&order.repo).map_err(failed)?, order),
        RepoCommand::Remove(order) => {
            let onto = order.onto.as_deref();
            let removed = open(&order.repo).and_then(|repo| go_repo::remove(&repo, &order.folder, &order.task, onto));
            removed.map(|()| Exit::Done).map_err(failed)
        }
        RepoCommand::Collide(asked) => {
            let tasks = InFlight { here: &asked.here, away: &asked.away, onto: asked.onto.as_deref() };
            answer(&open(&asked.repo).and_then(|repo| go_repo::collide(&repo, &tasks)).map_err(failed)?)
        }
        RepoCommand::Space { folder } => answer(&go_repo::space(folder).map_err(failed)?),
    }
}

fn answer(what: &impl Serialize) -> Result<Exit, Failure> {
    print_json(what).map(|()| Exit::Done)
}

fn tell(note: &Note) {
    eprintln!("go repo: {note}");
}

fn write(to: &Path, what: &impl Serialize) -> Result<Exit, Failure> {
    let mut text = serde_json::to_vec(what).map_err(|error| Failure::caused_by(error, ""))?;
    text.push(b'\n');
    // A bare name lies in the current folder, which has to have a name for what makes the file durable.
    let to = std::path::absolute(to).map_err(Failure::file("find", to))?;
    let written = PrivateFile::at(to).replace(&text);
    written.map(|()| Exit::Done).map_err(|error| Failure::caused_by(error, "check the folder of --to"))
}

fn failed(error: RepoError) -> Failure {
    let advice = match &error {
        RepoError::NoGit | RepoError::TooOld(_) => "install git 2.38 or newer",
        RepoError::NoBranch(_) | RepoError::UnknownBranch(_) => "name a branch of the repo with --onto",
        RepoError::Occupied { .. } | RepoError::NotOurs(_) => "look at what is in it, and move it away or name another",
        RepoError::WouldLose { .. } => "`go repo save` saves it",
        _ => "",
    };
    Failure::caused_by(error, advice)
}
