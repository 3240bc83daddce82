//! `go repo land`: what the landing worker reads on standard output, and the exit code that says how it went.

use std::path::Path;

use go_bus_api::{Attempt, Text, Workplace};
use go_repo::{Deliver, Landing, ObjectId, Outcome, Repo, Terms};
use serde::de::DeserializeOwned;

use super::failed;
use crate::cli::{DeliverAs, Land};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print;

/// Lands it.
pub(super) fn run(repo: &Repo<'_>, asked: &Land) -> Result<Exit, Failure> {
    let verify = checks(asked)?;
    let project: Workplace = asked.terms.as_deref().map(read).transpose()?.unwrap_or_default();
    let [copy, setup, teardown] = [&project.copy, &project.setup, &project.teardown].map(|list| words(list));
    let env: Vec<_> = project.env.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
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
        verify: &verify,
        terms: Terms { copy: &copy, setup: &setup, env: &env, teardown: &teardown },
    };
    let outcome = go_repo::land(repo, &landing).map_err(failed)?;
    print(text(&outcome))?;
    Ok(exit(&outcome))
}

/// All that has to pass. A file that can't be read is no reason to land unverified.
fn checks(asked: &Land) -> Result<Vec<String>, Failure> {
    let mut all = asked.verify.clone();
    if let Some(path) = &asked.checks {
        all.extend(read::<Vec<String>>(path)?);
    }
    Ok(all)
}

/// What the launcher wrote beside the worker's prompt.
fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = std::fs::read(path).map_err(Failure::file("read", path))?;
    let damaged = |error| Failure::failed(format!("{} is not what a landing goes by: {error}", path.display()), "");
    serde_json::from_slice(&text).map_err(damaged)
}

fn words(list: &[Text<4096>]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
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
        Outcome::Landed { commit, branch, request } => format!("{}landed {commit} on {branch}\n", above(request)),
        Outcome::AlreadyLanded { commit, branch, request } => {
            format!("{}already landed {commit} on {branch}\n", above(request))
        }
        Outcome::Conflict { tip, files, text } => {
            let files: Vec<_> = files.iter().map(|file| format!("  {}\n", file.to_string_lossy())).collect();
            let files = files.concat();
            format!(
                "it can't be merged onto the tip, as these files conflict:\n{files}\n{text}\n{}\n",
                mended_by("resolve what conflicts, leave no marks of it", tip)
            )
        }
        Outcome::Red { tip, command, code, output } => {
            let output = output.trim_end();
            format!(
                "on the merged tree this fails with exit code {code}: {command}\n\n{output}\n\n{}\n",
                mended_by("mend it", tip)
            )
        }
        Outcome::Later { why } => format!("not now: {why}\n"),
    }
}

/// The text of a pull request, above the line that says what has landed.
fn above(request: &Option<String>) -> String {
    request.as_ref().map(|request| format!("{request}\n\n")).unwrap_or_default()
}

/// What whoever built it does next. It stands last, as of a long text the end is kept.
fn mended_by(how: &str, tip: &ObjectId) -> String {
    format!(
        "What has landed up to {tip} is merged into your working folder now, or `git merge {tip}` does it: {how}, and end. \
         It is landed again then."
    )
}
