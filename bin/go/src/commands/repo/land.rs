//! `go repo land`: what the landing worker reads on standard output, and the exit code that says how it went.

use go_bus_api::Attempt;
use go_repo::{Deliver, Landing, Outcome, Repo};

use super::failed;
use crate::cli::{DeliverAs, Land};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print;

/// Lands it.
pub(super) fn run(repo: &Repo<'_>, asked: &Land) -> Result<Exit, Failure> {
    let landing = Landing {
        folder: &asked.folder,
        task: &asked.task,
        attempt: Attempt(asked.attempt),
        commit: &asked.commit,
        title: &asked.title,
        agent: &asked.agent,
        onto: asked.onto.as_deref(),
        deliver: match asked.deliver {
            DeliverAs::Merge => Deliver::Merge,
            DeliverAs::Branch => Deliver::Branch,
        },
        verify: &asked.verify,
    };
    let outcome = go_repo::land(repo, &landing).map_err(failed)?;
    print(text(&outcome))?;
    Ok(exit(&outcome))
}

fn exit(outcome: &Outcome) -> Exit {
    match outcome {
        Outcome::Landed { .. } | Outcome::AlreadyLanded { .. } => Exit::Done,
        Outcome::Conflict { .. } => Exit::Conflict,
        Outcome::Red { .. } => Exit::Red,
        Outcome::Later { .. } => Exit::Later,
    }
}

fn text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Landed { commit, branch, request } => {
            let request = request.as_ref().map(|request| format!("{request}\n\n")).unwrap_or_default();
            format!("{request}landed {commit} on {branch}\n")
        }
        Outcome::AlreadyLanded { commit, branch } => format!("already landed {commit} on {branch}\n"),
        Outcome::Conflict { files, text } => {
            let files: Vec<_> = files.iter().map(|file| format!("  {}\n", file.to_string_lossy())).collect();
            format!("it can't be merged onto the tip, as these files conflict:\n{}\n{text}\n", files.concat())
        }
        Outcome::Red { command, code, output } => {
            format!("on the merged tree this fails with exit code {code}: {command}\n\n{}\n", output.trim_end())
        }
        Outcome::Later { why } => format!("not now: {why}\n"),
    }
}
